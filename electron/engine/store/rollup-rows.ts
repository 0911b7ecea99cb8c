import type { Database, Statement } from 'better-sqlite3';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import { GRAINS, GRAIN_MS, floorTo } from './grains.ts';
import type { Grain } from './grains.ts';
import { latencyBucket } from './latency-buckets.ts';
import { FIGURE_NAMES, NO_FIGURES, addFigures, figuresOf, latenciesOf } from './rollup.ts';
import type { Figures, LatencyMetric, RollupKey } from './rollup.ts';
import { prepareInsert } from './sql.ts';

type FiguresRow = { bucket: number } & RollupKey & Figures;

interface LatencyRow {
  bucket: number;
  provider: string;
  metric: LatencyMetric;
  latency_bucket: number;
  count: number;
}

const LATENCY_GRAINS = ['minute', 'hour'] as const satisfies readonly Grain[];

/**
 * Adds up what the requests of one transaction bring to the rollups and writes it before the commit: a thousand
 * requests of one minute to one provider are one row changed per grain.
 */
export class RollupBatch {
  readonly #figures: { grain: Grain; rows: Map<string, FiguresRow>; upsert: Statement<[FiguresRow]> }[];
  readonly #latencies: { grain: Grain; rows: Map<string, LatencyRow>; upsert: Statement<[LatencyRow]> }[];

  constructor(database: Database) {
    const added = FIGURE_NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
    this.#figures = GRAINS.map((grain) => ({
      grain,
      rows: new Map<string, FiguresRow>(),
      upsert: prepareInsert(
        database,
        `rollup_${grain}`,
        ['bucket', 'provider', 'model', 'tier', 'call_site', ...FIGURE_NAMES],
        `ON CONFLICT DO UPDATE SET ${added}`,
      ),
    }));
    this.#latencies = LATENCY_GRAINS.map((grain) => ({
      grain,
      rows: new Map<string, LatencyRow>(),
      upsert: prepareInsert(
        database,
        `latency_rollup_${grain}`,
        ['bucket', 'provider', 'metric', 'latency_bucket', 'count'],
        'ON CONFLICT DO UPDATE SET count = count + excluded.count',
      ),
    }));
  }

  add(request: RequestDetail): void {
    for (const { key, figures } of figuresOf(request)) {
      const name = `${key.provider}\0${key.model}\0${key.tier}\0${key.call_site}`;
      for (const { grain, rows } of this.#figures) {
        const bucket = floorTo(request.started_at, GRAIN_MS[grain]);
        const row = atKey(rows, `${bucket}\0${name}`, () => ({ bucket, ...key, ...NO_FIGURES }));
        addFigures(row, figures);
      }
    }
    for (const { provider, metric, latencyMs } of latenciesOf(request)) {
      const index = latencyBucket(latencyMs);
      for (const { grain, rows } of this.#latencies) {
        const bucket = floorTo(request.started_at, GRAIN_MS[grain]);
        const name = `${bucket}\0${provider}\0${metric}\0${index}`;
        atKey(rows, name, () => ({ bucket, provider, metric, latency_bucket: index, count: 0 })).count += 1;
      }
    }
  }

  /** Writes what was added; to be called inside the transaction that holds the rows. */
  write(): void {
    for (const { rows, upsert } of this.#figures) for (const row of rows.values()) upsert.run(row);
    for (const { rows, upsert } of this.#latencies) for (const row of rows.values()) upsert.run(row);
  }

  /** Forgets what was added; to be called when the transaction has ended, either way. */
  clear(): void {
    for (const { rows } of [...this.#figures, ...this.#latencies]) rows.clear();
  }
}

function atKey<Row>(rows: Map<string, Row>, key: string, create: () => Row): Row {
  const known = rows.get(key);
  if (known) return known;
  const created = create();
  rows.set(key, created);
  return created;
}
