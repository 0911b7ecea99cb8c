import type { ReactNode } from 'react';
import type { ReplayExample, ReplayResult, ReplaySide } from '../../../shared/domain/replay.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatCount, formatPercent, formatUsd } from '../../../shared/format/number.ts';
import { Link } from '../../app/router.tsx';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { changeWords, outcomeWords, providerShifts, type ProviderShift } from './replay-model.ts';

/** What would have been different. */
export function ReplayFigures({ result }: { result: ReplayResult }) {
  return (
    <div className="flex flex-col gap-3">
      <Summary result={result} />
      <div className="grid items-start gap-3 2xl:grid-cols-2">
        <Shares result={result} />
        <Moves result={result} />
      </div>
      <Examples examples={result.examples} />
      <Panel title="What the figures rest on">
        <ul className="list-disc pl-5 text-ink-muted">
          {assumptionsOf(result).map((assumption) => (
            <li key={assumption}>{assumption}</li>
          ))}
        </ul>
      </Panel>
    </div>
  );
}

function assumptionsOf(result: ReplayResult): string[] {
  const { latency_unknown_requests: unmeasured, usage_estimated_requests: estimated } = result;
  const { approximated_requests: approximated } = result;
  return [
    ...result.assumptions,
    ...(unmeasured > 0 ? [`${formatCount(unmeasured)} requests go where no latency was measured.`] : []),
    ...(estimated > 0 ? [`The tokens of ${formatCount(estimated)} requests are the mean of the others.`] : []),
    ...(approximated > 0 ? [`${formatCount(approximated)} requests keep the tier they had.`] : []),
  ];
}

interface SummaryRow {
  name: string;
  before: ReactNode;
  after: ReactNode;
  change: string;
}

const SUMMARY_COLUMNS: readonly Column<SummaryRow>[] = [
  { key: 'name', header: 'Figure', cell: ({ name }) => name },
  { key: 'before', header: 'As it was', numeric: true, cell: ({ before }) => before },
  { key: 'after', header: 'Would be', numeric: true, cell: ({ after }) => after },
  {
    key: 'change',
    header: 'Change',
    numeric: true,
    cell: ({ change }) => <span className="text-ink-muted">{change}</span>,
  },
];

function Summary({ result }: { result: ReplayResult }) {
  const { before, after, requests, changed } = result;
  const latency = (side: ReplaySide, which: 'p50' | 'p95') => side.latency_ms?.[which] ?? null;
  const rows: SummaryRow[] = [
    {
      name: 'Cost',
      before: <Money usd={before.cost_usd} unknown={before.pricing_unknown_requests} />,
      after: <Money usd={after.cost_usd} unknown={after.pricing_unknown_requests} />,
      change: changeWords(before.cost_usd, after.cost_usd, formatUsd),
    },
    countRow('Served', before.served, after.served),
    countRow('Refused by a budget', before.refused_by_budget, after.refused_by_budget),
    countRow('Not served', before.failed, after.failed),
    ...(['p50', 'p95'] as const).map((which) => {
      const was = latency(before, which);
      const is = latency(after, which);
      return {
        name: `Latency ${which}`,
        before: <Duration ms={was} />,
        after: <Duration ms={is} />,
        change: was === null || is === null ? '' : changeWords(Math.round(was), Math.round(is), formatDuration),
      };
    }),
  ];
  return (
    <Panel
      title={
        changed === 0
          ? 'Nothing would change'
          : `${formatPercent(changed / requests)} of ${formatCount(requests)} requests would go another way`
      }
      flush
    >
      <DataTable
        label="As it was and as it would be"
        columns={SUMMARY_COLUMNS}
        rows={rows}
        rowKey={({ name }) => name}
      />
    </Panel>
  );
}

function countRow(name: string, before: number, after: number) {
  const words = (value: number) => <Quantity text={formatCount(value)} />;
  return { name, before: words(before), after: words(after), change: changeWords(before, after, formatCount) };
}

function Shares({ result }: { result: ReplayResult }) {
  const labels = useProviderLabels();
  const share = (side: ProviderShift['before']) =>
    side === null ? <Nothing why="nothing" /> : <Quantity text={formatPercent(side.share)} />;
  const cost = (side: ProviderShift['before']) =>
    side === null ? <Nothing why="nothing" /> : <Money usd={side.cost_usd} unknown={side.pricing_unknown_requests} />;
  const columns: Column<ProviderShift>[] = [
    { key: 'provider', header: 'Provider', cell: ({ provider }) => labels(provider), className: 'whitespace-nowrap' },
    { key: 'before', header: 'Share then', numeric: true, cell: ({ before }) => share(before) },
    { key: 'after', header: 'Share', numeric: true, cell: ({ after }) => share(after) },
    { key: 'cost-before', header: 'Cost then', numeric: true, cell: ({ before }) => cost(before) },
    { key: 'cost-after', header: 'Cost', numeric: true, cell: ({ after }) => cost(after) },
    {
      key: 'p95',
      header: 'p95',
      title: 'Expected latency from what was measured of the provider',
      numeric: true,
      cell: ({ after }) => <Duration ms={after?.latency_ms?.p95 ?? null} />,
    },
  ];
  return (
    <Panel title="By provider" flush>
      <DataTable
        label="Shares by provider"
        columns={columns}
        rows={providerShifts(result)}
        rowKey={({ provider }) => provider}
      />
    </Panel>
  );
}

function Moves({ result }: { result: ReplayResult }) {
  const labels = useProviderLabels();
  const name = (provider: string | null) => (provider === null ? 'nobody' : labels(provider));
  const moves = result.moves.map(({ from, to, requests }) => `${name(from)} → ${name(to)}: ${formatCount(requests)}`);
  const tiers = result.tier_changes.map(
    ({ from, to, requests }) => `${from ?? 'no tier'} → ${to ?? 'no tier'}: ${formatCount(requests)}`,
  );
  const nothing = moves.length === 0 && tiers.length === 0;
  return (
    <Panel
      title="Moves"
      state={nothing ? { kind: 'empty', title: 'No request changes its provider or tier.' } : undefined}
    >
      <div className="grid gap-3 sm:grid-cols-2">
        <MoveList title="Providers" lines={moves} />
        <MoveList title="Tiers" lines={tiers} />
      </div>
    </Panel>
  );
}

function MoveList({ title, lines }: { title: string; lines: readonly string[] }) {
  return (
    <div>
      <h3 className="text-table font-medium text-ink-muted">{title}</h3>
      {lines.length === 0 ? (
        <p className="text-ink-faint">No change.</p>
      ) : (
        <ul className="tabular-nums">
          {lines.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Examples({ examples }: { examples: readonly ReplayExample[] }) {
  const labels = useProviderLabels();
  const columns: Column<ReplayExample>[] = [
    {
      key: 'id',
      header: 'Request',
      cell: ({ id }) => (
        <Link to="/requests" parameters={{ request: id }} className="font-mono text-accent hover:underline">
          {id.slice(0, 12)}
        </Link>
      ),
    },
    { key: 'at', header: 'Time', cell: ({ at }) => <RelativeTime at={at} /> },
    { key: 'model', header: 'Asked for', cell: ({ requested_model: model }) => model },
    { key: 'before', header: 'Went to', cell: ({ before }) => outcomeWords(before, labels) },
    { key: 'after', header: 'Would go to', cell: ({ after }) => outcomeWords(after, labels) },
    { key: 'reason', header: 'Why', cell: ({ reason }) => reason },
  ];
  return (
    <Panel
      title="Requests that would go another way"
      note="examples"
      flush
      state={examples.length === 0 ? { kind: 'empty', title: 'None would.' } : undefined}
    >
      <DataTable label="Examples" columns={columns} rows={examples} rowKey={({ id }) => id} />
    </Panel>
  );
}
