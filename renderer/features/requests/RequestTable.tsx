import { useVirtualizer } from '@tanstack/react-virtual';
import { clsx } from 'clsx';
import { useEffect, useEffectEvent, useId, useRef, type KeyboardEvent } from 'react';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatTokens } from '../../../shared/format/number.ts';
import { formatAbsolute, formatClockSeconds } from '../../../shared/format/time.ts';
import { colorValue, useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { Duration, Money, Quantity } from '../../ui/figures.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { OUTCOMES } from './request-words.ts';

const ROW_PIXELS = 30;
/** With a second line, where there is no room for the further columns. */
const NARROW_ROW_PIXELS = 46;
const GRID =
  'grid grid-cols-[4.5rem_6.5rem_minmax(0,1fr)_4.5rem] gap-x-3 px-3 lg:grid-cols-[5rem_7rem_minmax(9rem,1.2fr)_minmax(7rem,1fr)_minmax(6rem,0.7fr)_5rem_5rem_7rem_5.5rem]';

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
  const narrow = typeof window !== 'undefined' && window.matchMedia?.('(max-width: 1023px)').matches;
  const height = narrow ? NARROW_ROW_PIXELS : ROW_PIXELS;
  // oxlint-disable-next-line react/incompatible-library -- nothing memoised is given its functions
  const virtualizer = useVirtualizer({
    count: count + (more ? 1 : 0),
    getScrollElement: () => scroller.current,
    estimateSize: () => height,
    overscan: 12,
    // Before it is measured, and where nothing is ever laid out, a screenful is shown.
    initialRect: { width: 1000, height: 600 },
  });
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  const atTop = (virtualizer.scrollOffset ?? 0) < height;
  const report = useEffectEvent(onWindow);
  useEffect(() => report({ first, last, atTop }), [first, last, atTop]);

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
    <div role="table" aria-label="Requests" aria-rowcount={more ? -1 : count} className="flex min-h-0 flex-col">
      <div role="rowgroup" className="border-b border-line bg-surface">
        <div role="row" className={clsx(GRID, 'py-1.5 text-table font-medium text-ink-muted')}>
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
      <div
        ref={scroller}
        role="rowgroup"
        tabIndex={0}
        aria-label="Requests, newest first"
        aria-activedescendant={count > 0 ? `${id}-${active}` : undefined}
        onKeyDown={onKeyDown}
        className="h-[max(20rem,calc(100dvh-15.5rem))] overflow-y-auto focus-visible:outline-offset-[-2px]"
      >
        <div className="relative" style={{ height: virtualizer.getTotalSize() }}>
          {items.map((item) => (
            <Row
              key={item.key}
              id={`${id}-${item.index}`}
              index={item.index}
              top={item.start}
              height={height}
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
    </div>
  );
}

interface RowProps {
  id: string;
  index: number;
  top: number;
  height: number;
  request: RequestSummary | undefined;
  active: boolean;
  selected: boolean;
  onOpen: (request: RequestSummary) => void;
}

function Row({ id, index, top, height, request, active, selected, onOpen }: RowProps) {
  const color = useProviderColors();
  const label = useProviderLabels();
  const place = { transform: `translateY(${top}px)`, height };
  if (!request) {
    return (
      <div role="row" aria-rowindex={index + 1} style={place} className="absolute inset-x-0 flex items-center px-3">
        <span role="cell" className="h-3 w-2/3 rounded-small bg-inset">
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
      aria-rowindex={index + 1}
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
        role="cell"
        className="whitespace-nowrap text-ink-muted tabular-nums"
        title={formatAbsolute(request.started_at)}
      >
        {formatClockSeconds(request.started_at)}
      </span>
      <span role="cell" title={request.error_message ?? undefined}>
        <StatusMark status={outcome.mark} word={outcome.word} />
      </span>
      <span role="cell" className="min-w-0">
        <span className="flex min-w-0 items-center gap-1.5">
          {request.provider === null ? (
            <span className="truncate text-ink-faint">{request.failure_class?.replaceAll('_', ' ') ?? 'nobody'}</span>
          ) : (
            <>
              <span
                aria-hidden="true"
                className="h-3 w-1 shrink-0 rounded-full"
                style={{ background: colorValue(color(request.provider)) }}
              />
              <span className="truncate">{label(request.provider)}</span>
            </>
          )}
          {request.fallback_from !== null && (
            <span className="truncate text-ink-faint">after {label(request.fallback_from)}</span>
          )}
        </span>
        <span className="block truncate text-ink-faint lg:hidden">
          {request.requested_model}, {formatDuration(request.duration_ms)}
        </span>
      </span>
      <span role="cell" className="truncate font-mono max-lg:hidden" title={request.requested_model}>
        {request.requested_model}
      </span>
      <span role="cell" className="truncate text-ink-muted max-lg:hidden">
        {request.call_site ?? ''}
      </span>
      <span role="cell" className="text-right tabular-nums max-lg:hidden">
        <Duration ms={request.first_token_ms} missing="no token came" />
      </span>
      <span role="cell" className="text-right tabular-nums max-lg:hidden">
        <Duration ms={request.duration_ms} />
      </span>
      <span role="cell" className="text-right tabular-nums max-lg:hidden">
        <Quantity
          text={`${request.usage.estimated ? '≈' : ''}${formatTokens(request.usage.input_tokens)} / ${formatTokens(request.usage.output_tokens)}`}
        />
      </span>
      <span role="cell" className="text-right tabular-nums">
        <Money usd={request.cost_usd} unknown={request.pricing_unknown} />
      </span>
    </div>
  );
}
