import type { Migration } from './migration.ts';

/**
 * `shadow_pairs` holds one row for each request that was sent to the shadow provider as well: figures alone, no word of
 * either answer. `shadow_state` says since when the experiment compares with its provider and model, and who has paused it.
 *
 * The shadow's own requests are no executions of anybody's, so the view leaves them out; their cost is in `ai_analytics`.
 */
export const migration: Migration = {
  version: 16,
  name: 'shadow pairs',
  sql: `
    CREATE TABLE shadow_pairs (
      id INTEGER PRIMARY KEY,
      at INTEGER NOT NULL,
      call_site TEXT,
      streamed INTEGER NOT NULL,
      original_request_id TEXT NOT NULL,
      original_provider TEXT NOT NULL,
      original_model TEXT NOT NULL,
      original_duration_ms INTEGER NOT NULL,
      original_first_token_ms INTEGER,
      original_output_tokens INTEGER NOT NULL,
      original_cost_micro_usd INTEGER NOT NULL,
      original_pricing_unknown INTEGER NOT NULL,
      original_finish_reason TEXT,
      shadow_request_id TEXT NOT NULL,
      shadow_provider TEXT NOT NULL,
      shadow_model TEXT NOT NULL,
      shadow_duration_ms INTEGER NOT NULL,
      shadow_first_token_ms INTEGER,
      shadow_output_tokens INTEGER NOT NULL,
      shadow_cost_micro_usd INTEGER NOT NULL,
      shadow_pricing_unknown INTEGER NOT NULL,
      shadow_finish_reason TEXT,
      outcome TEXT NOT NULL CHECK (outcome IN ('success', 'failure', 'cancelled')),
      failure_class TEXT,
      message TEXT,
      length_ratio REAL,
      similarity REAL,
      original_json_valid INTEGER,
      shadow_json_valid INTEGER,
      tool_calls TEXT CHECK (tool_calls IN ('same', 'same_names', 'different'))
    ) STRICT;
    CREATE INDEX shadow_pairs_at ON shadow_pairs (at, id);
    CREATE INDEX shadow_pairs_original ON shadow_pairs (original_request_id);
    CREATE INDEX shadow_pairs_shadow ON shadow_pairs (shadow_request_id);
    CREATE TABLE shadow_state (only INTEGER PRIMARY KEY CHECK (only = 1), state TEXT NOT NULL) STRICT;

    DROP VIEW orchestration_executions;
    CREATE VIEW orchestration_executions AS
      SELECT
        requests.tier, requests.provider, requests.model,
        strftime('%Y-%m-%d %H:%M:%f', requests.started_at / 1000.0, 'unixepoch') AS created_at,
        requests.started_at AS created_at_ms,
        requests.id AS request_id, requests.requested_model, requests.rule,
        json_extract(decisions.decision, '$.complexity') AS complexity,
        json_extract(decisions.decision, '$.reason') AS reason,
        requests.call_site, requests.task_type, requests.agent_id, requests.origin,
        requests.status, requests.attempts, requests.fallback_from, requests.fallback_reason,
        requests.duration_ms, requests.cost_micro_usd / 1000000.0 AS cost_usd, requests.pricing_unknown
      FROM requests LEFT JOIN decisions ON decisions.seq = requests.seq
      WHERE requests.origin <> 'shadow';
  `,
};
