import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveIntent } from '../../../electron/engine/policy/resolve-intent.ts';
import type { IntentQuestion } from '../../../electron/engine/policy/types.ts';
import { routingDifferences, routingSettings } from '../../../electron/engine/policy/routing-settings.ts';
import { effectiveDocument } from '../../../electron/engine/policy/routing-settings.ts';
import { readDocument } from '../../../electron/engine/registry/document.ts';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import { retiredTierModels } from '../../../electron/engine/registry/retired-models.ts';
import { applyPatch } from '../../../electron/engine/registry/stored-routing.ts';
import type { Environment } from '../../../electron/engine/registry/types.ts';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';
import { ALL_KEYS, availabilityIn, registryOf } from '../../support/policy-fixtures.ts';

const FILE = `
models:
  kimi: { adapter: vllm, endpoint: http://kimi:8000/v1, priority: 1 }
  claude: { adapter: anthropic, priority: 2 }
routing: { primary: kimi, fallback_chain: [kimi, claude] }
policy: { call_sites: { chat: { env: CHAT_MODEL, model: kimi }, report: { model: "tier:ultra" } } }
`;

function registryWith(stored: RoutingDocument, environment: Environment = {}) {
  const result = parseRegistry(FILE, { environment, path: null, stored });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

function settingsOf(stored: RoutingDocument, environment: Environment = {}) {
  const registry = registryWith(stored, environment);
  return routingSettings({ registry, environment, file: readDocument(FILE).document?.value, stored });
}

function setting(path: string, stored: RoutingDocument, environment: Environment = {}) {
  return settingsOf(stored, environment).find((one) => one.path === path);
}

describe('an effective setting', () => {
  it.each<[string, string, RoutingDocument, Environment, object]>([
    ['of the file', 'routing.primary', {}, {}, { value: 'kimi', file_value: 'kimi', source: 'file' }],
    [
      'stored',
      'routing.primary',
      { routing: { primary: 'claude' } },
      {},
      { value: 'claude', file_value: 'kimi', source: 'stored' },
    ],
    ['by default', 'routing.stream_failover', {}, {}, { value: 'resume', file_value: null, source: 'default' }],
    [
      'of the environment',
      'policy.restrict_models',
      {},
      { RESTRICT_MODELS: 'no' },
      { value: false, source: 'environment', env: 'RESTRICT_MODELS' },
    ],
    ['of a call site', 'policy.call_sites.chat.model', {}, {}, { value: 'kimi', source: 'file', env: 'CHAT_MODEL' }],
    [
      'of a call site by its key',
      'policy.call_sites.chat.model',
      {},
      { CHAT_MODEL: 'claude' },
      { value: 'claude', file_value: 'kimi', source: 'environment' },
    ],
    [
      'of a call site, stored above its key',
      'policy.call_sites.chat.model',
      { policy: { call_sites: { chat: { model: 'tier:fast' } } } },
      { CHAT_MODEL: 'claude' },
      { value: 'tier:fast', source: 'stored' },
    ],
  ])('%s', (_name, path, stored, environment, expected) => {
    expect(setting(path, stored, environment)).toMatchObject(expected);
  });

  it('differs between versions with value and source', () => {
    expect(routingDifferences(settingsOf({}), settingsOf({ routing: { primary: 'claude' } }))).toEqual([
      { path: 'routing.primary', before: 'kimi', after: 'claude', before_source: 'file', after_source: 'stored' },
      {
        path: 'routing.fallback_chain',
        before: ['kimi', 'claude'],
        after: ['claude', 'kimi'],
        before_source: 'file',
        after_source: 'file',
      },
    ]);
    expect(routingDifferences(settingsOf({}), settingsOf({}))).toEqual([]);
  });
});

const patches = fc.record(
  {
    routing: fc.record(
      {
        primary: fc.constantFrom('kimi', 'claude', null),
        stream_failover: fc.constantFrom('resume', 'buffer', 'error', null),
        high_load: fc.record({ mode: fc.constantFrom('never', 'latency', null) }, { requiredKeys: [] }),
        task_types: fc.dictionary(fc.constantFrom('code', '1', 'writing'), fc.constant(['claude'])),
      },
      { requiredKeys: [] },
    ),
    policy: fc.record(
      {
        restrict_models: fc.constantFrom(true, false, null),
        call_sites: fc.dictionary(
          fc.constantFrom('chat', 'x', '7'),
          fc.record({ model: fc.constantFrom('kimi', 'auto') }),
        ),
      },
      { requiredKeys: [] },
    ),
    tiers: fc.record({ fast: fc.constantFrom({ provider: 'kimi' }, null) }, { requiredKeys: [] }),
  },
  { requiredKeys: [] },
);

it('a rollback to any stored version gives the same bytes again, whatever was stored since', () => {
  fc.assert(
    fc.property(fc.array(patches, { minLength: 1, maxLength: 6 }), fc.nat(), (changes, pick) => {
      const documents = changes.reduce<RoutingDocument[]>(
        (all, change) => [...all, applyPatch(all.at(-1) ?? {}, change as RoutingDocument)],
        [{}],
      );
      const version = pick % documents.length;
      const then = documents[version] ?? {};
      // As it comes back from the store.
      const restored = JSON.parse(JSON.stringify(then)) as RoutingDocument;
      expect(JSON.stringify(restored)).toBe(JSON.stringify(then));
      expect(JSON.stringify(registryWith(restored))).toBe(JSON.stringify(registryWith(then)));
      const effective = (stored: RoutingDocument) =>
        JSON.stringify(effectiveDocument({ registry: registryWith(stored), environment: {} }));
      expect(effective(restored)).toBe(effective(then));
    }),
  );
});

describe('a decision that has to be told', () => {
  const ask = (question: Partial<IntentQuestion>, environment: Environment = ALL_KEYS, text = FILE) => {
    const registry = registryOf(text, environment);
    const asked = { model: 'auto', callSite: null, tier: null, task: null, promptCharacters: 0, messageCount: 1 };
    const result = resolveIntent(
      { ...asked, ...question },
      registry,
      environment,
      availabilityIn(registry, environment),
    );
    if (!result.ok) throw new Error(result.message);
    return result.intent;
  };

  it('names a tier whose model is retired, with a replacement', () => {
    expect(ask({ model: 'tier:powerful' }).warnings).toEqual([
      expect.stringMatching(
        /claude-3-5-sonnet-20241022 was retired by anthropic \(2025-10-28\).*tiers\.powerful\.model/,
      ),
    ]);
    expect(retiredTierModels(registryOf(FILE, ALL_KEYS)).map(({ tier }) => tier)).toEqual([
      'fast',
      'balanced',
      'powerful',
    ]);
  });

  it('says nothing of an id that a server of one’s own answers to', () => {
    const own = `${FILE}tiers: { fast: { provider: kimi, model: claude-3-haiku-20240307 }, balanced: { provider: kimi }, powerful: { provider: kimi } }\n`;
    expect(retiredTierModels(registryOf(own))).toEqual([]);
  });

  it('falls back to balanced where a call site names a tier that does not exist', () => {
    const intent = ask({ callSite: 'report' });
    expect(intent).toMatchObject({ tier: 'balanced', rule: 'call_site' });
    expect(intent.warnings).toContainEqual(
      expect.stringContaining('"ultra", which does not exist; balanced stands in'),
    );
  });

  it('holds the restricted model, the pattern and what stands in', () => {
    expect(ask({ model: 'claude-opus-4-6' }).restricted).toEqual({
      model: 'claude-opus-4-6',
      pattern: 'claude-*opus*',
      replaced_by: 'claude-haiku-4-5-20251001',
    });
    expect(ask({ model: 'claude-haiku-4-5' }).restricted).toBeUndefined();
  });

  it('holds what was asked, so that it can be asked again', () => {
    const task = { agent_id: 'a', step: { prompt_length: 10 } };
    expect(
      ask({ task, promptCharacters: 40, messageCount: 2, promptSample: 'please debug this function' }).asked,
    ).toEqual({
      tier: null,
      task,
      prompt_characters: 40,
      message_count: 2,
      detected_task_type: 'code',
    });
  });
});
