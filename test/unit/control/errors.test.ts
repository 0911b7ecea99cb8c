import { describe, expect, it } from 'vitest';
import { toControlError } from '../../../electron/control/errors.ts';
import { StoreQueryError } from '../../../electron/engine/store/query-error.ts';

describe('the error that a caller of the console sees', () => {
  it('says what is the matter with a database that cannot be read, and the log is told, too', () => {
    const told: unknown[] = [];
    const error = new StoreQueryError('unreadable', '/data/switchyard.db is damaged; put back a copy.');
    const seen = toControlError(error, (_, reported) => told.push(reported));
    expect(seen).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: error.message });
    expect(told).toEqual([error]);
  });

  it('stays vague about what went wrong inside', () => {
    const seen = toControlError(new StoreQueryError('failed', 'no such column: secret'), () => {});
    expect(seen.message).toBe('Something went wrong inside Switchyard; its log says what.');
  });
});
