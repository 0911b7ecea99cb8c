import type { Task } from '../../shared/domain/decision.ts';
import { seededRandom } from '../../electron/engine/seeded-random.ts';
import type { LatencySample, RecordedRequest } from '../../electron/engine/store/types.ts';
import type { TimeRange } from '../../electron/engine/store/time-range.ts';
import type { Environment } from '../../electron/engine/registry/types.ts';

export const ENVIRONMENT: Environment = { ANTHROPIC_API_KEY: 'a', KIMI_API_KEY: 'k', OPENAI_API_KEY: 'o' };

/** A self-hosted primary, Claude and Kimi's API behind it, and tiers over them. */
export const REGISTRY = `
models:
  kimi:
    adapter: vllm
    endpoint: http://kimi:8000/v1
    model: kimi-k2
    priority: 1
    limits: { max_concurrent: 64, queue_timeout_ms: 5000 }
  claude:
    adapter: anthropic
    model: claude-haiku-4-5-20251001
    priority: 2
    limits: { requests_per_day: 50000, usd_per_day: 500 }
  gpt:
    adapter: openai
    model: gpt-4o-mini
    priority: 3
routing:
  primary: kimi
  fallback_chain: [kimi, claude, gpt]
tiers:
  fast: { provider: gpt }
  balanced: { provider: kimi }
  powerful: { provider: claude }
`;

export const DAY_START = Date.UTC(2026, 10, 20);
const DAY_MS = 24 * 60 * 60 * 1000;

/** One request that kimi answered; everything that differs is given. */
export function recorded(changes: Partial<RecordedRequest> = {}): RecordedRequest {
  return {
    id: 'request-1',
    at: DAY_START + 1000,
    requestedModel: 'auto',
    callSite: null,
    tier: null,
    taskType: null,
    asked: { tier: null, task: null, prompt_characters: 400, message_count: 1, detected_task_type: null },
    demand: {
      tools: false,
      images: false,
      json_schema: false,
      embeddings: false,
      tokens: 356,
      forced_provider: null,
      no_fallback: false,
    },
    complexity: null,
    provider: 'kimi',
    model: 'kimi-k2',
    decidedModel: 'kimi-k2',
    status: 'success',
    errorCode: null,
    failureClass: null,
    failedProviders: [],
    firstTokenMs: 120,
    durationMs: 900,
    usage: {
      input_tokens: 1000,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 200,
      reasoning_tokens: 0,
      estimated: false,
    },
    costMicroUsd: 0,
    pricingUnknown: false,
    ...changes,
  };
}

export interface RecordedTraffic {
  requests: RecordedRequest[];
  samples: LatencySample[];
  range: TimeRange;
}

/** A day of mixed traffic: plain requests, call sites, tasks of every complexity, named models; the same each time. */
export function recordedDay(count: number, seed = 7): RecordedTraffic {
  const random = seededRandom(seed);
  const requests = Array.from({ length: count }, (_, index) => {
    const at = DAY_START + Math.floor((index * DAY_MS) / count);
    const tokens = 200 + Math.floor(random() * 4000);
    const base = recorded({ id: `request-${index}`, at, durationMs: 300 + Math.floor(random() * 3000) });
    const usage = { ...base.usage, input_tokens: tokens, output_tokens: 20 + Math.floor(random() * 800) };
    const asked = { tier: null, task: taskOf(index, random()), prompt_characters: tokens * 4, message_count: 3 };
    return {
      ...base,
      usage,
      requestedModel: index % 5 === 4 ? 'claude-haiku-4-5-20251001' : 'auto',
      callSite: index % 7 === 0 ? 'chat' : null,
      asked: { ...asked, detected_task_type: null },
    };
  });
  const samples = ['kimi', 'claude', 'gpt'].flatMap((provider) =>
    Array.from({ length: 500 }, () => ({
      provider,
      model: provider === 'kimi' ? 'kimi-k2' : provider,
      firstTokenMs: 100 + Math.floor(random() * 400),
      durationMs: 500 + Math.floor(random() * 4000),
    })),
  );
  return { requests, samples, range: { since: DAY_START, until: DAY_START + DAY_MS } };
}

function taskOf(index: number, draw: number): Task | null {
  if (index % 3 !== 0) return null;
  const score = Math.round(draw * 100) / 10;
  return { agent_id: 'agent-1', agent_ais: { creation_score: score, execution_score: score, combined_score: score } };
}
