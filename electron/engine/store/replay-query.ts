import type { Database } from 'better-sqlite3';
import type { Asked, Demand, Tier } from '../../../shared/domain/decision.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { RequestStatus } from '../../../shared/domain/request.ts';
import type { Queries } from './reader-protocol.ts';
import type { LatencySample, RecordedRequest } from './types.ts';

interface ReplayRow {
  id: string;
  started_at: number;
  requested_model: string;
  call_site: string | null;
  tier: Tier | null;
  task_type: string | null;
  provider: string | null;
  model: string | null;
  status: RequestStatus;
  error_code: string | null;
  failure_class: FailureClass | null;
  first_token_ms: number | null;
  duration_ms: number;
  input_tokens: number;
  cache_read_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  usage_estimated: number;
  cost_micro_usd: number;
  pricing_unknown: number;
  /** `[asked, demand, complexity, provider, model]` of the decision as JSON. */
  question: string | null;
  failed: string | null;
}

/** A caller that left has no provider that answered; whoever was being asked stands for it. */
const LAST_ASKED = (column: 'provider' | 'model') => `
  CASE WHEN r.status = 'cancelled' AND r.provider IS NULL
    THEN (SELECT a.${column} FROM attempts AS a WHERE a.seq = r.seq ORDER BY a.attempt_index DESC LIMIT 1)
    ELSE r.${column} END AS ${column}`;

/**
 * Clients' requests in the order of their arrival, a page at a time, and samples of measured latency. Requests that were
 * turned away before anybody decided on them (a body that cannot be read, a model that does not exist) are no traffic.
 */
export function prepareReplayQueries(database: Database): Pick<Queries, 'recordedRequests' | 'latencySamples'> {
  const page = database.prepare<[number, number, number, string, number], ReplayRow>(
    `SELECT r.id, r.started_at, r.requested_model, r.call_site, r.tier, r.task_type,
       ${LAST_ASKED('provider')}, ${LAST_ASKED('model')},
       r.status, r.error_code, r.failure_class, r.first_token_ms, r.duration_ms, r.input_tokens, r.cache_read_tokens,
       r.cache_write_tokens, r.output_tokens, r.reasoning_tokens, r.usage_estimated, r.cost_micro_usd, r.pricing_unknown,
       json_extract(d.decision, '$.asked', '$.demand', '$.complexity', '$.provider', '$.model')
         AS question,
       CASE WHEN r.attempts > 1 OR r.status <> 'success' THEN
         (SELECT group_concat(DISTINCT a.provider) FROM attempts AS a WHERE a.seq = r.seq AND a.outcome = 'failure')
       END AS failed
     FROM requests AS r LEFT JOIN decisions AS d ON d.seq = r.seq
     WHERE r.started_at >= ? AND r.started_at < ? AND (r.started_at, r.id) > (?, ?)
       AND r.origin = 'client' AND r.rule IS NOT NULL
     ORDER BY r.started_at, r.id LIMIT ?`,
  );
  const count = database.prepare<[number, number], { requests: number }>(
    'SELECT count(*) AS requests FROM requests WHERE started_at >= ? AND started_at < ?',
  );
  const samples = database.prepare<[number, number, number], LatencySample>(
    `SELECT a.provider, a.model, a.first_token_ms AS firstTokenMs, a.duration_ms AS durationMs
     FROM requests AS r JOIN attempts AS a ON a.seq = r.seq
     WHERE r.started_at >= ? AND r.started_at < ? AND r.seq % ? = 0 AND r.origin = 'client' AND a.outcome = 'success'
     ORDER BY r.started_at, r.id, a.attempt_index`,
  );
  return {
    recordedRequests: ({ since, until }, after, limit) =>
      page.all(since, until, after?.at ?? -1, after?.id ?? '', limit).map(fromReplayRow),
    latencySamples({ since, until }, most) {
      const requests = count.get(since, until)?.requests ?? 0;
      return samples.all(since, until, Math.max(1, Math.ceil(requests / most)));
    },
  };
}

function fromReplayRow(row: ReplayRow): RecordedRequest {
  const [asked, demand, complexity, decided, decidedModel] = (
    row.question === null ? [null, null, null, null, null] : JSON.parse(row.question)
  ) as [Asked | null, Demand | null, number | null, string | null, string | null];
  return {
    id: row.id,
    at: row.started_at,
    requestedModel: row.requested_model,
    callSite: row.call_site,
    tier: row.tier,
    taskType: row.task_type,
    asked,
    demand,
    complexity,
    provider: row.provider,
    model: row.model,
    decidedModel: decided === row.provider ? decidedModel : null,
    status: row.status,
    errorCode: row.error_code,
    failureClass: row.failure_class,
    failedProviders: row.failed === null ? [] : row.failed.split(','),
    firstTokenMs: row.first_token_ms,
    durationMs: row.duration_ms,
    usage: {
      input_tokens: row.input_tokens,
      cache_read_tokens: row.cache_read_tokens,
      cache_write_tokens: row.cache_write_tokens,
      output_tokens: row.output_tokens,
      reasoning_tokens: row.reasoning_tokens,
      estimated: row.usage_estimated === 1,
    },
    costMicroUsd: row.cost_micro_usd,
    pricingUnknown: row.pricing_unknown === 1,
  };
}
