import { describe, expect, it } from 'vitest';
import { decide } from '../../../electron/engine/router/decide.ts';
import { input, intent, override, withHealth } from '../../support/router-fixtures.ts';
import type { InputSetup } from '../../support/router-fixtures.ts';

const text = `
models:
  bge_1: {endpoint: "http://a", model: bge-m3, priority: 1}
  bge_2: {endpoint: "http://b", model: bge-m3, priority: 2}
  other: {endpoint: "http://c", model: nomic-embed, priority: 3}
  claude: {adapter: anthropic, priority: 4}
`;
const EMBEDS = { embeddings: true };
const abilities = { bge_1: EMBEDS, bge_2: EMBEDS, other: EMBEDS, claude: { embeddings: false } };
const needs = { tools: false, images: false, jsonSchema: false, tokens: 10, embeddings: true };

function candidates(setup: InputSetup = {}): Record<string, string> {
  const decision = decide(input({ text, abilities, needs, ...setup }));
  return Object.fromEntries(
    decision.candidates.map(({ provider, eligible, reason }) => [provider, eligible ? 'ok' : reason]),
  );
}

describe('embeddings', () => {
  it('go to whoever makes them with the same model, since the vectors of two models do not compare', () => {
    expect(candidates()).toEqual({
      bge_1: 'ok',
      bge_2: 'ok',
      other: 'its vectors do not compare with those of bge-m3',
      claude: 'makes no embeddings',
    });
  });

  it('stay with that model when its first provider is down', () => {
    const setup = { standings: { bge_1: withHealth('unhealthy') } };
    expect(decide(input({ text, abilities, needs, ...setup })).provider).toBe('bge_2');
    expect(candidates(setup)['other']).toContain('do not compare');
  });

  it('are served although an operator forces a provider that makes none', () => {
    expect(candidates({ override: override('claude') })).toMatchObject({ bge_1: 'ok', claude: 'makes no embeddings' });
  });

  it("are nobody else's when the provider that was named makes none", () => {
    const named = intent({ rule: 'named_provider', preferred: [{ provider: 'claude', model: null }] });
    expect(decide(input({ text, abilities, needs, intent: named })).provider).toBeNull();
  });

  it('go to every provider that serves the name they ask for', () => {
    const named = intent({
      rule: 'named_model',
      preferred: [
        { provider: 'other', model: 'nomic-embed' },
        { provider: 'bge_2', model: 'bge-m3' },
      ],
    });
    expect(candidates({ intent: named })).toMatchObject({ other: 'ok', bge_2: 'ok' });
  });

  it('are shared by the instances of the primary group, whose models nobody has told yet', () => {
    const group = `
models:
  one: {endpoint: "http://a", priority: 1}
  two: {endpoint: "http://b", priority: 1}
  behind: {endpoint: "http://c", priority: 2}
`;
    const decision = decide(input({ text: group, needs, abilities: { one: EMBEDS, two: EMBEDS, behind: EMBEDS } }));
    expect(decision.candidates.map(({ eligible }) => eligible)).toEqual([true, true, false]);
  });
});

it('a chat is not sent to a model that makes nothing but embeddings', () => {
  const chat = { ...needs, embeddings: false };
  expect(candidates({ needs: chat, abilities: { bge_1: { chat: false } } })['bge_1']).toBe(
    'makes nothing but embeddings',
  );
});
