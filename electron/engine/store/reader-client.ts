import type { Worker } from 'node:worker_threads';
import { StoreQueryError } from './query-error.ts';
import type { QueryArguments, QueryName, QueryResult, ReaderRequest, ReaderResponse } from './reader-protocol.ts';
import { giveBackReaderThread, takeReaderThread } from './reader-threads.ts';
import type { StoreReader } from './types.ts';

interface ReaderOptions {
  /** The database file; it must have been opened and migrated before. */
  path: string;
  workerUrl: URL;
  onError: (error: unknown) => void;
  onSlowQuery?: (query: string, elapsedMs: number) => void;
}

/** Queries that take longer inside the worker are told of. */
const SLOW_QUERY_MS = 40;

/**
 * The reading side as seen from the engine's thread: every query is a message to the worker. The worker starts with the
 * first query, again after it died, and does not keep the process alive while nobody waits for it.
 * Every query rejects with `StoreQueryError`.
 */
export function createReader(options: ReaderOptions): StoreReader {
  const connection = new ReaderConnection(options);
  const ask =
    <Name extends QueryName>(query: Name) =>
    (...args: QueryArguments<Name>) =>
      connection.ask(query, args);
  return {
    listRequests: ask('listRequests'),
    getRequest: ask('getRequest'),
    fallbacks: ask('fallbacks'),
    costs: ask('costs'),
    probeCosts: ask('probeCosts'),
    reliability: ask('reliability'),
    previewRates: ask('previewRates'),
    series: ask('series'),
    healthTransitions: ask('healthTransitions'),
    healthSpans: ask('healthSpans'),
    healthLanes: ask('healthLanes'),
    storageFacts: ask('storageFacts'),
    audit: ask('audit'),
    verifyAudit: ask('verifyAudit'),
    auditExport: ask('auditExport'),
    annotations: ask('annotations'),
    episodes: ask('episodes'),
    incidentRows: ask('incidentRows'),
    routingVersions: ask('routingVersions'),
    routingVersion: ask('routingVersion'),
    recordedRequests: ask('recordedRequests'),
    latencySamples: ask('latencySamples'),
    alerts: ask('alerts'),
    deliveries: ask('deliveries'),
    drills: ask('drills'),
    drill: ask('drill'),
    shadowPairs: ask('shadowPairs'),
    shadowPair: ask('shadowPair'),
    shadowSummary: ask('shadowSummary'),
    close: () => connection.close(),
  };
}

interface Waiting {
  query: QueryName;
  resolve: (result: QueryResult<QueryName>) => void;
  reject: (error: StoreQueryError) => void;
}

class ReaderConnection {
  readonly #options: ReaderOptions;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | null = null;
  #nextId = 1;
  #closed = false;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  ask<Name extends QueryName>(query: Name, args: QueryArguments<Name>): Promise<QueryResult<Name>> {
    if (this.#closed) {
      return Promise.reject(new StoreQueryError('failed', 'The store is closed and answers no more queries.'));
    }
    const id = this.#nextId++;
    const answer = new Promise<QueryResult<QueryName>>((resolve, reject) => {
      this.#waiting.set(id, { query, resolve, reject });
    });
    this.#worker ??= this.#start();
    this.#worker.ref();
    this.#worker.postMessage({ id, query, args } as ReaderRequest);
    return answer as Promise<QueryResult<Name>>;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    this.#worker = null;
    this.#rejectAll('The store was closed before the query was answered.');
    if (worker) await giveBackReaderThread(this.#options.workerUrl, worker);
  }

  #start(): Worker {
    const worker = takeReaderThread(this.#options.workerUrl, this.#options.path);
    worker.on('message', (response: ReaderResponse) => this.#receive(response));
    worker.on('error', (error) => {
      if (this.#worker === worker) this.#options.onError(new Error('The reader of the store died.', { cause: error }));
    });
    worker.on('exit', () => {
      if (this.#worker !== worker) return;
      this.#worker = null;
      this.#rejectAll('The reader of the store died; ask again.');
    });
    return worker;
  }

  #receive(response: ReaderResponse): void {
    const waiting = this.#waiting.get(response.id);
    if (!waiting) return;
    this.#waiting.delete(response.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if (!response.ok) {
      waiting.reject(new StoreQueryError(response.code, response.message));
      return;
    }
    if (response.elapsedMs > SLOW_QUERY_MS) this.#options.onSlowQuery?.(waiting.query, response.elapsedMs);
    waiting.resolve(response.result);
  }

  #rejectAll(message: string): void {
    for (const { reject } of this.#waiting.values()) reject(new StoreQueryError('failed', message));
    this.#waiting.clear();
  }
}
