import { useInfiniteQuery } from '@tanstack/react-query';
import type { AuditQuery } from '../../../shared/domain/operations.ts';
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
