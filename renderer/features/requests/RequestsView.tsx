import { useMutation } from '@tanstack/react-query';
import { ArrowUp, Download, Pause, Play } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import { formatCount } from '../../../shared/format/number.ts';
import { changeSearch, useViewLocation } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { useConsoleApi } from '../../api/client.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { rangeLabel, rangeQuery } from '../../state/range.ts';
import { Button } from '../../ui/Button.tsx';
import { saveText } from '../../ui/files.ts';
import { Menu } from '../../ui/Menu.tsx';
import type { PanelState } from '../../ui/panel-state.ts';
import { Panel } from '../../ui/Panel.tsx';
import { FilterBar } from './FilterBar.tsx';
import { readFilters, toQuery, type RequestFilters } from './request-filters.ts';
import { RequestDrawer } from './RequestDrawer.tsx';
import { RequestTable } from './RequestTable.tsx';
import { EXPORT_ROWS, requestsToCsv, requestsToJson } from './requests-export.ts';
import { PAGE_ROWS, useRequestPages } from './use-request-pages.ts';
import { useTail } from './use-tail.ts';

/** Every request, newest first: a live tail over a list of any length, narrowed by filters, one opened in a drawer. */
export function RequestsView() {
  const { search } = useViewLocation();
  const filters = useMemo(() => readFilters(search), [search]);
  const range = useRange();
  // A new list begins where the old one's live end was: what is asked for never changes under the reader.
  const [anchor, setAnchor] = useState(gatewayNow);
  const key = JSON.stringify([filters, range]);
  return (
    <RequestList
      key={`${key} ${anchor}`}
      filters={filters}
      anchor={anchor}
      opened={search.get('request')}
      onRenew={() => setAnchor(gatewayNow())}
    />
  );
}

/** The moment on the gateway's clock. */
function gatewayNow(): number {
  return Date.now() - useConnection.getState().clockOffsetMs;
}

interface RequestListProps {
  filters: RequestFilters;
  /** Requests that ended from here on are the tail's; the gateway's clock. */
  anchor: number;
  opened: string | null;
  onRenew: () => void;
}

function RequestList({ filters, anchor, opened, onRenew }: RequestListProps) {
  const range = useRange();
  const stale = useConnection(isStale);
  const live = range.kind === 'relative';
  const input = useMemo(
    () => ({ ...rangeQuery(range), ...(live && { until: String(anchor) }), ...toQuery(filters) }),
    [range, live, anchor, filters],
  );
  const [view, setView] = useState({ first: 0, last: 30, atTop: true });
  const [active, setActive] = useState(0);
  const tail = useTail(filters, live, anchor);
  const fetched = useRequestPages(input, {
    first: Math.max(0, view.first - tail.rows.length),
    last: Math.max(0, view.last - tail.rows.length),
  });
  const newest = withoutFetched(tail.rows, fetched.row);
  const offset = newest.length;
  const count = offset + fetched.count;
  const row = (index: number): RequestSummary | undefined =>
    index < offset ? newest[index] : fetched.row(index - offset);
  const open = (request: RequestSummary) => {
    tail.pause();
    changeSearch({ request: request.id });
  };
  // Who reads further down, or reads one, must not have it move away.
  const { pause } = tail;
  useEffect(() => {
    if (!view.atTop || opened !== null) pause();
  }, [view.atTop, opened, pause]);
  usePauseKey(tail.following ? tail.pause : onRenew);

  const step = (by: number) => {
    const next = row(active + by);
    if (!next) return null;
    return () => {
      setActive(active + by);
      changeSearch({ request: next.id }, { replace: true });
    };
  };

  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <h1 className="sr-only">Requests</h1>
      <FilterBar filters={filters} />
      <Panel
        title="Requests"
        note={stale ? 'the connection is lost; this list stands still' : noteOf(rangeLabel(range), fetched.more, count)}
        flush
        minHeight={320}
        state={stateOf(fetched, count, filters, rangeLabel(range))}
        actions={
          <>
            {live && (
              <TailButton following={tail.following} fresh={tail.fresh} onPause={tail.pause} onResume={onRenew} />
            )}
            <ExportMenu input={input} />
          </>
        }
      >
        {(tail.fresh > 0 || tail.skipped > 0) && (
          <button
            type="button"
            onClick={onRenew}
            className="flex items-center justify-center gap-1.5 border-b border-line bg-accent/10 py-1 text-table hover:bg-accent/20"
          >
            <ArrowUp aria-hidden="true" size={12} />
            {tail.fresh > 0
              ? `${formatCount(tail.fresh)} new`
              : `${formatCount(tail.skipped)} came too fast for the live list; show them`}
          </button>
        )}
        <RequestTable
          count={count}
          row={row}
          more={fetched.more}
          selected={opened}
          active={Math.min(active, Math.max(0, count - 1))}
          onActive={setActive}
          onOpen={open}
          onWindow={setView}
        />
      </Panel>
      {opened !== null && (
        <RequestDrawer
          id={opened}
          onPrevious={step(-1)}
          onNext={step(1)}
          onClose={() => changeSearch({ request: null })}
        />
      )}
    </div>
  );
}

/** What ended while the first page was on its way is in both. */
function withoutFetched(
  tail: readonly RequestSummary[],
  fetched: (index: number) => RequestSummary | undefined,
): readonly RequestSummary[] {
  if (tail.length === 0) return tail;
  const known = new Set(Array.from({ length: PAGE_ROWS }, (_, index) => fetched(index)?.id));
  return tail.filter(({ id }) => !known.has(id));
}

function noteOf(range: string, more: boolean, count: number): string {
  return `${range}, ${formatCount(count)}${more ? ' and more' : ''}`;
}

function stateOf(
  fetched: { loading: boolean; error: Error | null; retry: () => void; count: number },
  count: number,
  filters: RequestFilters,
  range: string,
): PanelState {
  if (fetched.error) {
    return count === 0
      ? { kind: 'error', message: fetched.error.message, retry: fetched.retry }
      : { kind: 'partial', message: `A part of the list could not be loaded: ${fetched.error.message}` };
  }
  if (count > 0) return { kind: 'ready' };
  if (fetched.loading) return { kind: 'loading', hasPicture: false };
  return Object.keys(filters).length > 0
    ? { kind: 'empty', title: 'No request matches the filters.', hint: 'Take one out, or choose a longer range.' }
    : {
        kind: 'empty',
        title: `No request in the ${range}.`,
        hint: 'Point a client at the gateway: each request appears here when it has ended.',
      };
}

interface TailButtonProps {
  following: boolean;
  fresh: number;
  onPause: () => void;
  onResume: () => void;
}

function TailButton({ following, fresh, onPause, onResume }: TailButtonProps) {
  return (
    <Button
      size="small"
      tone="quiet"
      icon={following ? Pause : Play}
      aria-keyshortcuts="p"
      onClick={following ? onPause : onResume}
    >
      {following ? 'Pause' : fresh > 0 ? `Follow, ${formatCount(fresh)} new` : 'Follow'}
    </Button>
  );
}

/** `p` pauses and follows, except while something is typed or a dialog is open. */
function usePauseKey(toggle: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const busy =
        event.target instanceof HTMLElement && event.target.closest('input, textarea, select, [role="dialog"]');
      if (event.key === 'p' && !event.ctrlKey && !event.metaKey && !event.altKey && !busy) toggle();
    };
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [toggle]);
}

function ExportMenu({ input }: { input: Parameters<typeof useRequestPages>[0] }) {
  const { client } = useConsoleApi();
  const [cut, setCut] = useState(false);
  const save = useMutation({
    mutationFn: async (format: 'csv' | 'json') => {
      const rows: RequestSummary[] = [];
      let cursor: string | undefined;
      do {
        const page = await client.requests.list({ ...input, limit: 500, ...(cursor !== undefined && { cursor }) });
        rows.push(...page.requests);
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined && rows.length < EXPORT_ROWS);
      setCut(cursor !== undefined);
      if (format === 'csv') saveText('requests.csv', 'text/csv;charset=utf-8', requestsToCsv(rows));
      else saveText('requests.json', 'application/json', requestsToJson(rows));
    },
  });
  return (
    <>
      {cut && <span className="text-table text-warn">the export ends after {formatCount(EXPORT_ROWS)} rows</span>}
      {save.error && <span className="text-table text-bad">{save.error.message}</span>}
      <Menu
        trigger={
          <Button size="small" tone="quiet" icon={Download} busy={save.isPending}>
            Export
          </Button>
        }
        items={[
          { key: 'csv', label: 'CSV', onSelect: () => save.mutate('csv') },
          { key: 'json', label: 'JSON', onSelect: () => save.mutate('json') },
        ]}
      />
    </>
  );
}
