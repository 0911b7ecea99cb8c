import type { Migration } from './migration.ts';

const GRAINS = ['minute', 'hour', 'day'];
const TOKENS = ['input_tokens', 'cache_read_tokens', 'cache_write_tokens', 'output_tokens'];

/**
 * Tokens of known price of calls that did not fail, and what the cache saved on them. Buckets from before have no record
 * of which of their tokens had a price: they count as comparable where every price of the bucket was known, else as none.
 */
const savingsColumns = (grain: string) => `
    ${TOKENS.map((name) => `ALTER TABLE rollup_${grain} ADD COLUMN comparable_${name} INTEGER NOT NULL DEFAULT 0;`).join('\n    ')}
    ALTER TABLE rollup_${grain} ADD COLUMN cache_savings_micro_usd INTEGER NOT NULL DEFAULT 0;
    UPDATE rollup_${grain} SET
      comparable_input_tokens = input_tokens,
      comparable_cache_read_tokens = MIN(cache_read_tokens, input_tokens),
      comparable_cache_write_tokens = MAX(0, MIN(cache_write_tokens, input_tokens - cache_read_tokens)),
      comparable_output_tokens = output_tokens
      WHERE pricing_unknown_requests = 0;`;

const FIGURES = [
  'requests',
  'errors',
  'attempts',
  'failed_attempts',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_micro_usd',
  'pricing_unknown_requests',
  'comparable_input_tokens',
  'comparable_cache_read_tokens',
  'comparable_cache_write_tokens',
  'comparable_output_tokens',
  'cache_savings_micro_usd',
];

/** What was counted before agents were told apart is nobody's in particular. */
const agentTable = (grain: string) => `
    CREATE TABLE agent_rollup_${grain} (
      bucket INTEGER NOT NULL,
      agent_id TEXT NOT NULL,
      ${FIGURES.map((name) => `${name} INTEGER NOT NULL`).join(',\n      ')},
      PRIMARY KEY (bucket, agent_id)
    ) STRICT, WITHOUT ROWID;
    INSERT INTO agent_rollup_${grain} (bucket, agent_id, ${FIGURES.join(', ')})
      SELECT bucket, '(other)', ${FIGURES.map((name) => `SUM(${name})`).join(', ')} FROM rollup_${grain} GROUP BY bucket;`;

/**
 * `agent_folding` says up to which UTC day the rollups hold no more than the most used agents. The index finds what a
 * rate can be applied to; it stays as small as the rows of unknown price are few.
 */
export const migration: Migration = {
  version: 6,
  name: 'agents, savings and unknown prices',
  sql: `
    ${GRAINS.map(savingsColumns).join('\n')}
    ${GRAINS.map(agentTable).join('\n')}
    CREATE TABLE agent_folding (folded_until INTEGER NOT NULL) STRICT;
    INSERT INTO agent_folding (folded_until) VALUES (0);
    CREATE INDEX requests_of_unknown_price ON requests (started_at, id) WHERE pricing_unknown = 1;
  `,
};
