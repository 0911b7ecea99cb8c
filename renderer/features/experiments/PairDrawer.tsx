import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { ShadowPair, ShadowSide } from '../../../shared/domain/experiments.ts';
import { formatCount, formatPercent } from '../../../shared/format/number.ts';
import { parseId, shortenId } from '../../../shared/format/identifier.ts';
import { quote } from '../../../shared/format/quote.ts';
import { isNotFound, useConsoleApi } from '../../api/client.ts';
import { Link } from '../../app/router.tsx';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { Button } from '../../ui/Button.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Fact, Facts } from '../../ui/Facts.tsx';
import { Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { Missing } from '../../ui/Missing.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { outcomeMark } from './experiment-words.ts';

/** One pair: both answers in figures, and the way to both requests. */
export function PairDrawer({ named, onClose }: { named: string; onClose: () => void }) {
  const { query } = useConsoleApi();
  const id = parseId(named);
  const pair = useQuery(
    query.experiments.pair.queryOptions({
      input: { id: id ?? 0 },
      enabled: id !== null,
      retry: false,
      placeholderData: undefined,
    }),
  );
  const missing =
    id === null
      ? `There is no pair ${quote(named)}: pairs are numbered.`
      : isNotFound(pair.error)
        ? pair.error?.message
        : undefined;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      shape="drawer"
      title={id === null ? 'No such pair' : `Pair ${id}`}
    >
      {pair.data && <Detail pair={pair.data} />}
      {id !== null && pair.isPending && <Skeleton height={240} label="Loading the pair" />}
      {missing !== undefined && <Missing sentence={missing} back="Back to the experiments" onBack={onClose} />}
      {pair.error && missing === undefined && (
        <div role="alert" className="flex flex-col items-start gap-2">
          <p className="text-bad">{pair.error.message}</p>
          <Button size="small" onClick={() => void pair.refetch()}>
            Try again
          </Button>
        </div>
      )}
    </Dialog>
  );
}

interface Line {
  name: string;
  cell: (side: ShadowSide) => ReactNode;
}

const LINES: readonly Line[] = [
  { name: 'Model', cell: ({ model }) => model },
  { name: 'Duration', cell: (side) => <Duration ms={side.duration_ms} /> },
  { name: 'First token', cell: (side) => <Duration ms={side.first_token_ms} missing="none was seen" /> },
  { name: 'Output tokens', cell: (side) => <Quantity text={formatCount(side.output_tokens)} /> },
  { name: 'Cost', cell: (side) => <Money usd={side.cost_usd} unknown={side.pricing_unknown} /> },
  {
    name: 'Finish reason',
    cell: ({ finish_reason: reason }) => reason?.replaceAll('_', ' ') ?? <Nothing why="no whole answer" />,
  },
  {
    name: 'Request',
    cell: ({ request_id: id }) => (
      <Link to="/requests" parameters={{ request: id }} title={id} className="font-mono text-accent hover:underline">
        {shortenId(id)}
      </Link>
    ),
  },
];

function Detail({ pair }: { pair: ShadowPair }) {
  const labels = useProviderLabels();
  const { original, shadow, similarity, length_ratio: ratio, json, tool_calls: tools } = pair;
  const readable = useReadableReason();
  const mark = outcomeMark(shadow);
  const columns: Column<Line>[] = [
    { key: 'name', header: 'Figure', cell: ({ name }) => name },
    { key: 'original', header: labels(original.provider), numeric: true, cell: ({ cell }) => cell(original) },
    { key: 'shadow', header: labels(shadow.provider), numeric: true, cell: ({ cell }) => cell(shadow) },
  ];
  return (
    <div className="flex flex-col gap-4">
      <Facts>
        <Fact label="Copy">
          <StatusMark status={mark.status} word={mark.word} />
        </Fact>
        {shadow.message !== null && <Fact label="Why">{readable(shadow.message, pair.at)}</Fact>}
        <Fact label="Sent">
          <RelativeTime at={pair.at} />
          {pair.call_site !== null && ` from ${pair.call_site}`}, {pair.streamed ? 'streamed' : 'whole'}
        </Fact>
      </Facts>
      <DataTable label="Both answers" columns={columns} rows={LINES} rowKey={({ name }) => name} />
      <Facts>
        <Fact label="Words shared">
          {similarity === null ? <Nothing why="no two texts" /> : <Quantity text={formatPercent(similarity)} />}
        </Fact>
        <Fact label="Length">
          {ratio === null ? (
            <Nothing why="no two texts" />
          ) : (
            <Quantity text={`${formatPercent(ratio)} of the original's`} />
          )}
        </Fact>
        {json && (
          <Fact label="Valid JSON">
            original {yesOrNo(json.original)}, shadow {yesOrNo(json.shadow)}
          </Fact>
        )}
        {tools !== null && <Fact label="Tool calls">{TOOL_WORDS[tools]}</Fact>}
      </Facts>
    </div>
  );
}

const TOOL_WORDS = {
  same: 'the same tools with the same arguments',
  same_names: 'the same tools with other arguments',
  different: 'other tools',
} as const;

function yesOrNo(value: boolean): string {
  return value ? 'yes' : 'no';
}
