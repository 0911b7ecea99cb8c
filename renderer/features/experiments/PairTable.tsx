import type { ShadowPair } from '../../../shared/domain/experiments.ts';
import { formatCount, formatPercent } from '../../../shared/format/number.ts';
import { Button } from '../../ui/Button.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Duration, Money, Nothing, Quantity } from '../../ui/figures.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { outcomeMark } from './experiment-words.ts';
import { useShadowPairs } from './use-experiments.ts';

interface PairTableProps {
  chosen: string | null;
  onChoose: (pair: number) => void;
}

/** Every pair that is kept, newest first. */
export function PairTable({ chosen, onChoose }: PairTableProps) {
  const list = useShadowPairs();
  const labels = useProviderLabels();
  const pairs = list.data?.pages.flatMap((page) => page.pairs) ?? [];
  const newest = list.hasNextPage ? ' newest' : '';
  return (
    <Panel
      title={pairs.length === 0 ? 'Pairs' : `${formatCount(pairs.length)}${newest} pairs`}
      flush
      state={panelStateOf(list, () =>
        pairs.length > 0 ? null : { title: 'No pair yet.', hint: 'Each request that was sent twice is a line here.' },
      )}
    >
      <DataTable
        label="Pairs"
        columns={columns(labels)}
        rows={pairs}
        rowKey={({ id }) => String(id)}
        selectedKey={chosen}
        onSelect={({ id }) => onChoose(id)}
      />
      {list.hasNextPage && (
        <div className="flex justify-center p-2">
          <Button size="small" busy={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            Show older pairs
          </Button>
        </div>
      )}
    </Panel>
  );
}

function columns(labels: (provider: string) => string): Column<ShadowPair>[] {
  return [
    { key: 'at', header: 'When', cell: ({ at }) => <RelativeTime at={at} />, className: 'text-ink-muted' },
    {
      key: 'copy',
      header: 'Copy',
      cell: ({ shadow }) => {
        const { status, word } = outcomeMark(shadow);
        return <StatusMark status={status} word={word} />;
      },
    },
    {
      key: 'providers',
      header: 'Between',
      cell: ({ original, shadow }) => `${labels(original.provider)} and ${labels(shadow.provider)}`,
      className: 'max-w-64 truncate max-sm:hidden',
    },
    {
      key: 'call_site',
      header: 'Call site',
      cell: ({ call_site: site }) => site ?? <Nothing why="from no call site" />,
      className: 'max-lg:hidden',
    },
    {
      key: 'original',
      header: 'Original',
      title: 'Time to the whole answer',
      numeric: true,
      cell: ({ original }) => <Duration ms={original.duration_ms} />,
    },
    {
      key: 'shadow',
      header: 'Shadow',
      title: 'Time to the whole answer, or to the failure',
      numeric: true,
      cell: ({ shadow }) => <Duration ms={shadow.duration_ms} />,
    },
    {
      key: 'cost',
      header: 'Cost of the copy',
      numeric: true,
      cell: ({ shadow }) => <Money usd={shadow.cost_usd} unknown={shadow.pricing_unknown} />,
      className: 'max-sm:hidden',
    },
    {
      key: 'similarity',
      header: 'Words shared',
      numeric: true,
      cell: ({ similarity }) =>
        similarity === null ? <Nothing why="no two texts" /> : <Quantity text={formatPercent(similarity)} />,
    },
  ];
}
