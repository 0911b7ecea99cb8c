import { useQuery } from '@tanstack/react-query';
import type { Drill } from '../../../shared/domain/drills.ts';
import { parseId } from '../../../shared/format/identifier.ts';
import { quote } from '../../../shared/format/quote.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useConsoleApi } from '../../api/client.ts';
import { useStatus } from '../../state/live.ts';
import { useProviderLabels } from '../../state/provider-colors.ts';
import { Count } from '../../ui/figures.tsx';
import { Dialog } from '../../ui/Dialog.tsx';
import { Missing } from '../../ui/Missing.tsx';
import { DataTable, type Column } from '../../ui/DataTable.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Skeleton } from '../../ui/Skeleton.tsx';
import { StatusMark } from '../../ui/StatusMark.tsx';
import { RelativeTime } from '../../ui/time.tsx';
import { DrillDrawer } from './DrillDrawer.tsx';
import { drillMark, faultWords } from './drill-words.ts';
import { PlanDrill } from './PlanDrill.tsx';

/** Faults on purpose: plan one, watch it, and read how the last ones ended. */
export function DrillsView() {
  const status = useStatus();
  const { query } = useConsoleApi();
  const [chosen, choose] = useSearchParameter('drill');
  const open = status?.drill ?? null;
  const list = useQuery(
    query.drills.list.queryOptions({
      input: {},
      // A drill that changes its state is a transition; the list follows it.
      queryKey: [...query.drills.list.queryKey({ input: {} }), open ? `${open.id} ${open.state}` : ''],
      placeholderData: (previous) => previous,
    }),
  );
  const drills = (list.data?.drills ?? []).map((drill) => (drill.id === open?.id ? open : drill));
  const shown = drills.find(({ id }) => String(id) === chosen);
  if (!status) return <Skeleton height={320} label="Loading drills" />;
  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <h1 className="sr-only">Drills</h1>
      <PlanDrill key={status.primary} status={status} />
      <Panel
        title="Drills so far"
        flush
        state={panelStateOf({ ...list, isPlaceholderData: false }, (data) =>
          data.drills.length === 0
            ? {
                title: 'No drill yet.',
                hint: 'A drill shows what callers live through before a provider fails in earnest.',
              }
            : null,
        )}
      >
        <DrillTable drills={drills} chosen={chosen} onChoose={(drill) => choose(String(drill.id))} />
      </Panel>
      {shown && <DrillDrawer drill={shown} onClose={() => choose(null)} />}
      {chosen !== null && !shown && list.isSuccess && <OlderDrill named={chosen} onClose={() => choose(null)} />}
    </div>
  );
}

/** A drill that the list does not hold, as an old link may name one. */
function OlderDrill({ named, onClose }: { named: string; onClose: () => void }) {
  const { query } = useConsoleApi();
  const id = parseId(named);
  const drill = useQuery(
    query.drills.get.queryOptions({ input: { id: id ?? 0 }, enabled: id !== null, placeholderData: undefined }),
  );
  if (drill.data) return <DrillDrawer drill={drill.data} onClose={onClose} />;
  const problem = id === null ? `There is no drill ${quote(named)}: drills are numbered.` : drill.error?.message;
  if (problem === undefined) return null;
  return (
    <Dialog open shape="drawer" title="No such drill" onOpenChange={onClose}>
      <Missing sentence={problem} back="Back to the drills" onBack={onClose} />
    </Dialog>
  );
}

interface DrillTableProps {
  drills: readonly Drill[];
  chosen: string | null;
  onChoose: (drill: Drill) => void;
}

function DrillTable({ drills, chosen, onChoose }: DrillTableProps) {
  const labels = useProviderLabels();
  const columns: Column<Drill>[] = [
    { key: 'id', header: 'Drill', cell: ({ id }) => id, sortValue: ({ id }) => id },
    {
      key: 'outcome',
      header: 'Outcome',
      cell: (drill) => {
        const { status, word } = drillMark(drill);
        return <StatusMark status={status} word={word} />;
      },
      sortValue: (drill) => drillMark(drill).word,
    },
    {
      key: 'provider',
      header: 'Provider',
      cell: ({ provider }) => labels(provider),
      sortValue: ({ provider }) => provider,
    },
    { key: 'fault', header: 'Fault', cell: faultWords },
    {
      key: 'lost',
      header: 'Lost',
      title: 'Requests of callers that failed',
      numeric: true,
      cell: ({ figures }) => <Count value={figures.lost_requests} />,
      sortValue: ({ figures }) => figures.lost_requests,
    },
    {
      key: 'began',
      header: 'Began',
      cell: ({ starts_at: at }) => <RelativeTime at={at} />,
      sortValue: ({ starts_at: at }) => at,
    },
    { key: 'operator', header: 'Operator', cell: ({ operator }) => operator },
    { key: 'reason', header: 'Reason', cell: ({ reason }) => reason },
  ];
  return (
    <DataTable
      label="Drills"
      columns={columns}
      rows={drills}
      rowKey={({ id }) => String(id)}
      initialSort={{ key: 'id', descending: true }}
      onSelect={onChoose}
      selectedKey={chosen}
    />
  );
}
