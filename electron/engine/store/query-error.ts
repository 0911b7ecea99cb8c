/** What went wrong with a query of the store, as the asker needs to know it. */
export type StoreQueryErrorCode = 'invalid_cursor' | 'invalid_time_zone' | 'unreadable' | 'failed';

/**
 * Thrown by every query of the store. `invalid_…` is the asker's mistake; `unreadable` is a file that cannot be read, in a
 * sentence with the way out for the operator; `failed` is the store's own.
 */
export class StoreQueryError extends Error {
  readonly code: StoreQueryErrorCode;

  constructor(code: StoreQueryErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreQueryError';
    this.code = code;
  }
}
