import type { Database } from 'better-sqlite3';
import type { Decision } from '../../../shared/domain/decision.ts';
import type { Attempt, RequestDetail, RequestSummary, Usage } from '../../../shared/domain/request.ts';
import { fromMicroUsd, toMicroUsd } from './money.ts';
import { prepareInsert, toFlag, toWhole, toWholeOrNull } from './sql.ts';

interface UsageColumns {
  input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  usage_estimated: number;
  cost_micro_usd: number;
  pricing_unknown: number;
}

type Replaced = 'streamed' | 'user' | 'resumed' | 'usage' | 'cost_usd' | 'pricing_unknown';

/** A row of `requests` without its `seq`. */
export type RequestRow = Omit<RequestSummary, Replaced> &
  UsageColumns & { streamed: number; end_user: string | null; resumed: number };

/** A row of `attempts` without its `seq`. */
export type AttemptRow = Omit<
  Attempt,
  'index' | 'retry' | 'resume' | 'usage' | 'cost_usd' | 'pricing_unknown' | 'adjusted'
> &
  UsageColumns & { attempt_index: number; retry: number; resume: number; adjusted: string };

const USAGE_COLUMNS = [
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'usage_estimated',
  'cost_micro_usd',
  'pricing_unknown',
] as const satisfies readonly (keyof UsageColumns)[];

export const REQUEST_COLUMNS = [
  'id',
  'started_at',
  'origin',
  'dialect',
  'streamed',
  'requested_model',
  'rule',
  'call_site',
  'tier',
  'task_type',
  'agent_id',
  'end_user',
  'provider',
  'model',
  'status',
  'http_status',
  'error_code',
  'failure_class',
  'error_message',
  'attempts',
  'fallback_from',
  'fallback_reason',
  'resumed',
  'queue_ms',
  'first_token_ms',
  'duration_ms',
  ...USAGE_COLUMNS,
] as const satisfies readonly (keyof RequestRow)[];

export const ATTEMPT_COLUMNS = [
  'attempt_index',
  'provider',
  'model',
  'started_at',
  'outcome',
  'failure_class',
  'message',
  'http_status',
  'retry',
  'resume',
  'queue_ms',
  'headers_ms',
  'first_token_ms',
  'duration_ms',
  ...USAGE_COLUMNS,
  'adjusted',
] as const satisfies readonly (keyof AttemptRow)[];

/**
 * Prepares the insert of a request with its attempts and decision. The function answers false, and writes nothing, when
 * a request of that id is there already, so that a retried write counts once.
 */
export function prepareRequestInsert(database: Database): (request: RequestDetail) => boolean {
  const insertRequest = prepareInsert(database, 'requests', REQUEST_COLUMNS, 'ON CONFLICT (id) DO NOTHING');
  const insertAttempt = prepareInsert(database, 'attempts', ['seq', ...ATTEMPT_COLUMNS]);
  const insertDecision = prepareInsert(database, 'decisions', ['seq', 'decision']);
  return (request) => {
    const { changes, lastInsertRowid } = insertRequest.run(toRequestRow(request));
    if (changes === 0) return false;
    const seq = Number(lastInsertRowid);
    for (const attempt of request.attempt_list) insertAttempt.run({ seq, ...toAttemptRow(attempt) });
    if (request.decision) insertDecision.run({ seq, decision: JSON.stringify(request.decision) });
    return true;
  };
}

function toRequestRow(request: RequestDetail): RequestRow {
  const { streamed, user, resumed, usage, cost_usd: cost, pricing_unknown: unknown, ...rest } = request;
  const { decision: _decision, attempt_list: _attempts, ...same } = rest;
  return {
    ...same,
    streamed: toFlag(streamed),
    end_user: user,
    resumed: toFlag(resumed),
    queue_ms: toWhole(request.queue_ms),
    first_token_ms: toWholeOrNull(request.first_token_ms),
    duration_ms: toWhole(request.duration_ms),
    ...toUsageColumns(usage, cost, unknown),
  };
}

export function fromRequestRow(row: RequestRow): RequestSummary {
  return {
    id: row.id,
    started_at: row.started_at,
    origin: row.origin,
    dialect: row.dialect,
    streamed: row.streamed === 1,
    requested_model: row.requested_model,
    rule: row.rule,
    call_site: row.call_site,
    tier: row.tier,
    task_type: row.task_type,
    agent_id: row.agent_id,
    user: row.end_user,
    provider: row.provider,
    model: row.model,
    status: row.status,
    http_status: row.http_status,
    error_code: row.error_code,
    failure_class: row.failure_class,
    error_message: row.error_message,
    attempts: row.attempts,
    fallback_from: row.fallback_from,
    fallback_reason: row.fallback_reason,
    resumed: row.resumed === 1,
    queue_ms: row.queue_ms,
    first_token_ms: row.first_token_ms,
    duration_ms: row.duration_ms,
    usage: fromUsageColumns(row),
    cost_usd: fromMicroUsd(row.cost_micro_usd),
    pricing_unknown: row.pricing_unknown === 1,
  };
}

function toAttemptRow(attempt: Attempt): AttemptRow {
  const { index, retry, resume, usage, cost_usd: cost, pricing_unknown: unknown, adjusted, ...same } = attempt;
  return {
    ...same,
    attempt_index: index,
    retry: toFlag(retry),
    resume: toFlag(resume),
    queue_ms: toWhole(attempt.queue_ms),
    headers_ms: toWholeOrNull(attempt.headers_ms),
    first_token_ms: toWholeOrNull(attempt.first_token_ms),
    duration_ms: toWhole(attempt.duration_ms),
    adjusted: JSON.stringify(adjusted),
    ...toUsageColumns(usage, cost, unknown),
  };
}

export function fromAttemptRow(row: AttemptRow): Attempt {
  return {
    index: row.attempt_index,
    provider: row.provider,
    model: row.model,
    started_at: row.started_at,
    outcome: row.outcome,
    failure_class: row.failure_class,
    message: row.message,
    http_status: row.http_status,
    retry: row.retry === 1,
    resume: row.resume === 1,
    queue_ms: row.queue_ms,
    headers_ms: row.headers_ms,
    first_token_ms: row.first_token_ms,
    duration_ms: row.duration_ms,
    usage: fromUsageColumns(row),
    cost_usd: fromMicroUsd(row.cost_micro_usd),
    pricing_unknown: row.pricing_unknown === 1,
    adjusted: JSON.parse(row.adjusted) as string[],
  };
}

export function fromDecisionColumn(decision: string | null): Decision | null {
  return decision === null ? null : (JSON.parse(decision) as Decision);
}

function toUsageColumns(usage: Usage, costUsd: number, pricingUnknown: boolean): UsageColumns {
  const { estimated, ...tokens } = usage;
  return {
    ...tokens,
    usage_estimated: toFlag(estimated),
    cost_micro_usd: toMicroUsd(costUsd),
    pricing_unknown: toFlag(pricingUnknown),
  };
}

function fromUsageColumns(row: UsageColumns): Usage {
  return {
    input_tokens: row.input_tokens,
    cache_read_tokens: row.cache_read_tokens,
    cache_write_tokens: row.cache_write_tokens,
    output_tokens: row.output_tokens,
    reasoning_tokens: row.reasoning_tokens,
    estimated: row.usage_estimated === 1,
  };
}
