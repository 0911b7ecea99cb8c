import { useMemo, useState } from 'react';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import { useLive } from '../../state/live.ts';
import { matchesFilters, type RequestFilters } from './request-filters.ts';

export interface Tail {
  /** True while new requests appear by themselves. */
  following: boolean;
  /** Newest first; those that came since the list was fetched, or until it was paused. */
  rows: readonly RequestSummary[];
  /** Requests that came while paused. */
  fresh: number;
  /** Requests that the live stream left out because they came too fast. */
  skipped: number;
  pause: () => void;
  resume: () => void;
}

interface Held {
  rows: readonly RequestSummary[];
  skipped: number;
}

/**
 * The live end of the list: what matches the filters and has ended since the rows were asked for, held still while paused.
 *
 * @param since epoch milliseconds on the gateway's clock.
 */
export function useTail(filters: RequestFilters, enabled: boolean, since: number): Tail {
  const live = useLive((state) => state.requests);
  const skipped = useLive((state) => state.skippedRequests);
  const [held, setHeld] = useState<Held | null>(null);
  const [skippedBefore, setSkippedBefore] = useState(skipped);
  const matching = useMemo(
    () => (enabled ? live.filter((one) => endedAt(one) >= since && matchesFilters(one, filters)) : []),
    [live, filters, enabled, since],
  );
  const rows = held?.rows ?? matching;
  const known = useMemo(() => new Set(rows.map(({ id }) => id)), [rows]);
  const fresh = held ? matching.filter(({ id }) => !known.has(id)).length + Math.max(0, skipped - held.skipped) : 0;
  return {
    following: enabled && held === null,
    rows,
    fresh,
    skipped: Math.max(0, (held?.skipped ?? skipped) - skippedBefore),
    pause: () => setHeld((before) => before ?? { rows: matching, skipped }),
    resume: () => {
      setHeld(null);
      setSkippedBefore(skipped);
    },
  };
}

function endedAt({ started_at: at, duration_ms: ms }: RequestSummary): number {
  return at + ms;
}
