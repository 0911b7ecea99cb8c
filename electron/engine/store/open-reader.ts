import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DATABASE_FILE } from './open-store.ts';
import { createReader } from './reader-client.ts';
import type { StoreReader } from './types.ts';

/**
 * Opens the database of a data directory for reading alone, whether or not an engine has it open. Null when there is none.
 * Nothing is written and no schema is changed.
 */
export function openStoreReader(directory: string, workerUrl: URL): StoreReader | null {
  const path = join(directory, DATABASE_FILE);
  // A reader that died rejects the queries that wait for it; nobody else is there to be told.
  return existsSync(path) ? createReader({ path, workerUrl, onError: () => {} }) : null;
}
