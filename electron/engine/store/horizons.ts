import type { Database } from 'better-sqlite3';
import type { Horizons } from './cost-plan.ts';

/** Prepares the reading of from when on minute and hour rollups are complete. */
export function prepareHorizons(database: Database): () => Horizons {
  const statement = database.prepare<[], { grain: 'minute' | 'hour'; kept_since: number }>(
    'SELECT grain, kept_since FROM rollup_horizons',
  );
  return () => {
    const horizons: Horizons = { minute: 0, hour: 0 };
    for (const { grain, kept_since: keptSince } of statement.all()) horizons[grain] = keptSince;
    return horizons;
  };
}
