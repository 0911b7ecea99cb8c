import { describe, expect, it } from 'vitest';
import { retiredUses } from '../../../electron/engine/registry/retired-models.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Environment } from '../../../electron/engine/registry/types.ts';
import { registryOf } from '../../support/policy-fixtures.ts';

/** Settings that name a retired model, those of the built-in tiers left out. */
function settings(text: string, environment: Environment = {}): string[] {
  return retiredUses(registryOf(text, environment), environment)
    .map(({ setting }) => setting)
    .filter((setting) => !setting.startsWith('tiers.'));
}

const OWN = 'models: {kimi: {endpoint: "http://kimi:8000/v1", serves: [kimi-k2-0905-preview]}}\n';

describe('a retired model is found', () => {
  it.each<[string, string, Environment, string[]]>([
    ['as the built-in model of a class', 'models: {c: {provider_class: ClaudeOpusProvider}}', {}, ['models.c.model']],
    ['in an entry', 'models: {c: {adapter: anthropic, model: claude-3-opus-20240229}}', {}, ['models.c.model']],
    [
      'among what an API also serves',
      'models: {o: {adapter: openai, model: gpt-5, serves: [gpt-4]}}',
      {},
      ['models.o.serves'],
    ],
    ['as the default of an API that its key alone makes', OWN, { XAI_API_KEY: 'x' }, ['models.xai.model']],
    [
      'at a call site of the file',
      `${OWN}policy: {call_sites: {chat: {model: grok-4-fast-reasoning}}}`,
      {},
      ['policy.call_sites.chat.model'],
    ],
    [
      'at a call site by its environment key',
      OWN,
      { PROCESSING_BACKEND_MODEL_NAME: 'grok-4-fast-reasoning' },
      ['PROCESSING_BACKEND_MODEL_NAME'],
    ],
    ['in MODEL_NAME, once', OWN, { MODEL_NAME: 'gpt-4-turbo' }, ['MODEL_NAME']],
    ['as the default model', `${OWN}policy: {default_model: claude-3-5-haiku-20241022}`, {}, ['policy.default_model']],
  ])('%s', (_where, text, environment, expected) => {
    expect(settings(text, environment)).toEqual(expected);
  });
});

describe('nothing is said', () => {
  it.each<[string, string]>([
    ['of what a server of one’s own answers to', `${OWN}policy: {call_sites: {chat: {model: kimi-k2-0905-preview}}}`],
    [
      'of an entry that is switched off',
      `${OWN.trimEnd().slice(0, -1)}, c: {provider_class: ClaudeOpusProvider, enabled: false}}`,
    ],
    ['of models that are served', 'models: {c: {adapter: anthropic, model: claude-opus-4-6}}'],
  ])('%s', (_of, text) => {
    expect(settings(text)).toEqual([]);
  });
});

it('is a warning with its line, the date, a later model, and what is answered and billed instead', () => {
  const text = `models:
  xai:
    adapter: xai
    model: grok-4-fast-reasoning
`;
  const result = parseRegistry(text, { environment: { XAI_API_KEY: 'x', MODEL_NAME: 'gpt-4' }, path: null });
  expect(result.ok && result.warnings).toEqual([
    {
      path: '',
      line: null,
      message:
        'MODEL_NAME in the environment: gpt-4 was retired by openai (2026-10-23); set MODEL_NAME, to gpt-5.6-sol for one',
    },
    {
      path: 'models.xai.model',
      line: 4,
      message:
        'grok-4-fast-reasoning was retired by xai (2026-05-15) and is answered and billed as grok-4.3; set models.xai.model, to grok-4.3 for one',
    },
  ]);
});

describe('a spending limit over a model without a price', () => {
  const text = (policy = '') => `models:
  acme:
    adapter: openai-compatible
    endpoint: https://acme.example/v1
    model: acme-1
    limits:
      usd_per_day: 5
${policy}`;
  const warnings = (source: string, known: boolean) => {
    const result = parseRegistry(source, { environment: {}, path: null, priceKnown: () => known });
    return result.ok ? result.warnings.map(({ line, message }) => [line, message]) : [];
  };

  it.each([
    ['', 'its requests pass it unpriced'],
    ['policy: {budgets: {unknown_price: refuse}}', 'its requests are refused'],
  ])('is warned of where it stands: %s', (policy, effect) => {
    expect(warnings(text(policy), false)).toEqual([
      [7, `no price is known for acme-1, so ${effect}; set models.acme.pricing`],
    ]);
    expect(warnings(text(policy), true)).toEqual([]);
  });
});
