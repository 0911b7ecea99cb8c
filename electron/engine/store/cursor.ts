import { StoreQueryError } from './query-error.ts';

/** Where a page ended: the last row's sort key, newest first. */
type PageEnd = readonly [at: number, id: string | number];

/** An opaque, URL-safe mark of where a page ended. */
export function encodeCursor(end: PageEnd): string {
  return Buffer.from(JSON.stringify(end)).toString('base64url');
}

/** Reads back what `encodeCursor` gave out; throws `StoreQueryError` for anything else. */
export function decodeCursor(cursor: string): PageEnd {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(value) && value.length === 2) {
      const [at, id]: unknown[] = value;
      if (typeof at === 'number' && (typeof id === 'string' || typeof id === 'number')) return [at, id];
    }
  } catch {
    // Not JSON: the same mistake as JSON of another shape, told below.
  }
  throw new StoreQueryError('invalid_cursor', 'The cursor is not one that this list gave out; ask again without it.');
}
