import type { Database } from 'better-sqlite3';
import { fromMicroUsd } from './money.ts';
import type { Queries } from './reader-protocol.ts';

/** Answers what health probes cost, by provider. */
export function prepareProbeCosts(database: Database): Queries['probeCosts'] {
  const costs = database.prepare<[number, number], { provider: string; micro_usd: number }>(
    `SELECT coalesce(provider, '') AS provider, sum(cost_micro_usd) AS micro_usd FROM requests
     WHERE origin = 'probe' AND started_at >= ? AND started_at < ? GROUP BY provider ORDER BY provider`,
  );
  return ({ since, until }) =>
    costs.all(since, until).map(({ provider, micro_usd: micro }) => ({ provider, cost_usd: fromMicroUsd(micro) }));
}
