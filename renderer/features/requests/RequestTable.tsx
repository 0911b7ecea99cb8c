import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { useEffect, useEffectEvent, useId, useRef, type KeyboardEvent } from 'react';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatTokens } from '../../../shared/format/number.ts';
import { formatAbsolute, formatClock, formatClockSeconds, formatDay } from '../../../shared/format/time.ts';
import { useNow } from '../../state/now.ts';
import { colorValue, useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { Duration, Money, Quantity } from '../../ui/figures.tsx';
import { useMediaQuery } from '../../ui/media.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { OUTCOMES } from './request-words.ts';

const ROW_PIXELS = 30;
/** With a second line, where there is no room for the further columns. */
const NARROW_ROW_PIXELS = 46;
/** Of the row of headings, which stays in sight above the rows. */
const HEADER_PIXELS = 29;
const MINUTE_MS = 60_000;
const GRID =
  'grid grid-cols-[3.75rem_5.25rem_minmax(0,1fr)_5.75rem] gap-x-2 px-3 lg:grid-cols-[4.75rem_6rem_minmax(12rem,1.7fr)_minmax(7rem,1fr)_minmax(5rem,0.6fr)_4.5rem_4.5rem_7rem_6rem] lg:gap-x-3';

interface RequestTableProps {
  count: number;
  row: (index: number) => RequestSummary | undefined;
  more: boolean;
  selected: string | null;
  /** The row that the keys are at. */
  active: number;
  onActive: (index: number) => void;
  onOpen: (request: RequestSummary) => void;
  /** Told of the rows in sight, and whether the list is at its top. */
  onWindow: (window: { first: number; last: number; atTop: boolean }) => void;
}

/** The list, however long: only the rows in sight exist. Arrow keys move, Enter opens. */
export function RequestTable({ count, row, more, selected, active, onActive, onOpen, onWindow }: RequestTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const height = useMediaQuery('(max-width: 1023px)') ? NARROW_ROW_PIXELS : ROW_PIXELS;
  // oxlint-disable-next-line react/incompatible-library -- nothing memoised is given its functions
  const virtualizer = useVirtualizer({
    count: count + (more ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    scrollMargin: HEADER_PIXELS,
    scrollPaddingStart: HEADER_PIXELS,
    // Before it is measured, and where nothing is ever laid out, a screenful is shown.
    initialRect: { width: 1000, height: 600 },
  });
  useEffect(() => virtualizer.measure(), [virtualizer, height]);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const atTop = (virtualizer.scrollOffset ?? 0) < height;
  const report = useEffectEvent(onWindow);
  useEffect(() => report({ first, last, atTop }), [first, last, atTop]);

  const today = formatDay(useNow(MINUTE_MS));
  const move = (index: number) => {
    const target = Math.min(count - 1, Math.max(0, index));
    onActive(target);
    virtualizer.scrollToIndex(target);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 600) / height) - 1);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: active + 1,
      ArrowUp: active - 1,
      PageDown: active + page,
      PageUp: active - page,
      Home: 0,
      End: count - 1,
    };
    const target = steps[event.key];
    if (target !== undefined) {
      event.preventDefault();
      move(target);
    } else if (event.key === 'Enter') {
      const request = row(active);
      if (request) onOpen(request);
    }
  };

  return (
    <div
      ref={scroller}
      role="grid"
      aria-label="Requests"
      aria-rowcount={more ? -1 : count + 1}
      aria-activedescendant={count > 0 ? `${id}-${active}` : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className="h-[max(20rem,calc(100dvh-13.7rem))] overflow-y-auto focus-visible:outline-offset-[-2px]"
    >
      <div role="rowgroup" className="sticky top-0 z-10 border-b border-line bg-surface">
        <div role="row" aria-rowindex={1} className={clsx(GRID, 'py-1.5 text-table font-medium text-ink-muted')}>
          <span role="columnheader">Time</span>
          <span role="columnheader">Outcome</span>
          <span role="columnheader">Provider</span>
          <span role="columnheader" className="max-lg:hidden">
            Asked for
          </span>
          <span role="columnheader" className="max-lg:hidden">
            Call site
          </span>
          <span role="columnheader" className="text-right max-lg:hidden">
            First token
          </span>
          <span role="columnheader" className="text-right max-lg:hidden">
            Whole
          </span>
          <span role="columnheader" className="text-right max-lg:hidden">
            Tokens in / out
          </span>
          <span role="columnheader" className="text-right">
            Cost
          </span>
        </div>
      </div>
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {items.map((item) => (
          <Row
            key={item.key}
            id={`${id}-${item.index}`}
            index={item.index}
            top={item.start - HEADER_PIXELS}
            height={height}
            today={today}
            request={row(item.index)}
            active={item.index === active}
            selected={selected !== null && row(item.index)?.id === selected}
            onOpen={(request) => {
              onActive(item.index);
              onOpen(request);
            }}
          />
        ))}
      </div>
    </div>
  );
}

interface RowProps {
  id: string;
  index: number;
  top: number;
  height: number;
  /** The viewer's day and month: of other days a row names its own. */
  today: string;
  request: RequestSummary | undefined;
  active: boolean;
  selected: boolean;
  onOpen: (request: RequestSummary) => void;
}

function Row({ id, index, top, height, today, request, active, selected, onOpen }: RowProps) {
  const color = useProviderColors();
  const label = useProviderLabels();
  const place = { transform: `translateY(${top}px)`, height };
  if (!request) {
    return (
      <div role="row" aria-rowindex={index + 2} style={place} className="absolute inset-x-0 flex items-center px-3">
        <span role="gridcell" className="h-3 w-2/3 rounded-small bg-inset">
          <span className="sr-only">Loading</span>
        </span>
      </div>
    );
  }
  const outcome = OUTCOMES[request.status];
  return (
    <div
      id={id}
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      style={place}
      onClick={() => onOpen(request)}
      className={clsx(
        GRID,
        'absolute inset-x-0 cursor-pointer content-center items-center border-b border-line text-table hover:bg-inset',
        selected ? 'bg-accent/10' : active && 'bg-inset',
      )}
    >
      <span
        role="gridcell"
        className="whitespace-nowrap text-ink-muted tabular-nums"
        title={formatAbsolute(request.started_at)}
      >
        <StartTime at={request.started_at} today={today} />
      </span>
      <span role="gridcell" title={request.error_message ?? undefined}>
        <StatusMark status={outcome.mark} word={outcome.word} />
      </span>
      <span role="gridcell" className="min-w-0">
        <span className="flex min-w-0 items-center gap-1.5">
          {request.provider === null ? (
            <span className="truncate text-ink-faint">{request.failure_class?.replaceAll('_', ' ') ?? 'nobody'}</span>
          ) : (
            <>
              <span
                aria-hidden="true"
                className="h-3 w-1 shrink-0 rounded-full forced-color-adjust-none"
                style={{ background: colorValue(color(request.provider)) }}
              />
              <span className="max-w-full min-w-[60%] shrink-0 truncate lg:min-w-0">{label(request.provider)}</span>
            </>
          )}
          {request.fallback_from !== null && (
            <span className="truncate text-ink-faint max-lg:hidden">after {label(request.fallback_from)}</span>
          )}
        </span>
        <span className="block truncate text-ink-faint lg:hidden">
          {formatDuration(request.duration_ms)}, {request.requested_model}
        </span>
      </span>
      <span role="gridcell" className="truncate font-mono max-lg:hidden" title={request.requested_model}>
        {request.requested_model}
      </span>
      <span role="gridcell" className="truncate text-ink-muted max-lg:hidden">
        {request.call_site ?? ''}
      </span>
      <span role="gridcell" className="text-right tabular-nums max-lg:hidden">
        <Duration ms={request.first_token_ms} missing="no token came" />
      </span>
      <span role="gridcell" className="text-right tabular-nums max-lg:hidden">
        <Duration ms={request.duration_ms} />
      </span>
      <span role="gridcell" className="text-right tabular-nums max-lg:hidden">
        <Quantity
          text={`${request.usage.estimated ? '≈' : ''}${formatTokens(request.usage.input_tokens)} / ${formatTokens(request.usage.output_tokens)}`}
        />
      </span>
      <span role="gridcell" className="text-right tabular-nums">
        <Money usd={request.cost_usd} unknown={request.pricing_unknown} />
      </span>
    </div>
  );
}

/** To the second today; of another day to the minute with its date, which a phone has room for above the seconds. */
function StartTime({ at, today }: { at: number; today: string }) {
  const day = formatDay(at);
  if (day === today) return formatClockSeconds(at);
  return (
    <>
      <span className="block lg:inline">{day} </span>
      <span className="lg:hidden">{formatClockSeconds(at)}</span>
      <span className="max-lg:hidden">{formatClock(at)}</span>
    </>
  );
}
