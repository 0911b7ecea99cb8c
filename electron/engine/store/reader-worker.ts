import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
import { dirname } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { prepareAnnotationQueries } from './annotation-rows.ts';
import { prepareAuditQuery } from './audit-query.ts';
import { prepareAuditProofQueries } from './audit-rows.ts';
import { prepareCostQuery } from './cost-query.ts';
import { prepareAlertQueries } from './alert-rows.ts';
import { prepareDeliveryQueries } from './delivery-rows.ts';
import { prepareDrillQueries } from './drill-rows.ts';
import { prepareFallbackQueries } from './fallback-queries.ts';
import { prepareIncidentQueries } from './incident-query.ts';
import { requireCurrentSchema } from './migrate.ts';
import { isStoreAtFault, toStoreOpenError } from './open-error.ts';
import { preparePreview } from './price-batches.ts';
import { prepareProbeCosts } from './probe-costs.ts';
import { StoreQueryError } from './query-error.ts';
import type {
  Queries,
  QueryName,
  QueryResult,
  ReaderCommand,
  ReaderMessage,
  ReaderRequest,
  ReaderResponse,
} from './reader-protocol.ts';
import { prepareReliabilityQuery } from './reliability-query.ts';
import { prepareReplayQueries } from './replay-query.ts';
import { prepareRequestQueries } from './request-queries.ts';
import { prepareRoutingQueries } from './routing-rows.ts';
import { prepareSeriesQuery } from './series-query.ts';
import { prepareShadowQueries } from './shadow-rows.ts';
import { prepareStorageFacts } from './storage-facts.ts';

/** Entry of a reading thread: one read-only connection at a time, one query after another. */
function main(): void {
  const port = parentPort;
  if (!port) throw new Error('The store reader runs in a worker thread only.');
  let open: Opened | null = null;
  port.on('message', (command: ReaderCommand) => {
    if (command === null) {
      open?.database?.close();
      open = null;
      port.postMessage(null satisfies ReaderMessage);
    } else if ('open' in command) {
      open = openDatabase(command.open);
    } else if (open) {
      // What kept it from opening may be over.
      if (open.database === null) open = openDatabase(open.path);
      port.postMessage(answer(open, command) satisfies ReaderMessage);
    }
  });
}

/** An open database, or why it is none. */
type Opened = { path: string } & (
  | { database: Database; queries: Queries }
  | { database: null; error: StoreQueryError }
);

function openDatabase(path: string): Opened {
  let database: Database | null = null;
  try {
    database = new SqliteDatabase(path, { readonly: true, fileMustExist: true, timeout: 1000 });
    requireCurrentSchema(database);
    return { path, database, queries: prepareQueries(database) };
  } catch (error) {
    database?.close();
    return { path, database: null, error: toUnreadable(error, path) };
  }
}

function toUnreadable(error: unknown, path: string): StoreQueryError {
  return new StoreQueryError('unreadable', toStoreOpenError(error, dirname(path), path).message);
}

function prepareQueries(database: Database): Queries {
  return {
    ...prepareRequestQueries(database),
    ...prepareFallbackQueries(database),
    costs: prepareCostQuery(database),
    probeCosts: prepareProbeCosts(database),
    reliability: prepareReliabilityQuery(database),
    previewRates: preparePreview(database),
    series: prepareSeriesQuery(database),
    storageFacts: prepareStorageFacts(database),
    audit: prepareAuditQuery(database),
    ...prepareAuditProofQueries(database),
    ...prepareAnnotationQueries(database),
    ...prepareIncidentQueries(database),
    ...prepareRoutingQueries(database),
    ...prepareReplayQueries(database),
    ...prepareDrillQueries(database),
    ...prepareShadowQueries(database),
    ...prepareAlertQueries(database),
    ...prepareDeliveryQueries(database),
  };
}

function answer(open: Opened, request: ReaderRequest): ReaderResponse {
  const startedAt = performance.now();
  try {
    if (open.database === null) throw open.error;
    const run = open.queries[request.query] as (...args: unknown[]) => QueryResult<QueryName>;
    // One transaction a query, so that its parts see the same state while rows keep coming in.
    const result = open.database.transaction(() => run(...request.args))();
    return { id: request.id, ok: true, result, elapsedMs: performance.now() - startedAt };
  } catch (error) {
    const told = isStoreAtFault(error) ? toUnreadable(error, open.path) : error;
    const code = told instanceof StoreQueryError ? told.code : 'failed';
    const message = told instanceof Error ? told.message : String(told);
    return { id: request.id, ok: false, code, message };
  }
}

main();
