import { decide } from '../../electron/engine/router/decide.ts';
import type { DecisionInput } from '../../electron/engine/router/types.ts';
import { CAPABLE, input, intent, override, standing, withHealth } from '../support/router-fixtures.ts';
import { alternate, perSecond } from './rounds.ts';
import type { Benchmark } from './types.ts';

const ROUND_MS = 250;
const ROUNDS = 7;

/** What routing meets in a day: all is well, the primary is out, a caller names a model, an operator forces one. */
function situations(): DecisionInput[] {
  const well = standing();
  const out = withHealth('unhealthy');
  const [primary, fallback, benchmark] = ['kimi_k2_self_hosted', 'claude_opus_api', 'gpt4_api'] as const;
  const base = {
    ...input({ standings: { [primary]: well, [fallback]: well, [benchmark]: well } }),
    capabilities: () => CAPABLE,
  };
  const named = intent({
    rule: 'named_model',
    requestedModel: fallback,
    preferred: [{ provider: fallback, model: null }],
  });
  return [
    base,
    { ...base, standing: (provider) => (provider === primary ? out : well) },
    { ...base, intent: named },
    { ...base, override: override(fallback) },
  ];
}

/** Every situation has a provider that can serve; a decision that finds none is not the work that is measured. */
function decideOne(situation: DecisionInput): void {
  if (decide(situation).provider === null) throw new Error('The router found nobody to serve.');
}

export const decisions: Benchmark = {
  name: 'decide',
  question: 'How long does a routing decision take, three providers judged with their reasons?',
  baseline: 'a JSON round trip of the registry that it decides from',
  async run() {
    const inputs = situations();
    const { registry } = input();
    const { subject, baseline } = await alternate(ROUNDS, {
      subject: () => ({
        rate: perSecond(ROUND_MS, () => {
          for (const situation of inputs) decideOne(situation);
        }),
      }),
      baseline: () => ({
        rate: perSecond(ROUND_MS, () => {
          JSON.parse(JSON.stringify(registry));
        }),
      }),
    });
    return [
      {
        what: 'decisions',
        unit: '/s',
        better: 'higher',
        subject: subject.rate * inputs.length,
        baseline: baseline.rate,
        limit: 0.5,
      },
    ];
  },
};
