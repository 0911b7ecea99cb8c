import { describe, expect, it } from 'vitest';
import { parseRegistry } from '../../../electron/engine/registry/load.ts';
import type { Environment } from '../../../electron/engine/registry/types.ts';

const MODELS = 'models:\n  kimi: { endpoint: "http://kimi:8000/v1", serves: [kimi-large] }\n';

/** What is wrong with a section, as line, path and sentence; problems where it is refused, warnings where it is not. */
function judged(section: string, environment: Environment = {}): [number | null, string, string][] {
  const result = parseRegistry(`${MODELS}${section}`, { environment, path: null });
  const told = result.ok ? result.warnings : result.problems;
  return told.map(({ line, path, message }) => [line, path, message]);
}

describe('a wrong value of policy, budgets or tiers is one sentence with its line and the way out', () => {
  it.each([
    ['policy: { budgets: { reset_hour: 24 } }', 'policy.budgets.reset_hour', '"reset_hour" must be 0 to 23'],
    [
      'policy: { budgets: { time_zone: Mars/Base } }',
      'policy.budgets.time_zone',
      '"time_zone" must be an IANA time zone such as UTC or Europe/Berlin',
    ],
    [
      'policy: { budgets: { unknown_price: maybe } }',
      'policy.budgets.unknown_price',
      '"maybe" is not a valid value; valid names are admit, refuse',
    ],
    [
      'policy: { call_sites: { chat: { objective: fast } } }',
      'policy.call_sites.chat.objective',
      '"fast" is not a valid value; valid names are latency, throughput',
    ],
    [
      'policy: { call_sites: { chat: { modell: x } } }',
      'policy.call_sites.chat.modell',
      '"modell" is not a key here; did you mean "model"?',
    ],
    [
      'policy: { call_sites: { chat: { limits: { usd_per_day: -1 } } } }',
      'policy.call_sites.chat.limits.usd_per_day',
      '"usd_per_day" must be 0 or more',
    ],
    [
      'policy: { restrict_models: "yes" }',
      'policy.restrict_models',
      '"restrict_models" must be true or false, not a text',
    ],
    [
      'tiers: { thresholds: { fast_below: 11, balanced_up_to: 10 } }',
      'tiers.thresholds.fast_below',
      '"fast_below" must be 0 to 10',
    ],
    [
      'tiers: { thresholds: { fast_below: 7 } }',
      'tiers.thresholds.fast_below',
      'fast_below, 7, must not be above balanced_up_to, 6.5',
    ],
    ['tiers: { weights: { agent: 0, step: 0 } }', 'tiers.weights.agent', 'of agent, step at least one must be above 0'],
    [
      'tiers: { weights: { creation: 0, execution: 0, combined: 0 } }',
      'tiers.weights.creation',
      'of creation, execution, combined at least one must be above 0',
    ],
    ['tiers: { normalisation: { data_size: 0 } }', 'tiers.normalisation.data_size', '"data_size" must be above 0'],
    [
      'tiers: { balanced: { provider: kimmi } }',
      'tiers.balanced.provider',
      'no provider is called "kimmi"; did you mean "kimi"?',
    ],
    [
      'policy: { call_sites: { chat: { model: "tier:fastt" } } }',
      'policy.call_sites.chat.model',
      'there is no tier "fastt", so balanced stands in; did you mean "fast"?',
    ],
    [
      'policy: { call_sites: { chat: { model: "call-site:x" } } }',
      'policy.call_sites.chat.model',
      '"call-site:x" names another call site; name a model',
    ],
    [
      'policy: { call_sites: { chat: { model: kimi_large } } }',
      'policy.call_sites.chat.model',
      'no entry serves "kimi_large" and no vendor\'s prefix begins it; did you mean "kimi-large"?',
    ],
    [
      'policy: { default_model: kimmi }',
      'policy.default_model',
      'no entry serves "kimmi" and no vendor\'s prefix begins it; did you mean "kimi"?',
    ],
  ])('%s', (section, path, message) => {
    expect(judged(section)).toContainEqual([3, path, message]);
  });

  it('names the environment key where the value comes from there', () => {
    expect(judged('', { CGX_FRONTEND_MODEL_NAME: 'kimmi' })).toContainEqual([
      null,
      '',
      'CGX_FRONTEND_MODEL_NAME in the environment: no entry serves "kimmi" and no vendor\'s prefix begins it; did you mean "kimi"?',
    ]);
  });

  it.each(['auto', 'tier:fast', 'kimi', 'kimi-large', 'grok-4.3', 'claude-opus-4-6'])(
    '%s is no wrong model',
    (model) => {
      expect(judged(`policy: { call_sites: { chat: { model: "${model}" } } }`)).toEqual([]);
    },
  );
});
