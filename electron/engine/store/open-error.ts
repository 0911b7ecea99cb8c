import { SchemaError } from './migrate.ts';

/** Why the store could not be opened, in one sentence with the way out. */
export class StoreOpenError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreOpenError';
  }
}

const ANOTHER = 'choose another --data directory';

/** The sentence for what went wrong while opening or reading `path` in `directory`. */
export function toStoreOpenError(error: unknown, directory: string, path: string): StoreOpenError {
  if (error instanceof StoreOpenError) return error;
  return new StoreOpenError(describe(error, directory, path), { cause: error });
}

function describe(error: unknown, directory: string, path: string): string {
  if (error instanceof SchemaError) return describeSchema(error, path);
  const code = codeOf(error);
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) {
    return `The data directory ${directory} is in use by another Switchyard; stop that one, or ${ANOTHER}.`;
  }
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(code)) {
    return `${path} is damaged or is no database; put back a copy, move it away to start afresh, or ${ANOTHER}.`;
  }
  if (/^SQLITE_FULL|^ENOSPC|^EDQUOT/.test(code)) {
    return `The disk of the data directory ${directory} is full; free some space, or ${ANOTHER}.`;
  }
  if (/^SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|^(EACCES|EPERM|EROFS)$/.test(code)) {
    return `The data directory ${directory} cannot be written to; make it writable, or ${ANOTHER}.`;
  }
  if (/^(ENOTDIR|EEXIST|ENOENT|ELOOP|ENAMETOOLONG)$/.test(code)) {
    return `The data directory ${directory} cannot be made, as part of its path is no directory; ${ANOTHER}.`;
  }
  const reason = error instanceof Error ? error.message : String(error);
  return `The data directory ${directory} cannot be used (${reason}); ${ANOTHER}.`;
}

function describeSchema({ kind, found, known }: SchemaError, path: string): string {
  if (kind === 'foreign') return `${path} is a database of another application; ${ANOTHER}.`;
  return kind === 'newer'
    ? `${path} was written by a newer Switchyard (schema ${found}, this one knows ${known}); update, or ${ANOTHER}.`
    : `${path} was written by an earlier Switchyard (schema ${found}, this one knows ${known}); start this one on it once, which brings it up to date, or ${ANOTHER}.`;
}

/** Whether an error says that the file or its place is at fault, rather than what was asked of it. */
export function isStoreAtFault(error: unknown): boolean {
  return /^SQLITE_(NOTADB|CORRUPT|CANTOPEN|READONLY|PERM|FULL|IOERR)/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}
