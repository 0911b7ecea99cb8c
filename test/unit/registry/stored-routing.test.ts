import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LiveEnvironment } from '../../../electron/engine/registry/live-environment.ts';
import { parseRegistry, parseStoredAlone } from '../../../electron/engine/registry/load.ts';
import { applyPatch, notStorable } from '../../../electron/engine/registry/stored-routing.ts';
import type { RoutingDocument } from '../../../shared/domain/routing.ts';

const FILE = `
models:
  kimi: { adapter: vllm, endpoint: http://kimi:8000/v1, priority: 1 }
  claude: { adapter: anthropic, priority: 2 }
routing:
  primary: kimi
  fallback_chain: [kimi, claude]
  high_load: { mode: never, threshold_seconds: 20 }
policy:
  call_sites:
    chat: { env: CHAT_MODEL, model: kimi }
`;

function parsed(stored: RoutingDocument, environment: Record<string, string> = {}, text = FILE) {
  return parseRegistry(text, { environment, path: '/etc/switchyard.yaml', stored });
}

function registryWith(stored: RoutingDocument, environment: Record<string, string> = {}) {
  const result = parsed(stored, environment);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.registry;
}

describe('what is stored above the file', () => {
  it('wins where it says something, and leaves the rest to the file', () => {
    const { routing } = registryWith({ routing: { primary: 'claude', high_load: { mode: 'latency' } } });
    expect(routing).toMatchObject({
      primary: 'claude',
      fallbackChain: ['claude', 'kimi'],
      highLoad: { mode: 'latency', thresholdMs: 20_000 },
    });
  });

  it('replaces a list as a whole', () => {
    expect(registryWith({ policy: { denied_models: ['gpt-*'] } }).policy.deniedModels).toEqual(['gpt-*']);
  });

  it('is above the environment, which is above the file', () => {
    const environment = { RESTRICT_MODELS: 'true' };
    expect(registryWith({}, environment).policy.restrictModels).toBe(true);
    expect(registryWith({ policy: { restrict_models: false } }, environment).policy.restrictModels).toBe(false);
    const site = registryWith({ policy: { call_sites: { chat: { model: 'claude' } } } }).policy.callSites[0];
    expect(site).toMatchObject({ name: 'chat', env: 'CHAT_MODEL', model: 'claude', modelStored: true });
  });

  it('is judged as the file is: by schema and cross-checks, with the nearest name', () => {
    const result = parsed({ routing: { primary: 'kimmi', stream_failover: 'resum' } });
    expect(result).toMatchObject({
      ok: false,
      problems: [
        { path: 'routing.stream_failover', line: null, message: expect.stringContaining('did you mean "resume"?') },
        { path: 'routing.primary', line: null, message: expect.stringContaining('did you mean "kimi"?') },
      ],
    });
  });

  it('keeps the lines of what the file has wrong itself', () => {
    const result = parsed({ routing: { primary: 'claude' } }, {}, `${FILE}tiers: { fast: { provider: nobody } }\n`);
    expect(result).toMatchObject({ ok: false, problems: [{ path: 'tiers.fast.provider', line: 12 }] });
  });

  it('works without a file, over the APIs that have a key', () => {
    const result = parseStoredAlone({
      environment: { OPENAI_API_KEY: 'o', ANTHROPIC_API_KEY: 'a' },
      path: null,
      stored: { routing: { primary: 'openai' } },
    });
    expect(result).toMatchObject({ ok: true, registry: { routing: { primary: 'openai' } } });
  });

  it('changes nothing where it is empty', () => {
    expect(registryWith({})).toEqual(registryWith({ routing: {} }));
  });
});

describe('a merge patch', () => {
  it.each([
    ['sets', {}, { routing: { primary: 'a' } }, { routing: { primary: 'a' } }],
    [
      'merges',
      { routing: { primary: 'a' } },
      { routing: { stream_failover: 'error' } },
      { routing: { primary: 'a', stream_failover: 'error' } },
    ],
    [
      'removes with null',
      { routing: { primary: 'a', stream_failover: 'error' } },
      { routing: { primary: null } },
      { routing: { stream_failover: 'error' } },
    ],
    ['leaves no empty mapping', { routing: { primary: 'a' } }, { routing: { primary: null } }, {}],
    [
      'removes a whole section',
      { routing: { primary: 'a' }, tiers: { fast: { model: 'x' } } },
      { routing: null },
      { tiers: { fast: { model: 'x' } } },
    ],
    [
      'replaces lists',
      { routing: { fallback_chain: ['a'] } },
      { routing: { fallback_chain: ['b'] } },
      { routing: { fallback_chain: ['b'] } },
    ],
  ])('%s', (_name, target, patch, expected) => {
    expect(applyPatch(target as RoutingDocument, patch as RoutingDocument)).toEqual(expected);
  });

  it('changes neither of its inputs, and touches no prototype', () => {
    const json = fc.dictionary(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.jsonValue());
    fc.assert(
      fc.property(json, json, (target, patch) => {
        const [one, other] = [JSON.stringify(target), JSON.stringify(patch)];
        applyPatch(target as RoutingDocument, patch as RoutingDocument);
        expect([JSON.stringify(target), JSON.stringify(patch)]).toEqual([one, other]);
        expect(Object.hasOwn(Object.prototype, 'a')).toBe(false);
      }),
    );
  });
});

it.each([
  [{ models: {} }, 'models'],
  [{ routing: { max_retries: 3 } }, 'routing.max_retries'],
  [{ policy: { budgets: {} } }, 'policy.budgets'],
])('%j may not be stored', (document, path) => {
  expect(notStorable(document)).toMatchObject([{ path, message: expect.stringContaining('registry file alone') }]);
});

describe('the environment while the engine runs', () => {
  it('is one object whose values follow the newest reading', () => {
    const live = new LiveEnvironment({ A: '1', B: '2' });
    const { values } = live;
    expect(live.take({ A: '1', B: '3', C: '4' })).toEqual(['B', 'C']);
    expect(values).toEqual({ A: '1', B: '3', C: '4' });
    expect(live.take({ C: '4' })).toEqual(['A', 'B']);
    expect(values).toEqual({ C: '4' });
  });
});
