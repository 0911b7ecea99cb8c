import { describe, expect, it } from 'vitest';
import { SchemaError } from '../../../electron/engine/store/migrate.ts';
import { toStoreOpenError } from '../../../electron/engine/store/open-error.ts';

const coded = (code: string) => Object.assign(new Error('disk talk'), { code });

describe('the sentence for a store that cannot be opened', () => {
  it.each([
    [
      new SchemaError('newer', 9, 3),
      '/data/switchyard.db was written by a newer Switchyard (schema 9, this one knows 3); update, or choose another --data directory.',
    ],
    [
      new SchemaError('older', 2, 3),
      '/data/switchyard.db was written by an earlier Switchyard (schema 2, this one knows 3); start this one on it once, which brings it up to date, or choose another --data directory.',
    ],
    [
      new SchemaError('foreign', 0, 3),
      '/data/switchyard.db is a database of another application; choose another --data directory.',
    ],
    [
      coded('SQLITE_BUSY'),
      'The data directory /data is in use by another Switchyard; stop that one, or choose another --data directory.',
    ],
    [
      coded('SQLITE_NOTADB'),
      '/data/switchyard.db is damaged or is no database; put back a copy, move it away to start afresh, or choose another --data directory.',
    ],
    [
      coded('SQLITE_CORRUPT'),
      '/data/switchyard.db is damaged or is no database; put back a copy, move it away to start afresh, or choose another --data directory.',
    ],
    [
      coded('SQLITE_READONLY_DIRECTORY'),
      'The data directory /data cannot be written to; make it writable, or choose another --data directory.',
    ],
    [
      coded('SQLITE_CANTOPEN'),
      'The data directory /data cannot be written to; make it writable, or choose another --data directory.',
    ],
    [
      coded('EACCES'),
      'The data directory /data cannot be written to; make it writable, or choose another --data directory.',
    ],
    [
      coded('EROFS'),
      'The data directory /data cannot be written to; make it writable, or choose another --data directory.',
    ],
    [
      coded('ENOSPC'),
      'The disk of the data directory /data is full; free some space, or choose another --data directory.',
    ],
    [
      coded('ENOTDIR'),
      'The data directory /data cannot be made, as part of its path is no directory; choose another --data directory.',
    ],
    [new Error('odd'), 'The data directory /data cannot be used (odd); choose another --data directory.'],
  ])('%s', (error, sentence) => {
    expect(toStoreOpenError(error, '/data', '/data/switchyard.db').message).toBe(sentence);
  });
});
