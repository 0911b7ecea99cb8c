import type { Database } from 'better-sqlite3';
import type { RequestDetail, RequestPage } from '../../../shared/domain/request.ts';
import { decodeCursor, encodeCursor } from './cursor.ts';
import {
  ATTEMPT_COLUMNS,
  REQUEST_COLUMNS,
  fromAttemptRow,
  fromDecisionColumn,
  fromRequestRow,
} from './request-rows.ts';
import type { AttemptRow, RequestRow } from './request-rows.ts';
import type { Queries, QueryArguments } from './reader-protocol.ts';
import { toFlag } from './sql.ts';
import type { Value } from './sql.ts';

type ListQuery = QueryArguments<'listRequests'>[0];

/** Answers the list of requests, newest first and keyset-paged, and one request with all that is known of it. */
export function prepareRequestQueries(database: Database): Pick<Queries, 'listRequests' | 'getRequest'> {
  const findRequest = database.prepare<[string], RequestRow & { seq: number; decision: string | null }>(
    `SELECT requests.*, decisions.decision FROM requests LEFT JOIN decisions ON decisions.seq = requests.seq
     WHERE requests.id = ?`,
  );
  const findAttempts = database.prepare<[number], AttemptRow>(
    `SELECT ${ATTEMPT_COLUMNS.join(', ')} FROM attempts WHERE seq = ? ORDER BY attempt_index`,
  );
  return {
    listRequests(query): RequestPage {
      const { sql, parameters } = listSql(query);
      const rows = database.prepare<Value[], RequestRow>(sql).all(...parameters);
      const page = rows.slice(0, query.limit);
      const last = page.at(-1);
      return {
        requests: page.map(fromRequestRow),
        next_cursor: rows.length > query.limit && last ? encodeCursor([last.started_at, last.id]) : null,
      };
    },
    getRequest(id): RequestDetail | null {
      const row = findRequest.get(id);
      if (!row) return null;
      return {
        ...fromRequestRow(row),
        decision: fromDecisionColumn(row.decision),
        attempt_list: findAttempts.all(row.seq).map(fromAttemptRow),
      };
    },
  };
}

/** The list as SQL. One row more than asked for tells whether there is a next page. */
function listSql(query: ListQuery): { sql: string; parameters: Value[] } {
  const conditions: string[] = [];
  const parameters: Value[] = [];
  const where = (condition: string, ...values: Value[]) => {
    conditions.push(condition);
    parameters.push(...values);
  };
  if (query.since !== undefined) where('started_at >= ?', query.since);
  if (query.until !== undefined) where('started_at < ?', query.until);
  if (query.cursor !== undefined) where('(started_at, id) < (?, ?)', ...decodeCursor(query.cursor));
  if (query.provider !== undefined) where('provider = ?', query.provider);
  if (query.model !== undefined) where('model = ?', query.model);
  if (query.call_site !== undefined) where('call_site = ?', query.call_site);
  if (query.origin !== undefined) where('origin = ?', query.origin);
  if (query.status !== undefined) where('status = ?', query.status);
  if (query.tier !== undefined) where('tier = ?', query.tier);
  if (query.failure_class !== undefined) where('failure_class = ?', query.failure_class);
  if (query.min_duration_ms !== undefined) where('duration_ms >= ?', query.min_duration_ms);
  if (query.pricing_unknown !== undefined) where('pricing_unknown = ?', toFlag(query.pricing_unknown));
  // The next two repeat the conditions of partial indexes, which SQLite uses only when it finds them word for word.
  if (query.status !== undefined && query.status !== 'success') where(`status <> 'success'`);
  if (query.fallback === true) where('(fallback_from IS NOT NULL OR resumed = 1)');
  if (query.fallback === false) where('fallback_from IS NULL AND resumed = 0');
  if (query.search !== undefined && query.search !== '') {
    const pattern = `%${query.search.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`;
    where(
      String.raw`(id = ? OR error_message LIKE ? ESCAPE '\' OR end_user LIKE ? ESCAPE '\' OR agent_id LIKE ? ESCAPE '\')`,
      query.search,
      pattern,
      pattern,
      pattern,
    );
  }
  const filter = conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : '';
  return {
    sql: `SELECT ${REQUEST_COLUMNS.join(', ')} FROM requests ${filter} ORDER BY started_at DESC, id DESC LIMIT ?`,
    parameters: [...parameters, query.limit + 1],
  };
}
