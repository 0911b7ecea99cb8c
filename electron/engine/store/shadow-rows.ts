import type { Database } from 'better-sqlite3';
import type { ShadowPair, ShadowSide } from '../../../shared/domain/experiments.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import { fromMicroUsd, toMicroUsd } from './money.ts';
import type { Queries } from './reader-protocol.ts';
import { summarisePairs } from './shadow-statistics.ts';
import { prepareInsert, toFlag, toWhole, toWholeOrNull } from './sql.ts';
import type { Value } from './sql.ts';
import type { ShadowState } from './types.ts';

type Prefixed<Prefix extends string, Columns> = {
  [Name in keyof Columns & string as `${Prefix}_${Name}`]: Columns[Name];
};

type SideColumns = Omit<ShadowSide, 'cost_usd' | 'pricing_unknown'> & {
  cost_micro_usd: number;
  pricing_unknown: number;
};

type PairRow = Prefixed<'original', SideColumns> &
  Prefixed<'shadow', SideColumns> &
  Pick<ShadowPair, 'id' | 'at' | 'call_site' | 'length_ratio' | 'similarity' | 'tool_calls'> &
  Pick<ShadowPair['shadow'], 'outcome' | 'failure_class' | 'message'> & {
    streamed: number;
    original_json_valid: number | null;
    shadow_json_valid: number | null;
  };

/** The newest pairs that the figures rest on: more would say nothing new, and take longer than a view may wait. */
const CONSIDERED_PAIRS = 2000;

/** Prepares what writes a pair and where the experiment stands. */
export function prepareShadowSaves(database: Database) {
  const saveState = prepareInsert(
    database,
    'shadow_state',
    ['only', 'state'],
    'ON CONFLICT (only) DO UPDATE SET state = excluded.state',
  );
  let insert: ReturnType<typeof prepareInsert> | null = null;
  return {
    pair(pair: ShadowPair): void {
      const row: Record<string, Value> = toPairRow(pair);
      insert ??= prepareInsert(database, 'shadow_pairs', Object.keys(row));
      insert.run(row);
    },
    state(state: ShadowState): void {
      saveState.run({ only: 1, state: JSON.stringify(state) });
    },
  };
}

/** Where the experiment stood when the engine stopped; null when there never was one. */
export function restoreShadow(database: Database): ShadowState | null {
  const row = database.prepare<[], { state: string }>('SELECT state FROM shadow_state').get();
  return row ? (JSON.parse(row.state) as ShadowState) : null;
}

/** Answers pairs, newest first, one of them, and what they come to. */
export function prepareShadowQueries(
  database: Database,
): Pick<Queries, 'shadowPairs' | 'shadowPair' | 'shadowSummary'> {
  const find = database.prepare<[number], PairRow>('SELECT * FROM shadow_pairs WHERE id = ?');
  const count = database.prepare<[string, number], { pairs: number }>(
    'SELECT COUNT(*) AS pairs FROM shadow_pairs WHERE shadow_provider = ? AND at >= ?',
  );
  const newest = database.prepare<[string, number, number], PairRow>(
    'SELECT * FROM shadow_pairs WHERE shadow_provider = ? AND at >= ? ORDER BY at DESC, id DESC LIMIT ?',
  );
  return {
    shadowPairs(limit, cursor, request) {
      const conditions = [
        ...(cursor === null ? [] : ['(at, id) < (?, ?)']),
        ...(request === null ? [] : ['(original_request_id = ? OR shadow_request_id = ?)']),
      ];
      const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
      const parameters: Value[] = [
        ...(cursor === null ? [] : decodeCursor(cursor)),
        ...(request === null ? [] : [request, request]),
      ];
      const rows = database
        .prepare<Value[], PairRow>(`SELECT * FROM shadow_pairs ${where} ORDER BY at DESC, id DESC LIMIT ?`)
        .all(...parameters, limit + 1);
      const page = rows.slice(0, limit);
      const last = page.at(-1);
      return {
        pairs: page.map(fromPairRow),
        next_cursor: rows.length > limit && last ? encodeCursor([last.at, last.id]) : null,
      };
    },
    shadowPair(id) {
      const row = find.get(id);
      return row ? fromPairRow(row) : null;
    },
    shadowSummary(provider, since) {
      const pairs = newest.all(provider, since, CONSIDERED_PAIRS).map(fromPairRow);
      return summarisePairs(pairs, count.get(provider, since)?.pairs ?? 0);
    },
  };
}

function toPairRow(pair: ShadowPair): PairRow {
  const { original, shadow, json } = pair;
  return {
    id: pair.id,
    at: pair.at,
    call_site: pair.call_site,
    streamed: toFlag(pair.streamed),
    ...prefixed('original', toSide(original)),
    ...prefixed('shadow', toSide(shadow)),
    outcome: shadow.outcome,
    failure_class: shadow.failure_class,
    message: shadow.message,
    length_ratio: pair.length_ratio,
    similarity: pair.similarity,
    original_json_valid: json && toFlag(json.original),
    shadow_json_valid: json && toFlag(json.shadow),
    tool_calls: pair.tool_calls,
  };
}

function toSide(side: ShadowSide): SideColumns {
  return {
    request_id: side.request_id,
    provider: side.provider,
    model: side.model,
    duration_ms: toWhole(side.duration_ms),
    first_token_ms: toWholeOrNull(side.first_token_ms),
    output_tokens: side.output_tokens,
    cost_micro_usd: toMicroUsd(side.cost_usd),
    pricing_unknown: toFlag(side.pricing_unknown),
    finish_reason: side.finish_reason,
  };
}

function prefixed<Prefix extends string>(prefix: Prefix, side: SideColumns): Prefixed<Prefix, SideColumns> {
  const entries = Object.entries(side).map(([name, value]) => [`${prefix}_${name}`, value]);
  return Object.fromEntries(entries) as Prefixed<Prefix, SideColumns>;
}

function fromPairRow(row: PairRow): ShadowPair {
  const { original_json_valid: originalJson, shadow_json_valid: shadowJson } = row;
  return {
    id: row.id,
    at: row.at,
    call_site: row.call_site,
    streamed: row.streamed === 1,
    original: {
      request_id: row.original_request_id,
      provider: row.original_provider,
      model: row.original_model,
      duration_ms: row.original_duration_ms,
      first_token_ms: row.original_first_token_ms,
      output_tokens: row.original_output_tokens,
      cost_usd: fromMicroUsd(row.original_cost_micro_usd),
      pricing_unknown: row.original_pricing_unknown === 1,
      finish_reason: row.original_finish_reason,
    },
    shadow: {
      request_id: row.shadow_request_id,
      provider: row.shadow_provider,
      model: row.shadow_model,
      duration_ms: row.shadow_duration_ms,
      first_token_ms: row.shadow_first_token_ms,
      output_tokens: row.shadow_output_tokens,
      cost_usd: fromMicroUsd(row.shadow_cost_micro_usd),
      pricing_unknown: row.shadow_pricing_unknown === 1,
      finish_reason: row.shadow_finish_reason,
      outcome: row.outcome,
      failure_class: row.failure_class,
      message: row.message,
    },
    length_ratio: row.length_ratio,
    similarity: row.similarity,
    json: originalJson === null ? null : { original: originalJson === 1, shadow: shadowJson === 1 },
    tool_calls: row.tool_calls,
  };
}
