import type { Database } from 'better-sqlite3';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import type { AgentBook } from './agent-book.ts';
import { GRAINS, GRAIN_MS, floorTo } from './grains.ts';
import type { Grain } from './grains.ts';
import { latencyBucket } from './latency-buckets.ts';
import { FIGURE_NAMES, NO_FIGURES, addFigures, figuresOf, latenciesOf, subtractFigures } from './rollup.ts';
import type { Figures, FiguresDelta, LatencyMetric, RollupKey, Savings } from './rollup.ts';
import { prepareInsert } from './sql.ts';

interface AgentKey {
  agent_id: string;
}

interface LatencyRow {
  bucket: number;
  provider: string;
  metric: LatencyMetric;
  latency_bucket: number;
  count: number;
}

interface Table<Row> {
  grain: Grain;
  rows: Map<string, Row>;
  write: (row: Row) => void;
}

type FiguresTable<Key> = Table<{ bucket: number } & Key & Figures>;

const LATENCY_GRAINS = ['minute', 'hour'] as const satisfies readonly Grain[];

/**
 * Adds up what the requests of one transaction bring to the rollups and writes it before the commit: a thousand
 * requests of one minute to one provider are one row changed per grain.
 */
export class RollupBatch {
  readonly #agents: AgentBook;
  readonly #savings: Savings;
  readonly #figures: FiguresTable<RollupKey>[];
  readonly #agentFigures: FiguresTable<AgentKey>[];
  readonly #latencies: Table<LatencyRow>[];

  constructor(database: Database, agents: AgentBook, savings: Savings) {
    this.#agents = agents;
    this.#savings = savings;
    this.#figures = figuresTables<RollupKey>(database, 'rollup', ['provider', 'model', 'tier', 'call_site']);
    this.#agentFigures = figuresTables<AgentKey>(database, 'agent_rollup', ['agent_id']);
    this.#latencies = LATENCY_GRAINS.map((grain) => {
      const upsert = prepareInsert(
        database,
        `latency_rollup_${grain}`,
        ['bucket', 'provider', 'metric', 'latency_bucket', 'count'],
        'ON CONFLICT DO UPDATE SET count = count + excluded.count',
      );
      return { grain, rows: new Map<string, LatencyRow>(), write: (row) => void upsert.run({ ...row }) };
    });
  }

  add(request: RequestDetail): void {
    const agent = this.#agents.nameFor(request.agent_id ?? '', request.started_at);
    this.#change(request.started_at, agent, figuresOf(request, this.#savings), addFigures);
    for (const { provider, metric, latencyMs } of latenciesOf(request)) {
      const index = latencyBucket(latencyMs);
      for (const { grain, rows } of this.#latencies) {
        const bucket = floorTo(request.started_at, GRAIN_MS[grain]);
        const name = `${bucket}\0${provider}\0${metric}\0${index}`;
        atKey(rows, name, () => ({ bucket, provider, metric, latency_bucket: index, count: 0 })).count += 1;
      }
    }
  }

  /** Puts one account of a stored request in the place of another; the request keeps its time and its agent. */
  replace(
    request: Pick<RequestDetail, 'started_at' | 'agent_id'>,
    before: readonly FiguresDelta[],
    after: readonly FiguresDelta[],
  ): void {
    const agent = this.#agents.knownName(request.agent_id ?? '', request.started_at);
    this.#change(request.started_at, agent, before, subtractFigures);
    this.#change(request.started_at, agent, after, addFigures);
  }

  /** Writes what was added; to be called inside the transaction that holds the rows. */
  write(): void {
    for (const { rows, write } of this.#figures) for (const row of rows.values()) write(row);
    for (const { rows, write } of this.#agentFigures) for (const row of rows.values()) write(row);
    for (const { rows, write } of this.#latencies) for (const row of rows.values()) write(row);
  }

  /** Forgets what was added; to be called when the transaction has ended, either way. */
  clear(): void {
    for (const { rows } of [...this.#figures, ...this.#agentFigures, ...this.#latencies]) rows.clear();
    this.#agents.rest();
  }

  #change(at: number, agent: string, deltas: readonly FiguresDelta[], combine: typeof addFigures): void {
    for (const { key, figures } of deltas) {
      const name = `${key.provider}\0${key.model}\0${key.tier}\0${key.call_site}`;
      for (const table of this.#figures) combine(rowOf(table, at, name, key), figures);
      for (const table of this.#agentFigures) combine(rowOf(table, at, agent, { agent_id: agent }), figures);
    }
  }
}

function figuresTables<Key extends object>(
  database: Database,
  prefix: string,
  keys: readonly (keyof Key & string)[],
): FiguresTable<Key>[] {
  const added = FIGURE_NAMES.map((name) => `${name} = ${name} + excluded.${name}`).join(', ');
  return GRAINS.map((grain) => {
    const upsert = prepareInsert<string>(
      database,
      `${prefix}_${grain}`,
      ['bucket', ...keys, ...FIGURE_NAMES],
      `ON CONFLICT DO UPDATE SET ${added}`,
    );
    return { grain, rows: new Map(), write: (row) => void upsert.run({ ...row }) };
  });
}

function rowOf<Key>({ grain, rows }: FiguresTable<Key>, at: number, name: string, key: Key): Figures {
  const bucket = floorTo(at, GRAIN_MS[grain]);
  return atKey(rows, `${bucket}\0${name}`, () => ({ bucket, ...key, ...NO_FIGURES }));
}

function atKey<Row>(rows: Map<string, Row>, key: string, create: () => Row): Row {
  const known = rows.get(key);
  if (known) return known;
  const created = create();
  rows.set(key, created);
  return created;
}
