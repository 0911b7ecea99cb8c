import { Pause, Play } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { RequestSummary } from '../../../shared/domain/request.ts';
import { formatCount, formatTokens } from '../../../shared/format/number.ts';
import { formatAbsolute, formatClockSeconds } from '../../../shared/format/time.ts';
import { navigate } from '../../app/router.tsx';
import { useLive } from '../../state/live.ts';
import { colorValue, useProviderColors, useProviderLabels, type SeriesColor } from '../../state/provider-colors.ts';
import { Button } from '../../ui/Button.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { OUTCOMES } from '../requests/request-words.ts';

const ROWS = 50;

/** The newest requests as they finish. Pausing holds the list still and counts what comes. */
export function LiveRequests() {
  const live = useLive((state) => state.requests);
  // A copy for comparison would read as if another provider had answered a caller.
  const requests = useMemo(() => live.filter(({ origin }) => origin !== 'shadow'), [live]);
  const skipped = useLive((state) => state.skippedRequests);
  const color = useProviderColors();
  const label = useProviderLabels();
  const [held, setHeld] = useState<{ requests: readonly RequestSummary[]; skipped: number } | null>(null);
  const shown = held?.requests ?? requests;
  const fresh = held ? newSince(held, requests, skipped) : 0;
  return (
    <Panel
      title="Live requests"
      note={skipped > 0 ? `the stream left out ${formatCount(skipped)}` : undefined}
      flush
      state={
        shown.length === 0
          ? {
              kind: 'empty',
              title: 'No request yet.',
              hint: 'Point a client at the gateway; each finished request appears here.',
            }
          : { kind: 'ready' }
      }
      actions={
        <Button
          size="small"
          tone="quiet"
          icon={held ? Play : Pause}
          onClick={() => setHeld(held ? null : { requests, skipped })}
        >
          {held ? (fresh > 0 ? `Resume, ${formatCount(fresh)} new` : 'Resume') : 'Pause'}
        </Button>
      }
    >
      <DataTable
        label="Live requests"
        columns={columns(color, label)}
        rows={shown.slice(0, ROWS)}
        rowKey={({ id }) => id}
        maxHeight={288}
        onSelect={({ id }) => navigate('/requests', { request: id })}
      />
    </Panel>
  );
}

/** Requests that came after the list was held; those that the stream left out count as well. */
export function newSince(
  held: { requests: readonly RequestSummary[]; skipped: number },
  requests: readonly RequestSummary[],
  skipped: number,
): number {
  const known = new Set(held.requests.map(({ id }) => id));
  return requests.filter(({ id }) => !known.has(id)).length + Math.max(0, skipped - held.skipped);
}

function columns(
  color: (provider: string) => SeriesColor,
  label: (provider: string) => string,
): Column<RequestSummary>[] {
  return [
    {
      key: 'time',
      header: 'Time',
      cell: ({ started_at: at }) => <span title={formatAbsolute(at)}>{formatClockSeconds(at)}</span>,
      className: 'text-ink-muted whitespace-nowrap',
    },
    {
      key: 'outcome',
      header: 'Outcome',
      cell: ({ status, error_message: message }) => (
        <span title={message ?? undefined}>
          <StatusMark status={OUTCOMES[status].mark} word={OUTCOMES[status].word} />
        </span>
      ),
    },
    {
      key: 'provider',
      header: 'Provider',
      cell: (request) => <Answerer request={request} color={color} label={label} />,
    },
    {
      key: 'requested',
      header: 'Asked for',
      cell: ({ requested_model: model }) => <span className="font-mono">{model}</span>,
      className: 'max-w-40 truncate max-sm:hidden',
    },
    {
      key: 'first',
      header: 'First token',
      numeric: true,
      cell: ({ first_token_ms: ms }) => <Duration ms={ms} missing="no token came" />,
      className: 'max-sm:hidden',
    },
    { key: 'duration', header: 'Whole', numeric: true, cell: ({ duration_ms: ms }) => <Duration ms={ms} /> },
    {
      key: 'tokens',
      header: 'Tokens in / out',
      numeric: true,
      cell: ({ usage }) => (
        <Quantity
          text={`${usage.estimated ? '≈' : ''}${formatTokens(usage.input_tokens)} / ${formatTokens(usage.output_tokens)}`}
        />
      ),
      className: 'max-sm:hidden',
    },
    {
      key: 'cost',
      header: 'Cost',
      numeric: true,
      cell: ({ cost_usd: usd, pricing_unknown: unknown }) => <Money usd={usd} unknown={unknown} />,
    },
  ];
}

function Answerer({
  request,
  color,
  label,
}: {
  request: RequestSummary;
  color: (provider: string) => SeriesColor;
  label: (provider: string) => string;
}) {
  if (request.provider === null) return <Nothing why="nobody answered" />;
  return (
    <span className="flex items-center gap-1.5 whitespace-nowrap">
      <span
        aria-hidden="true"
        className="h-3 w-1 shrink-0 rounded-full"
        style={{ background: colorValue(color(request.provider)) }}
      />
      <span className="max-w-40 truncate">{label(request.provider)}</span>
      {request.fallback_from !== null && (
        <span
          className="text-ink-faint"
          title={`${label(request.fallback_from)} could not take it (${request.fallback_reason ?? 'error'})`}
        >
          after {label(request.fallback_from)}
        </span>
      )}
    </span>
  );
}
