import type { ReactNode } from 'react';
import {
  MINIMUM_PAIRS,
  type Difference,
  type Experiments,
  type SideFigures,
} from '../../../shared/domain/experiments.ts';
import { formatCount, formatPercent } from '../../../shared/format/number.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { signedDuration, signedUsd } from './experiment-words.ts';

interface FigureRow {
  name: string;
  original: ReactNode;
  shadow: ReactNode;
  difference: ReactNode;
}

/** Both sides beside each other, over the requests that both answered, with what the differences may really be. */
export function ExperimentFigures({ experiments: { summary, config } }: { experiments: Experiments }) {
  const labels = useProviderLabels();
  const { compared, considered, pairs, priced, original, shadow } = summary;
  const sides = summary.originals.map(({ provider }) => labels(provider)).join(', ');
  const columns: Column<FigureRow>[] = [
    { key: 'name', header: 'Figure', cell: ({ name }) => name, className: 'whitespace-nowrap' },
    { key: 'original', header: sides || 'Original', numeric: true, cell: (row) => row.original },
    { key: 'shadow', header: config ? labels(config.provider) : 'Shadow', numeric: true, cell: (row) => row.shadow },
    {
      key: 'difference',
      header: 'Difference',
      title: 'Shadow minus original; the true difference lies within the interval with 95 % confidence.',
      numeric: true,
      cell: (row) => row.difference,
    },
  ];
  const rows: FigureRow[] = [
    {
      name: 'Answered',
      // Only what a caller got an answer to is sent again.
      original: <Quantity text="100 %" />,
      shadow:
        summary.success_rate === null ? (
          <Nothing why="no pair" />
        ) : (
          <Quantity text={formatPercent(summary.success_rate)} />
        ),
      difference: '',
    },
    durationRow('Duration p50', 'duration_ms', 'p50', original, shadow, {
      difference: summary.duration_p50_difference_ms,
      pairs: compared,
    }),
    durationRow('Duration p95', 'duration_ms', 'p95', original, shadow),
    durationRow('First token p50', 'first_token_ms', 'p50', original, shadow),
    durationRow('First token p95', 'first_token_ms', 'p95', original, shadow),
    {
      name: 'Output tokens, mean',
      original: <Mean value={original.mean_output_tokens} />,
      shadow: <Mean value={shadow.mean_output_tokens} />,
      difference: '',
    },
    {
      name: 'Cost, mean',
      original: <Cost usd={original.mean_cost_usd} />,
      shadow: <Cost usd={shadow.mean_cost_usd} />,
      difference: <Interval difference={summary.mean_cost_difference_usd} pairs={priced} format={signedUsd} />,
    },
  ];
  const newest = considered < pairs ? `, the newest ${formatCount(considered)}` : '';
  return (
    <Panel
      title={`Side by side over ${formatCount(compared)} ${compared === 1 ? 'request' : 'requests'} that both answered`}
      note={`of ${formatCount(pairs)}${newest}`}
      flush
      state={
        pairs === 0
          ? {
              kind: 'empty',
              title: 'No pair yet.',
              hint: 'The first one is here as soon as a request in the sample has been answered twice.',
            }
          : undefined
      }
    >
      <DataTable label="Side by side" columns={columns} rows={rows} rowKey={({ name }) => name} />
      {summary.failures.length > 0 && (
        <p className="px-3 py-2 text-table text-ink-muted">
          The copies that failed:{' '}
          {summary.failures
            .map(({ failure_class: failure, pairs: count }) => `${formatCount(count)} ${failure.replaceAll('_', ' ')}`)
            .join(', ')}
          .
        </p>
      )}
    </Panel>
  );
}

function durationRow(
  name: string,
  figure: 'duration_ms' | 'first_token_ms',
  percentile: 'p50' | 'p95',
  original: SideFigures,
  shadow: SideFigures,
  stated?: { difference: Difference | null; pairs: number },
): FigureRow {
  return {
    name,
    original: <Duration ms={original[figure]?.[percentile] ?? null} />,
    shadow: <Duration ms={shadow[figure]?.[percentile] ?? null} />,
    difference: stated ? <Interval {...stated} format={signedDuration} /> : '',
  };
}

interface IntervalProps {
  difference: Difference | null;
  pairs: number;
  format: (value: number) => string;
}

/** A difference with its interval, or that there are too few pairs to state one. */
function Interval({ difference, pairs, format }: IntervalProps) {
  if (!difference) {
    return (
      <span className="text-ink-faint">
        too few pairs yet: {formatCount(pairs)} of {MINIMUM_PAIRS}
      </span>
    );
  }
  const { value, low, high } = difference;
  return (
    <>
      {format(value)}{' '}
      <span className="block text-ink-muted">
        {format(low)} to {format(high)}
      </span>
    </>
  );
}

function Mean({ value }: { value: number | null }) {
  return value === null ? <Nothing why="no pair" /> : <Quantity text={formatCount(value)} />;
}

function Cost({ usd }: { usd: number | null }) {
  return usd === null ? <Nothing why="no pair whose prices are known" /> : <Money usd={usd} />;
}
