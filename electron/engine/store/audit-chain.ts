import { createHash } from 'node:crypto';
import type { AuditEntry, AuditProof, AuditVerification } from '../../../shared/domain/operations.ts';

/** What the first row of every chain stands on. */
export const CHAIN_ANCHOR = createHash('sha256').update('switchyard audit').digest('hex');

/** A row as it is checked: `entry` is null where what is stored cannot be read any more. */
export interface ChainLink {
  id: number;
  entry: AuditEntry | null;
  prev_hash: string;
  hash: string;
}

/** Where the chain should end. Written with every row, so that rows cut off at the end are missed. */
export interface ChainHead {
  last_id: number;
  hash: string;
  entries: number;
}

/**
 * SHA-256 in hexadecimal over the hash of the row before and the row itself, as JSON with its keys sorted at every depth
 * and no white space. Anybody can compute it from an export.
 */
export function hashOfEntry(entry: AuditEntry, previous: string): string {
  return createHash('sha256')
    .update(canonicalJson({ ...entry, prev_hash: previous }))
    .digest('hex');
}

/** JSON whose text depends on the value alone: keys sorted, no white space. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value)
      .filter(([, field]) => field !== undefined)
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}

/**
 * Walks the chain in the order of its ids and stops at the first row that does not hold.
 *
 * @param head where the chain should end; null when that is not recorded any more.
 * @param expected a row noted elsewhere, which the chain must hold; null for none. It shows what the file alone cannot:
 *   a chain that was written anew as a whole.
 */
export function verifyChain(
  links: Iterable<ChainLink>,
  head: ChainHead | null,
  expected: AuditProof | null = null,
): Omit<AuditVerification, 'elapsed_ms'> {
  let last: AuditProof | null = null;
  let entries = 0;
  let met = expected === null;
  const broken = (id: number | null, reason: string) => ({ ok: false, entries, last, broken: { id, reason } });
  for (const link of links) {
    const { id, entry, prev_hash: previous, hash } = link;
    if (previous !== (last?.hash ?? CHAIN_ANCHOR)) {
      const before = last === null ? 'is not the first one that was written' : `does not follow row ${last.id}`;
      return broken(id, `Row ${id} ${before}: a row before it was removed, moved or put in.`);
    }
    if (entry === null || hashOfEntry(entry, previous) !== hash) {
      return broken(id, `Row ${id} is not what was written: its content does not match its hash.`);
    }
    last = { id, hash };
    entries += 1;
    if (expected?.id === id) {
      met = true;
      if (expected.hash !== hash) {
        return broken(id, `Row ${id} is not the one that was noted elsewhere: the chain was written anew.`);
      }
    }
  }
  if (head === null)
    return broken(null, 'The record of where the audit ends is gone, so rows may be missing at its end.');
  const end: AuditProof = last ?? { id: 0, hash: CHAIN_ANCHOR };
  if (head.last_id !== end.id || head.hash !== end.hash || head.entries !== entries) {
    const reason = `The audit ends with row ${end.id} and should end with row ${head.last_id}: rows at its end were removed.`;
    return broken(head.last_id, reason);
  }
  if (!met) return broken(expected?.id ?? null, `Row ${expected?.id}, which was noted elsewhere, is not in the audit.`);
  return { ok: true, entries, last, broken: null };
}
