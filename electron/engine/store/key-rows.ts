import type { Database } from 'better-sqlite3';
import { prepareInsert } from './sql.ts';
import type { KnownKey } from './types.ts';

const COLUMNS = ['name', 'salt', 'fingerprint'] as const satisfies readonly (keyof KnownKey)[];

/** Prepares what writes which keys are set, new and changed ones. */
export function prepareKeySave(database: Database): (keys: readonly KnownKey[]) => void {
  const save = prepareInsert(
    database,
    'known_keys',
    COLUMNS,
    'ON CONFLICT (name) DO UPDATE SET salt = excluded.salt, fingerprint = excluded.fingerprint',
  );
  return (keys) => {
    for (const key of keys) save.run(key);
  };
}

/** Which keys were set when the last engine looked; empty where none ever did. */
export function restoreKnownKeys(database: Database): KnownKey[] {
  return database.prepare<[], KnownKey>(`SELECT ${COLUMNS.join(', ')} FROM known_keys ORDER BY name`).all();
}
