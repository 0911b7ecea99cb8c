import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type { AuditEntry, AuditQuery } from '../../../shared/domain/operations.ts';
import { parseId } from '../../../shared/format/identifier.ts';
import { useConsoleApi } from '../../api/client.ts';
import { changeSearch, useViewLocation } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { rangeQuery } from '../../state/range.ts';

const PAGE_ROWS = 100;

/** What the list is narrowed to; what stands in the address as `action`, `operator` and `target`. */
export type AuditFilters = Pick<AuditQuery, 'action' | 'operator' | 'target'>;

/** The filters of the address, and what changes one; an empty text takes it out. */
export function useAuditFilters(): [AuditFilters, (changes: AuditFilters) => void] {
  const { search } = useViewLocation();
  const read = (name: keyof AuditFilters) => search.get(name) ?? undefined;
  const filters = { action: read('action'), operator: read('operator'), target: read('target') };
  const change = (changes: AuditFilters) =>
    changeSearch(Object.fromEntries(Object.entries(changes).map(([name, value]) => [name, value || null])), {
      replace: true,
    });
  return [filters, change];
}

/** The entries of the range and the filters, page by page, newest first. */
export function useAudit(filters: AuditFilters) {
  const { query } = useConsoleApi();
  const range = rangeQuery(useRange());
  return useInfiniteQuery(
    query.audit.infiniteOptions({
      input: (cursor: string | undefined) => ({ ...filters, ...range, limit: PAGE_ROWS, cursor }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.next_cursor ?? undefined,
    }),
  );
}

/** An entry that the address names: of those listed, else fetched by itself. Null entry once nobody has it. */
export function useAuditEntry(id: string | null, listed: readonly AuditEntry[], settled: boolean) {
  const { query } = useConsoleApi();
  const known = listed.find((entry) => String(entry.id) === id) ?? null;
  const number = id === null ? null : parseId(id);
  const wanted = known === null && number !== null && settled;
  const fetched = useQuery(query.audit.queryOptions({ input: { id: number ?? 1, limit: 1 }, enabled: wanted }));
  const entry = known ?? (wanted ? (fetched.data?.entries[0] ?? null) : null);
  const missing = id !== null && entry === null && settled && (number === null || fetched.isSuccess);
  return { entry, missing };
}
