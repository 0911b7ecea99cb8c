import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeCursor, encodeCursor } from '../../../electron/engine/store/cursor.ts';
import { StoreQueryError } from '../../../electron/engine/store/query-error.ts';

describe('a page cursor', () => {
  it('reads back as what it was made of and fits a URL', () => {
    fc.assert(
      fc.property(fc.integer(), fc.oneof(fc.string(), fc.integer()), (at, id) => {
        const cursor = encodeCursor([at, id]);
        expect(decodeCursor(cursor)).toEqual([at, id]);
        expect(encodeURIComponent(cursor)).toBe(cursor);
      }),
    );
  });

  it.each(['', 'rubbish', Buffer.from('[1]').toString('base64url'), Buffer.from('{"a":1}').toString('base64url')])(
    'of %j is refused',
    (cursor) => {
      expect(() => decodeCursor(cursor)).toThrow(StoreQueryError);
    },
  );
});
