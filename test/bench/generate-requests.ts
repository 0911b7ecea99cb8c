import type { Database } from 'better-sqlite3';

/**
 * Fills the list of requests with so many rows, evenly spread over the hour before `until` (epoch ms). They are written
 * straight into the table, as recording a million takes minutes; one in fifty failed and one in twenty fell back.
 */
export function generateRequests(database: Database, rows: number, until: number): void {
  const since = until - 3_600_000;
  database.exec(`
    WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ${rows - 1})
    INSERT INTO requests (
      id, started_at, origin, dialect, streamed, requested_model, rule, call_site, tier, task_type, agent_id, end_user,
      provider, model, status, http_status, error_code, failure_class, error_message, attempts, fallback_from,
      fallback_reason, resumed, queue_ms, first_token_ms, duration_ms, input_tokens, cache_read_tokens,
      cache_write_tokens, output_tokens, reasoning_tokens, usage_estimated, cost_micro_usd, pricing_unknown)
    SELECT
      'stored-' || n, ${since} + n * 3600000 / ${rows}, 'client', 'openai', n % 2, 'auto', 'primary', 'chat', NULL, NULL,
      'agent-' || (n % 200), 'user-' || (n % 5000),
      CASE WHEN n % 50 = 0 THEN NULL WHEN n % 20 = 0 THEN 'claude' ELSE 'kimi' END, 'model',
      CASE WHEN n % 50 = 0 THEN 'error' ELSE 'success' END, CASE WHEN n % 50 = 0 THEN 502 ELSE 200 END,
      CASE WHEN n % 50 = 0 THEN 'upstream_failure' END, CASE WHEN n % 50 = 0 THEN 'server_error' END,
      CASE WHEN n % 50 = 0 THEN 'kimi answered 500.' END, 1, CASE WHEN n % 20 = 0 THEN 'kimi' END,
      CASE WHEN n % 20 = 0 THEN 'error' END, 0, 0, 200 + n % 300, 900 + n % 2000, 500, 100, 0, 120, 0, 0, n % 900, 0
    FROM numbers`);
  database.pragma('wal_checkpoint(TRUNCATE)');
}
