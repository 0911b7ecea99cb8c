import { systemClock } from '../../electron/engine/clock.ts';
import { openStore } from '../../electron/engine/store/open-store.ts';
import type { SqliteStore } from '../../electron/engine/store/types.ts';

export const READER_WORKER = new URL('../../electron/engine/store/reader-worker.ts', import.meta.url);

/**
 * Opens a real store for `work` and closes it after. Trouble that an engine would report and live with makes the
 * measurement worthless: it throws then.
 */
export async function withStore<Result>(
  directory: string,
  work: (store: SqliteStore) => Promise<Result>,
): Promise<Result> {
  const errors: unknown[] = [];
  const store = await openStore({
    directory,
    clock: systemClock,
    retentionDays: 30,
    workerUrl: READER_WORKER,
    onError: (error) => errors.push(error),
  });
  try {
    const result = await work(store);
    if (errors.length > 0) throw new AggregateError(errors, `The store reported trouble: ${String(errors[0])}`);
    return result;
  } finally {
    await store.reader.close();
    await store.writer.close();
  }
}
