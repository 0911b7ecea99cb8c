import type { AuditEntry } from '../../../shared/domain/operations.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';

/** One value of an entry before and after, by its path; null on the side that has none. */
export interface DiffLine {
  /** `limits.usd_per_day`; empty for a value that is no object. */
  path: string;
  before: string | null;
  after: string | null;
  changed: boolean;
}

type Json = AuditEntry['before'];

/** Before and after of an entry, value by value, in the order in which they stand; what was taken out stands where it was. */
export function auditDiff({ before, after }: Pick<AuditEntry, 'before' | 'after'>): DiffLine[] {
  const [left, right] = [flat(before), flat(after)];
  const paths = mergedPaths([...left.keys()], [...right.keys()]);
  return paths.map((path) => {
    const [was, is] = [left.get(path) ?? null, right.get(path) ?? null];
    return { path, before: was, after: is, changed: was !== is };
  });
}

/** Every value by its path. Lists of plain values are told as one, so that their order shows. */
function flat(value: Json, path = '', into = new Map<string, string>()): Map<string, string> {
  if (value === null) {
    // Null as a whole means that there was nothing; null inside is a value like others.
    if (path !== '') into.set(path, 'null');
    return into;
  }
  if (typeof value !== 'object') {
    into.set(path, plainText(path, value));
    return into;
  }
  const plainList = Array.isArray(value) && value.every((each) => each === null || typeof each !== 'object');
  const entries = Object.entries(value);
  if (plainList || entries.length === 0) {
    into.set(path, JSON.stringify(value));
    return into;
  }
  for (const [key, each] of entries) flat(each, path === '' ? key : `${path}.${key}`, into);
  return into;
}

/** Moments are stored as epoch milliseconds, which nobody reads. */
function plainText(path: string, value: string | number | boolean): string {
  if (typeof value === 'number' && /(^|[._])(at|since|until)$/.test(path)) return formatAbsolute(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The paths of the later side in their order, each of the earlier side alone behind its predecessor. */
function mergedPaths(before: readonly string[], after: readonly string[]): string[] {
  const merged = [...after];
  before.forEach((path, index) => {
    if (merged.includes(path)) return;
    const predecessor = before.slice(0, index).findLast((each) => merged.includes(each));
    merged.splice(predecessor === undefined ? 0 : merged.indexOf(predecessor) + 1, 0, path);
  });
  return merged;
}

/** What happened to a thing, in a few words, such as `override set`. */
export function actionWords(action: string): string {
  return action.replaceAll(/[._]/g, ' ');
}

/** What has changed, in one line for a table: `limit_value 1,000 → 1,500`; empty where nothing did. */
export function diffSummary(entry: Pick<AuditEntry, 'before' | 'after'>): string {
  const changed = auditDiff(entry).filter((line) => line.changed);
  const [first] = changed;
  if (!first) return '';
  if (changed.length > 1) return changed.map(({ path }) => path).join(', ');
  const name = first.path === '' ? '' : `${first.path} `;
  return `${name}${first.before ?? 'nothing'} → ${first.after ?? 'nothing'}`;
}
