import type { Experiments, ShadowPair, ShadowSummary } from '../../shared/domain/experiments.ts';

const NO_SIDE = { duration_ms: null, first_token_ms: null, mean_output_tokens: null, mean_cost_usd: null };

/** What no pair comes to. */
export const NO_PAIRS: ShadowSummary = {
  pairs: 0,
  considered: 0,
  compared: 0,
  success_rate: null,
  originals: [],
  failures: [],
  original: NO_SIDE,
  shadow: NO_SIDE,
  priced: 0,
  similarity: null,
  length_ratio_p50: null,
  finish_reason: { pairs: 0, agreeing: 0 },
  json: { pairs: 0, original: 0, shadow: 0 },
  tool_calls: { pairs: 0, same: 0, same_names: 0 },
  duration_p50_difference_ms: null,
  mean_cost_difference_usd: null,
};

/** No experiment, at a time in epoch milliseconds. */
export function noExperiments(at: number): Experiments {
  return {
    at,
    state: 'off',
    held_back: null,
    since: null,
    paused: null,
    config: null,
    counters: {
      since: at,
      sampled: 0,
      sent: 0,
      succeeded: 0,
      failed: 0,
      cancelled: 0,
      waiting: 0,
      running: 0,
      dropped: [],
    },
    quotas: [],
    summary: NO_PAIRS,
  };
}

/** A pair of answers with an outcome that can be changed. */
export function aPair(changes: Partial<Omit<ShadowPair, 'original' | 'shadow'>> & PairChanges = {}): ShadowPair {
  const { original, shadow, ...rest } = changes;
  return {
    id: 1,
    at: 1000,
    call_site: 'chat',
    streamed: true,
    original: {
      request_id: 'req_original',
      provider: 'kimi_k2',
      model: 'kimi-k2',
      duration_ms: 1000,
      first_token_ms: 200,
      output_tokens: 100,
      cost_usd: 0,
      pricing_unknown: false,
      finish_reason: 'stop',
      ...original,
    },
    shadow: {
      request_id: 'req_shadow',
      provider: 'claude_opus',
      model: 'claude-opus-4-6',
      duration_ms: 2000,
      first_token_ms: 500,
      output_tokens: 120,
      cost_usd: 0.01,
      pricing_unknown: false,
      finish_reason: 'stop',
      outcome: 'success',
      failure_class: null,
      message: null,
      ...shadow,
    },
    length_ratio: 1.2,
    similarity: 0.5,
    json: null,
    tool_calls: null,
    ...rest,
  };
}

interface PairChanges {
  original?: Partial<ShadowPair['original']>;
  shadow?: Partial<ShadowPair['shadow']>;
}
