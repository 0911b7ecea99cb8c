import { describe, expect, it, test } from 'vitest';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';
import { fitEffortWord } from '../../../electron/engine/providers/effort.ts';
import { modelFacts } from '../../../electron/engine/providers/model-facts.ts';
import type { ModelFacts } from '../../../electron/engine/providers/model-facts.ts';
import type { AdapterKind } from '../../../shared/domain/provider.ts';

const facts: [AdapterKind, string, Partial<ModelFacts>][] = [
  ['anthropic', 'claude-3-haiku-20240307', { thinking: 'none', prefill: true, contextWindow: 200_000 }],
  ['anthropic', 'claude-3-7-sonnet-20250219', { thinking: 'enabled', prefill: true }],
  ['anthropic', 'claude-haiku-4-5-20251001', { thinking: 'enabled', prefill: true, maximumOutputTokens: 64_000 }],
  ['anthropic', 'claude-opus-4-6', { thinking: 'adaptive', prefill: false, thinkingCanBeDisabled: true }],
  ['anthropic', 'claude-opus-4-8', { thinking: 'adaptive', refusedParameters: ['temperature', 'top_p', 'top_k'] }],
  ['anthropic', 'claude-opus-5-5', { thinking: 'adaptive', thinkingCanBeDisabled: false, contextWindow: 1_000_000 }],
  ['anthropic', 'claude-haiku-5-5', { thinking: 'adaptive', thinkingCanBeDisabled: true }],
  ['anthropic', 'claude-fable-5-2', { thinking: 'adaptive', thinkingCanBeDisabled: false }],
  ['openai', 'gpt-4-turbo', { thinking: 'none', noEffortWithTools: false, embeddings: false }],
  ['openai', 'gpt-5', { thinking: 'reasoning_effort', effortWords: ['minimal', 'low', 'medium', 'high'] }],
  ['openai', 'gpt-5.1', { effortWords: ['none', 'low', 'medium', 'high'], noEffortWithTools: false }],
  ['openai', 'gpt-5.6-sol', { effortWords: ['none', 'low', 'medium', 'high', 'xhigh'], noEffortWithTools: true }],
  ['openai', 'gpt-6-luna', { thinking: 'reasoning_effort', noEffortWithTools: true }],
  ['openai', 'gpt-5-chat-latest', { thinking: 'none', refusedParameters: [] }],
  ['openai', 'gpt-5.3-chat-latest', { thinking: 'none', refusedParameters: ['temperature', 'top_p'] }],
  ['openai', 'o3', { effortWords: ['low', 'medium', 'high'], contextWindow: 200_000 }],
  ['openai', 'text-embedding-3-small', { embeddings: true, chat: false }],
  ['moonshot', 'kimi-k2-0905-preview', { thinking: 'none', contextWindow: 262_144, refusedParameters: [] }],
  ['moonshot', 'kimi-k2.6', { thinking: 'always', thinkingCanBeDisabled: true, images: true }],
  ['moonshot', 'kimi-k2.7-code', { thinking: 'always', thinkingCanBeDisabled: false }],
  ['moonshot', 'kimi-k3.1-pro', { thinking: 'reasoning_effort', effortWords: ['low', 'high', 'max'] }],
  ['xai', 'grok-3-mini', { thinking: 'reasoning_effort', effortWords: ['low', 'high'] }],
  ['xai', 'grok-4-fast-reasoning', { thinking: 'always', effortWords: null, contextWindow: 2_000_000 }],
  ['xai', 'grok-4-1-fast-non-reasoning', { thinking: 'none', refusedParameters: [] }],
  ['xai', 'grok-4.20-reasoning', { thinking: 'always', effortWords: null }],
  ['xai', 'grok-4.3', { thinking: 'reasoning_effort', effortWords: ['none', 'low', 'medium', 'high'] }],
  ['xai', 'grok-4.5', { thinking: 'reasoning_effort', effortWords: ['low', 'medium', 'high'] }],
  ['vllm', 'moonshotai/Kimi-K2-Thinking', { thinking: 'always', chat: true, embeddings: true }],
  ['vllm', 'BAAI/bge-m3', { chat: false, embeddings: true }],
];

test.each(facts)('%s %s', (adapter, model, expected) => {
  expect(modelFacts(adapter, model)).toMatchObject(expected);
});

describe('the effort word of a request', () => {
  it.each([
    ['xai', 'grok-3-mini', 'medium', 'low'],
    ['xai', 'grok-4.5', 'none', 'low'],
    ['moonshot', 'kimi-k3', 'xhigh', 'high'],
    ['openai', 'gpt-5', 'none', 'minimal'],
    ['openai', 'gpt-5.6', 'minimal', 'none'],
    ['openai', 'o3', 'xhigh', 'high'],
  ] as const)('of %s %s: %s is sent as %s, and said so', (adapter, model, asked, sent) => {
    const fitted = fitEffortWord(
      { body: { reasoning_effort: asked }, adjusted: [] },
      modelFacts(adapter, model),
      model,
    );
    expect(fitted.body['reasoning_effort']).toBe(sent);
    expect(fitted.adjusted).toHaveLength(1);
  });

  it('of Claude stands in output_config, whose other fields stay', () => {
    const body = { output_config: { effort: 'xhigh', format: { type: 'json_schema' } } };
    const { body: sent } = fitEffortWord({ body, adjusted: [] }, modelFacts('anthropic', 'claude-opus-4-6'), 'opus');
    expect(sent['output_config']).toEqual({ effort: 'high', format: { type: 'json_schema' } });
  });

  it('that a model knows, or that nobody knows, is left alone', () => {
    for (const word of ['medium', 'enormous']) {
      const rendered = { body: { reasoning_effort: word }, adjusted: [] };
      expect(fitEffortWord(rendered, modelFacts('openai', 'gpt-5'), 'gpt-5')).toEqual(rendered);
    }
  });

  it('is none beside tools where the model takes no tools while it reasons, asked for or not', () => {
    const tools = [{ type: 'function', function: { name: 'f' } }];
    const bodies: JsonObject[] = [{ tools }, { tools, reasoning_effort: 'high' }];
    for (const body of bodies) {
      const fitted = fitEffortWord({ body, adjusted: [] }, modelFacts('openai', 'gpt-5.6'), 'gpt-5.6');
      expect(fitted.body).toEqual({ tools, reasoning_effort: 'none' });
      expect(fitted.adjusted[0]).toContain('takes no tools while it reasons');
    }
  });
});
