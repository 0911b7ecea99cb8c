import type { InferenceLoad } from '../../../shared/domain/provider.ts';
import type { Clock } from '../clock.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { Attempt } from './attempt.ts';
import { classifyAnswer } from './classify.ts';
import type { Peer } from './connection-failures.ts';
import { parsePrometheusText } from './prometheus-text.ts';
import type { Sample } from './prometheus-text.ts';
import { readText } from './transport.ts';
import type { Transport } from './transport.ts';
import { ProviderFailure } from './types.ts';

/** Bytes of the largest metrics page read. */
const LARGEST_PAGE = 8 * 1024 * 1024;

/** Figures of one scrape before rates are known. */
export interface LoadSample {
  running: number | null;
  waiting: number | null;
  kvCacheUsage: number | null;
  /** Counter; null where the server has none. */
  generatedTokens: number | null;
}

/**
 * vLLM's names (https://docs.vllm.ai/en/latest/usage/metrics.html; the KV gauge was renamed) and llama.cpp's
 * (https://github.com/ggml-org/llama.cpp/tree/master/tools/server). Counts are summed over engines, the KV share is
 * their mean. What is absent is null, never 0.
 */
export function readLoad(samples: readonly Sample[]): LoadSample {
  return {
    running: sum(samples, ['vllm:num_requests_running', 'llamacpp:requests_processing']),
    waiting: sum(samples, ['vllm:num_requests_waiting', 'llamacpp:requests_deferred']),
    kvCacheUsage: mean(samples, [
      'vllm:kv_cache_usage_perc',
      'vllm:gpu_cache_usage_perc',
      'llamacpp:kv_cache_usage_ratio',
    ]),
    generatedTokens: sum(samples, ['vllm:generation_tokens_total', 'llamacpp:tokens_predicted_total']),
  };
}

/** Scrapes `/metrics` at the server's root; tokens a second come from the difference to the scrape before. */
export function createLoadScraper(context: {
  config: ProviderConfig;
  peer: Peer;
  transport: Transport;
  clock: Clock;
}): (signal: AbortSignal) => Promise<InferenceLoad> {
  const { config, peer, transport, clock } = context;
  let before: { tokens: number; at: number } | null = null;

  function rate(tokens: number | null): number | null {
    const at = clock.monotonic();
    const last = before;
    before = tokens === null ? null : { tokens, at };
    // A counter that fell is a restarted server: its rate is not known yet.
    if (tokens === null || last === null || tokens < last.tokens || at <= last.at) return null;
    return ((tokens - last.tokens) * 1000) / (at - last.at);
  }

  return async (signal) => {
    const attempt = new Attempt(peer, clock, signal);
    attempt.arm('total', config.healthCheck.timeoutMs);
    const url = new URL('/metrics', config.baseUrl);
    const answer = await transport.open(
      { method: 'GET', url, headers: {}, body: null, connectMs: config.healthCheck.timeoutMs },
      attempt,
    );
    const text = await readText(answer, attempt, LARGEST_PAGE);
    // A server that answers without metrics (llama.cpp started without them says 501) is simply unknown.
    const hasPage = answer.status >= 200 && answer.status < 300;
    if (!hasPage && ![401, 403, 404, 501].includes(answer.status)) {
      const { status, headers } = answer;
      throw new ProviderFailure(
        classifyAnswer({ provider: peer.provider, status, headers, body: null, now: clock.now(), secret: null }),
      );
    }
    const load = readLoad(hasPage ? parsePrometheusText(text) : []);
    return {
      running: load.running,
      waiting: load.waiting,
      kv_cache_usage: load.kvCacheUsage,
      generation_tokens_per_second: rate(load.generatedTokens),
      scraped_at: clock.now(),
    };
  };
}

function values(samples: readonly Sample[], names: readonly string[]): number[] {
  for (const name of names) {
    const found = samples.filter((sample) => sample.name === name).map((sample) => sample.value);
    if (found.length > 0) return found;
  }
  return [];
}

function sum(samples: readonly Sample[], names: readonly string[]): number | null {
  const found = values(samples, names);
  return found.length === 0 ? null : found.reduce((total, value) => total + value, 0);
}

function mean(samples: readonly Sample[], names: readonly string[]): number | null {
  const total = sum(samples, names);
  return total === null ? null : total / values(samples, names).length;
}
