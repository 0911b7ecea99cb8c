import { useQueries } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import type { RequestPage, RequestQuery, RequestSummary } from '../../../shared/domain/request.ts';
import { useConsoleApi } from '../../api/client.ts';

/** Rows of one page. */
export const PAGE_ROWS = 200;
/** A page that is out of sight is forgotten after this long; its cursor brings it back. */
const FORGET_MS = 30_000;

export interface RequestPages {
  /** Rows known to exist so far; those of forgotten pages count. */
  count: number;
  /** The row at an index; undefined while its page is being fetched. */
  row: (index: number) => RequestSummary | undefined;
  /** True when there is more behind the last row. */
  more: boolean;
  loading: boolean;
  error: Error | null;
  retry: () => void;
}

interface Known {
  key: string;
  /** Cursors of the pages' beginnings; the first page has none. */
  cursors: readonly (string | undefined)[];
}

const FIRST_PAGE: Known['cursors'] = [undefined];

/**
 * The pages of a list that may be a million rows long: only those in sight are held, and each is found again by its
 * cursor. `window` is the range of rows in sight; coming near the end asks for the next page.
 */
export function useRequestPages(
  input: Omit<RequestQuery, 'limit'>,
  window: { first: number; last: number },
): RequestPages {
  const { query } = useConsoleApi();
  const key = JSON.stringify(input);
  const [stored, setKnown] = useState<Known>({ key, cursors: FIRST_PAGE });
  const cursors = stored.key === key ? stored.cursors : FIRST_PAGE;
  const firstPage = Math.max(0, Math.floor(window.first / PAGE_ROWS));
  const lastPage = Math.min(cursors.length - 1, Math.floor(window.last / PAGE_ROWS));
  const wanted = useMemo(() => {
    const pages = new Set<number>();
    for (let page = firstPage; page <= lastPage; page += 1) pages.add(page);
    // The last known page says whether there is more.
    pages.add(cursors.length - 1);
    return [...pages].toSorted((a, b) => a - b);
  }, [firstPage, lastPage, cursors.length]);
  const results = useQueries({
    queries: wanted.map((page) =>
      query.requests.list.queryOptions({
        input: { ...input, limit: PAGE_ROWS, ...(cursors[page] !== undefined && { cursor: cursors[page] }) },
        staleTime: Number.POSITIVE_INFINITY,
        gcTime: FORGET_MS,
      }),
    ),
  });
  const pages = new Map<number, RequestPage>();
  for (const [index, page] of wanted.entries()) {
    const data = results[index]?.data;
    if (data) pages.set(page, data);
  }
  const end = pages.get(cursors.length - 1);
  const lastRows = end?.requests.length ?? null;
  const next = end?.next_cursor ?? null;
  const nearEnd = window.last >= cursors.length * PAGE_ROWS - PAGE_ROWS / 2;

  // Derived from what was fetched, so that it is settled before anything is painted.
  if (next !== null && nearEnd) setKnown({ key, cursors: [...cursors, next] });

  const failed = results.find(({ error }) => error !== null);
  const whole = (cursors.length - 1) * PAGE_ROWS;
  return {
    count: whole + (lastRows ?? 0),
    row: (index) => pages.get(Math.floor(index / PAGE_ROWS))?.requests[index % PAGE_ROWS],
    more: next !== null || (lastRows === null && cursors.length > 1),
    loading: results.some(({ isPending }) => isPending),
    error: failed?.error ?? null,
    retry: () => {
      for (const result of results) if (result.error) void result.refetch();
    },
  };
}
