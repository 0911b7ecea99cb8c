import SqliteDatabase from 'better-sqlite3';
import type { Database } from 'better-sqlite3';
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
  let open: { database: Database; queries: Queries } | null = null;
  port.on('message', (command: ReaderCommand) => {
    if (command === null) {
      open?.database.close();
      open = null;
      port.postMessage(null satisfies ReaderMessage);
    } else if ('open' in command) {
      const database = new SqliteDatabase(command.open, { readonly: true, fileMustExist: true, timeout: 1000 });
      open = { database, queries: prepareQueries(database) };
    } else if (open) {
      port.postMessage(answer(open.database, open.queries, command) satisfies ReaderMessage);
    }
  });
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

function answer(database: Database, queries: Queries, request: ReaderRequest): ReaderResponse {
  const startedAt = performance.now();
  try {
    const run = queries[request.query] as (...args: unknown[]) => QueryResult<QueryName>;
    // One transaction a query, so that its parts see the same state while rows keep coming in.
    const result = database.transaction(() => run(...request.args))();
    return { id: request.id, ok: true, result, elapsedMs: performance.now() - startedAt };
  } catch (error) {
    const code = error instanceof StoreQueryError ? error.code : 'failed';
    const message = error instanceof Error ? error.message : String(error);
    return { id: request.id, ok: false, code, message };
  }
}

main();
