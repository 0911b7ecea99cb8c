import type { Candidate, Decision, RouteRule } from '../../shared/domain/decision.ts';
import type { Attempt, RequestDetail, Usage } from '../../shared/domain/request.ts';
import { NO_USAGE } from '../../shared/domain/usage.ts';
import { DEMO_MODELS } from './demo-registry.ts';
import type { PastIncident } from './history-incidents.ts';
import { logNormal, pick, pickWeighted, type Random } from './random.ts';

type ProviderName = 'kimi_k2_self_hosted' | 'claude_opus_api' | 'gpt4_api' | 'grok_api' | 'grok_preview_api';

interface Manner {
  model: string;
  firstTokenMs: number;
  tokensPerSecond: number;
  /**
   * USD per million tokens, input and output: list prices of `@pydantic/genai-prices` 0.1.8; nothing for tokens of
   * one's own server; null where no list knows the model.
   */
  price: readonly [input: number, output: number] | null;
}

export const MANNERS: Record<ProviderName, Manner> = {
  kimi_k2_self_hosted: { model: DEMO_MODELS.kimi, firstTokenMs: 300, tokensPerSecond: 55, price: [0, 0] },
  claude_opus_api: { model: DEMO_MODELS.claude, firstTokenMs: 640, tokensPerSecond: 68, price: [5, 25] },
  gpt4_api: { model: DEMO_MODELS.gpt4, firstTokenMs: 540, tokensPerSecond: 44, price: [10, 30] },
  grok_api: { model: DEMO_MODELS.grok, firstTokenMs: 360, tokensPerSecond: 105, price: [0.2, 0.5] },
  grok_preview_api: { model: DEMO_MODELS.preview, firstTokenMs: 420, tokensPerSecond: 90, price: null },
};

/** Who called, with whom in mind. */
interface Caller {
  weight: number;
  requested: string;
  rule: RouteRule;
  callSite: string | null;
  provider: ProviderName;
  streamed: number;
  users: readonly string[];
  agent: boolean;
  inputTokens: number;
  outputTokens: number;
}

const PEOPLE = ['ana', 'bashir', 'chen', 'dara', 'elif', 'femi', 'greta', 'hiro'] as const;
const AGENTS = ['triage-agent', 'runbook-agent', 'billing-agent', 'release-agent'] as const;
const PERSON = { users: PEOPLE, agent: false, streamed: 0.5, callSite: null, rule: 'named_provider' as const };

const CALLERS: readonly Caller[] = [
  {
    ...PERSON,
    weight: 48,
    requested: 'call-site:chat',
    rule: 'call_site',
    callSite: 'chat',
    provider: 'kimi_k2_self_hosted',
    streamed: 1,
    inputTokens: 700,
    outputTokens: 160,
  },
  {
    ...PERSON,
    weight: 24,
    requested: 'call-site:processing',
    rule: 'call_site',
    callSite: 'processing',
    provider: 'kimi_k2_self_hosted',
    streamed: 0,
    users: ['batch'],
    inputTokens: 2600,
    outputTokens: 240,
  },
  {
    ...PERSON,
    weight: 18,
    requested: 'auto',
    rule: 'primary',
    provider: 'kimi_k2_self_hosted',
    users: AGENTS,
    agent: true,
    inputTokens: 1500,
    outputTokens: 120,
  },
  {
    ...PERSON,
    weight: 8,
    requested: 'call-site:analysis',
    rule: 'call_site',
    callSite: 'analysis',
    provider: 'grok_api',
    inputTokens: 1800,
    outputTokens: 260,
  },
  {
    ...PERSON,
    weight: 0.8,
    requested: 'grok_preview_api',
    provider: 'grok_preview_api',
    inputTokens: 500,
    outputTokens: 200,
  },
  {
    ...PERSON,
    weight: 0.8,
    requested: 'claude_opus_api',
    provider: 'claude_opus_api',
    inputTokens: 600,
    outputTokens: 220,
  },
  { ...PERSON, weight: 0.4, requested: 'gpt4_api', provider: 'gpt4_api', inputTokens: 600, outputTokens: 220 },
];

/** One request of the past as the gateway would have recorded it, at `at` (epoch milliseconds). */
export function pastRequest(
  at: number,
  incident: PastIncident | null,
  random: Random,
  decisions: KnownDecisions,
): RequestDetail {
  const caller = pickWeighted(random, CALLERS);
  const hit = incident !== null && caller.provider === 'kimi_k2_self_hosted';
  const provider: ProviderName = hit ? 'claude_opus_api' : caller.provider;
  // Before the health check has noticed, a request meets the fault itself and fails over.
  const met = hit && at < incident.noticedAt;
  const failed = random() < (hit ? 0.03 : 0.004);
  const left = !failed && caller.streamed === 1 && random() < 0.02;
  const first = met ? [failedAttempt(at, incident, random)] : [];
  const waited = first.reduce((sum, attempt) => sum + attempt.duration_ms, 0);
  const last = answeringAttempt(at + Math.round(waited), first.length, provider, caller, failed, left, random);
  const attempts = [...first, last];
  const status = failed ? 'error' : left ? 'cancelled' : 'success';
  return {
    id: pastId(at, random),
    started_at: at,
    origin: 'client',
    dialect: 'openai',
    streamed: random() < caller.streamed,
    requested_model: caller.requested,
    rule: caller.rule,
    call_site: caller.callSite,
    tier: null,
    task_type: null,
    agent_id: caller.agent ? pick(random, AGENTS) : null,
    user: pick(random, caller.users),
    provider: failed ? null : provider,
    model: failed ? null : last.model,
    status,
    http_status: failed ? 502 : left ? 499 : 200,
    error_code: failed ? 'upstream_failure' : null,
    failure_class: failed ? 'server_error' : left ? 'cancelled' : null,
    error_message: failed ? last.message : null,
    attempts: attempts.length,
    fallback_from: hit ? 'kimi_k2_self_hosted' : null,
    fallback_reason: hit ? (met ? (incident.reason === 'timeout' ? 'timeout' : 'error') : 'unhealthy') : null,
    resumed: false,
    queue_ms: last.queue_ms,
    first_token_ms: last.first_token_ms === null ? null : waited + last.first_token_ms,
    duration_ms: waited + last.duration_ms,
    usage: last.usage,
    cost_usd: last.cost_usd,
    pricing_unknown: last.pricing_unknown,
    decision: decisionFor(caller, hit && !met ? incident : null, decisions),
    attempt_list: attempts,
  };
}

function failedAttempt(at: number, incident: PastIncident, random: Random): Attempt {
  const slow = incident.failureClass === 'timeout';
  return {
    ...blankAttempt(0, 'kimi_k2_self_hosted', at),
    outcome: 'failure',
    failure_class: incident.failureClass,
    message: incident.message,
    duration_ms: slow ? 8000 : 2 + Math.floor(random() * 6),
  };
}

function answeringAttempt(
  at: number,
  index: number,
  provider: ProviderName,
  caller: Caller,
  failed: boolean,
  left: boolean,
  random: Random,
): Attempt {
  const manner = MANNERS[provider];
  const attempt = blankAttempt(index, provider, at);
  if (failed) {
    const message = `${provider}: status 500, internal server error`;
    return {
      ...attempt,
      outcome: 'failure',
      failure_class: 'server_error',
      message,
      http_status: 500,
      duration_ms: 40 + random() * 200,
    };
  }
  const usage = usageOf(caller, provider, left, random);
  const queue = provider === 'kimi_k2_self_hosted' && random() < 0.05 ? Math.floor(random() * 900) : 0;
  const firstToken = Math.round(logNormal(random, manner.firstTokenMs, manner.firstTokenMs * 2.8));
  const [input, output] = manner.price ?? [0, 0];
  return {
    ...attempt,
    outcome: left ? 'cancelled' : 'success',
    failure_class: left ? 'cancelled' : null,
    http_status: 200,
    queue_ms: queue,
    headers_ms: Math.round(firstToken * 0.9),
    first_token_ms: queue + firstToken,
    duration_ms: queue + firstToken + Math.round((usage.output_tokens / manner.tokensPerSecond) * 1000),
    usage,
    // USD per million tokens times tokens is micro-dollars; stored money is whole ones.
    cost_usd: Math.round(usage.input_tokens * input + usage.output_tokens * output) / 1e6,
    pricing_unknown: manner.price === null,
  };
}

function blankAttempt(index: number, provider: ProviderName, at: number): Attempt {
  return {
    index,
    provider,
    model: MANNERS[provider].model,
    started_at: at,
    outcome: 'success',
    failure_class: null,
    message: null,
    http_status: null,
    retry: false,
    resume: false,
    queue_ms: 0,
    headers_ms: null,
    first_token_ms: null,
    duration_ms: 0,
    usage: NO_USAGE,
    cost_usd: 0,
    pricing_unknown: false,
    adjusted: [],
  };
}

function usageOf(caller: Caller, provider: ProviderName, left: boolean, random: Random): Usage {
  const input = Math.max(20, Math.round(logNormal(random, caller.inputTokens, caller.inputTokens * 4)));
  const output = Math.max(5, Math.round(logNormal(random, caller.outputTokens, caller.outputTokens * 2.5)));
  // Chats repeat their beginning, and the self-hosted server's prefix cache knows it.
  const cached = provider === 'kimi_k2_self_hosted' && random() < 0.6 ? Math.floor((input * random()) / 16) * 16 : 0;
  return {
    ...NO_USAGE,
    input_tokens: input,
    cache_read_tokens: cached,
    output_tokens: left ? Math.ceil(output / 3) : output,
    reasoning_tokens: provider === 'grok_api' ? Math.floor(output / 4) : 0,
    estimated: left,
  };
}

/** Such ids sort by time, as the gateway's own do. */
export function pastId(at: number, random: Random): string {
  let chance = '';
  while (chance.length < 12) chance += Math.floor(random() * 32).toString(32);
  return `req_${at.toString(32).padStart(10, '0')}${chance}`;
}

/** Equal decisions are one object: a history holds thousands of them. */
export type KnownDecisions = Map<string, Decision>;

function decisionFor(caller: Caller, incident: PastIncident | null, decisions: KnownDecisions): Decision {
  const key = `${caller.requested} ${incident?.from ?? ''}`;
  const known = decisions.get(key);
  if (known) return known;
  const decision = makeDecision(caller, incident);
  decisions.set(key, decision);
  return decision;
}

function makeDecision(caller: Caller, incident: PastIncident | null): Decision {
  const base = {
    requested_model: caller.requested,
    tier: null,
    complexity: null,
    call_site: caller.callSite,
    task_type: null,
    warnings: [],
  };
  const model = MANNERS[caller.provider].model;
  if (caller.provider !== 'kimi_k2_self_hosted') {
    const reason =
      caller.callSite === null
        ? `the request names ${caller.provider}`
        : `call site ${caller.callSite} uses ${caller.provider}`;
    const candidates = [candidate(caller.provider, true, 'ok', 'healthy')];
    return { ...base, rule: caller.rule, reason, provider: caller.provider, model, candidates };
  }
  const gpt4 = candidate('gpt4_api', false, 'use_when_not_met', 'only for benchmarking or where the request names it');
  if (incident) {
    return {
      ...base,
      rule: 'fallback',
      reason: `kimi_k2_self_hosted is unhealthy (${incident.detail}), so claude_opus_api serves`,
      provider: 'claude_opus_api',
      model: MANNERS.claude_opus_api.model,
      candidates: [
        candidate('kimi_k2_self_hosted', false, 'unhealthy', `unhealthy: ${incident.detail}`),
        candidate('claude_opus_api', true, 'ok', 'healthy, fallback while kimi_k2_self_hosted is unhealthy'),
        gpt4,
      ],
    };
  }
  const why =
    caller.callSite === null ? 'the primary is healthy' : `call site ${caller.callSite} uses kimi_k2_self_hosted`;
  return {
    ...base,
    rule: caller.rule,
    reason: why,
    provider: caller.provider,
    model,
    candidates: [
      candidate('kimi_k2_self_hosted', true, 'ok', 'healthy, primary'),
      candidate('claude_opus_api', false, 'use_when_not_met', 'only while kimi_k2_self_hosted is unhealthy'),
      gpt4,
    ],
  };
}

function candidate(provider: ProviderName, eligible: boolean, code: Candidate['code'], reason: string): Candidate {
  return { provider, model: MANNERS[provider].model, eligible, code, reason };
}
