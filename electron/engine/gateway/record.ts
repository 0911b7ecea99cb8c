import type { Attempt, RequestDetail, RequestStatus } from '../../../shared/domain/request.ts';
import { addUsage, NO_USAGE } from '../../../shared/domain/usage.ts';
import type { Dialect } from '../dialects/types.ts';
import { BLANK_RECORD } from '../attempt/request-record.ts';
import type { AttemptLoop } from './attempt-loop.ts';
import type { GatewayError } from './gateway-error.ts';
import type { Question } from './types.ts';

/** How a request ended. `status` is the HTTP status that the caller was sent. */
export type Ending = { ok: true } | { ok: false; error: GatewayError; status: number };

/** Records how a request ended; resolves once the row is durable. */
export type Settle = (ending: Ending) => Promise<RequestDetail>;

export interface RecordInput {
  question: Question;
  loop: Pick<AttemptLoop, 'attempts' | 'decision' | 'fallback' | 'notAsked' | 'queuedMs' | 'lastFailure'>;
  ending: Ending;
  startedAt: number;
  durationMs: number;
}

/** The durable row of a request that was understood. Usage and cost are the sums over all attempts, failed ones included. */
export function buildRecord({ question, loop, ending, startedAt, durationMs }: RecordInput): RequestDetail {
  const { request, options, intent } = question;
  const { attempts, decision } = loop;
  const passedOver = neverAsked(loop);
  const answered = attempts.findLast((attempt) => attempt.outcome === 'success') ?? null;
  const error = ending.ok ? null : ending.error;
  return {
    id: question.id,
    started_at: startedAt,
    origin: question.origin,
    dialect: request.dialect,
    streamed: request.stream,
    requested_model: request.model,
    rule: decision.rule,
    call_site: intent.callSite,
    tier: intent.tier,
    task_type: intent.taskType,
    agent_id: options.task?.agent_id ?? null,
    user: options.user,
    provider: answered?.provider ?? null,
    model: answered?.model ?? null,
    status: statusOf(error, attempts.length),
    http_status: ending.ok ? 200 : ending.status,
    error_code: error?.code ?? null,
    failure_class: error ? (error.failureClass ?? (error.code === 'caller_left' ? 'cancelled' : null)) : null,
    error_message: error?.message ?? null,
    attempts: attempts.length,
    fallback_from: loop.fallback?.fromProvider ?? null,
    fallback_reason: loop.fallback?.reason ?? null,
    resumed: attempts.some((attempt) => attempt.resume && attempt.outcome === 'success'),
    queue_ms: loop.queuedMs,
    first_token_ms: firstTokenOfRequest(attempts, startedAt, durationMs),
    duration_ms: durationMs,
    usage: attempts.map((attempt) => attempt.usage).reduce(addUsage, NO_USAGE),
    cost_usd: sumUsd(attempts),
    pricing_unknown: attempts.some((attempt) => attempt.pricing_unknown),
    decision: passedOver.length > 0 ? { ...decision, passed_over: passedOver } : decision,
    attempt_list: attempts,
  };
}

/** Who was thought of for the request and never asked, in the order in which their turn came. */
function neverAsked({ attempts, notAsked }: { attempts: readonly Attempt[]; notAsked: ReadonlyMap<string, string> }) {
  const asked = new Set(attempts.map(({ provider }) => provider));
  return [...notAsked].flatMap(([provider, reason]) => (asked.has(provider) ? [] : [{ provider, reason }]));
}

export interface RefusalInput {
  id: string;
  dialect: Dialect;
  startedAt: number;
  error: GatewayError;
  durationMs: number;
}

/** The row of a request that was turned away before anybody was asked: its body or headers could not be used. */
export function refusedRecord({ id, dialect, startedAt, error, durationMs }: RefusalInput): RequestDetail {
  return {
    ...BLANK_RECORD,
    id,
    started_at: startedAt,
    origin: 'client',
    dialect,
    streamed: false,
    requested_model: '',
    status: 'refused',
    http_status: error.status,
    error_code: error.code,
    error_message: error.message,
    duration_ms: durationMs,
  };
}

function statusOf(error: GatewayError | null, attempts: number): RequestStatus {
  if (!error) return 'success';
  if (error.code === 'caller_left') return 'cancelled';
  if (error.code === 'upstream_timeout') return 'timeout';
  if (error.code === 'all_providers_unavailable') return 'error';
  return attempts === 0 ? 'refused' : 'error';
}

/**
 * From the request's arrival, earlier attempts and waiting included: what the caller lived through. Beginnings are read off
 * the wall clock, which is rounded and may be set, so that the sum could pass the request's own monotonic end.
 */
function firstTokenOfRequest(attempts: readonly Attempt[], startedAt: number, durationMs: number): number | null {
  const first = attempts.find((attempt) => attempt.first_token_ms !== null && attempt.outcome !== 'failure');
  if (!first || first.first_token_ms === null) return null;
  return Math.min(durationMs, Math.max(0, first.started_at - startedAt) + first.first_token_ms);
}

/** Summed as whole micro-dollars, so that the row is exactly the sum of its attempts. */
function sumUsd(attempts: readonly Attempt[]): number {
  return attempts.reduce((sum, attempt) => sum + Math.round(attempt.cost_usd * 1e6), 0) / 1e6;
}
