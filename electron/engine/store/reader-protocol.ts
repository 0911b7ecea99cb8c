import type { StoreQueryErrorCode } from './query-error.ts';
import type { StoreReader } from './types.ts';

/** The queries that travel to the worker. */
export type QueryName = Exclude<keyof StoreReader, 'close'>;
export type QueryArguments<Name extends QueryName> = Parameters<StoreReader[Name]>;
export type QueryResult<Name extends QueryName> = Awaited<ReturnType<StoreReader[Name]>>;

/** What answers each query inside the worker. */
export type Queries = { [Name in QueryName]: (...args: QueryArguments<Name>) => QueryResult<Name> };

/** A query for the open database. */
export type ReaderRequest = {
  [Name in QueryName]: { id: number; query: Name; args: QueryArguments<Name> };
}[QueryName];

/** What a reading thread is told: which database to open, what to ask it, and to let go of it (null). */
export type ReaderCommand = { open: string } | ReaderRequest | null;

/** `elapsedMs` is the time inside the worker, without the wait for queries before it. */
export type ReaderResponse =
  | { id: number; ok: true; result: QueryResult<QueryName>; elapsedMs: number }
  | { id: number; ok: false; code: StoreQueryErrorCode; message: string };

/** What a reading thread says: an answer, or null once it has let go of its database. */
export type ReaderMessage = ReaderResponse | null;
