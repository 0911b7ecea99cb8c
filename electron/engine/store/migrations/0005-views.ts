import type { Migration } from './migration.ts';

const timestamp = (column: string) => `strftime('%Y-%m-%d %H:%M:%f', ${column} / 1000.0, 'unixepoch')`;

/**
 * The views that analysts query. `created_at` is UTC text that compares with SQLite's `datetime('now', '-24 hours')`;
 * `created_at_ms` is the same as epoch milliseconds.
 *
 * `ai_analytics` has a row for each call to a provider, so that grouping by provider puts a failed call and its cost
 * under the one who failed; where `pricing_unknown` is 1, `cost_usd` says nothing.
 * `orchestration_executions` has a row for each request and shows who answered it in the end.
 */
export const migration: Migration = {
  version: 5,
  name: 'analytic views',
  sql: `
    CREATE VIEW ai_analytics AS
      SELECT
        attempts.provider, attempts.model,
        attempts.cost_micro_usd / 1000000.0 AS cost_usd, attempts.pricing_unknown,
        ${timestamp('attempts.started_at')} AS created_at, attempts.started_at AS created_at_ms,
        requests.id AS request_id, attempts.attempt_index, attempts.outcome, attempts.failure_class,
        requests.tier, requests.call_site, requests.task_type, requests.agent_id, requests.origin,
        attempts.input_tokens, attempts.cache_read_tokens, attempts.cache_write_tokens,
        attempts.output_tokens, attempts.reasoning_tokens, attempts.usage_estimated,
        attempts.first_token_ms, attempts.duration_ms
      FROM requests JOIN attempts ON attempts.seq = requests.seq
      UNION ALL
      SELECT
        provider, model,
        cost_micro_usd / 1000000.0, pricing_unknown,
        ${timestamp('started_at')}, started_at,
        id, 0, CASE status WHEN 'success' THEN 'success' WHEN 'cancelled' THEN 'cancelled' ELSE 'failure' END, failure_class,
        tier, call_site, task_type, agent_id, origin,
        input_tokens, cache_read_tokens, cache_write_tokens,
        output_tokens, reasoning_tokens, usage_estimated,
        first_token_ms, duration_ms
      FROM requests
      WHERE provider IS NOT NULL AND NOT EXISTS (SELECT 1 FROM attempts WHERE attempts.seq = requests.seq);

    CREATE VIEW orchestration_executions AS
      SELECT
        requests.tier, requests.provider, requests.model,
        ${timestamp('requests.started_at')} AS created_at, requests.started_at AS created_at_ms,
        requests.id AS request_id, requests.requested_model, requests.rule,
        json_extract(decisions.decision, '$.complexity') AS complexity,
        json_extract(decisions.decision, '$.reason') AS reason,
        requests.call_site, requests.task_type, requests.agent_id, requests.origin,
        requests.status, requests.attempts, requests.fallback_from, requests.fallback_reason,
        requests.duration_ms, requests.cost_micro_usd / 1000000.0 AS cost_usd, requests.pricing_unknown
      FROM requests LEFT JOIN decisions ON decisions.seq = requests.seq;
  `,
};
