import { useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import type { CostRow, Costs } from '../../../shared/domain/history.ts';
import { formatUsd } from '../../../shared/format/number.ts';
import { viewerTimeZone } from '../../../shared/format/time.ts';
import { useConsoleApi } from '../../api/client.ts';
import { useSearchParameter } from '../../app/router.tsx';
import { useRange } from '../../app/use-range.ts';
import { rangeLabel, rangeQuery } from '../../state/range.ts';
import { Button } from '../../ui/Button.tsx';
import { sortRows, type Sort } from '../../ui/DataTable.tsx';
import { Menu } from '../../ui/Menu.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { Panel } from '../../ui/Panel.tsx';
import { Segmented } from '../../ui/Segmented.tsx';
import { Budgets } from './Budgets.tsx';
import { saveText } from '../../ui/files.ts';
import { costsToCsv, costsToJson, exportName } from './costs-export.ts';
import { COST_GROUPS, orderedRows, parseGroup } from './costs-model.ts';
import { CostTable, firstSort, useCostColumns } from './CostTable.tsx';
import { CostTotals } from './CostTotals.tsx';
import { CostTrend } from './CostTrend.tsx';
import { UnpricedNote } from './UnpricedNote.tsx';

/** What was spent, on what, and what is left of the budgets. */
export function CostsView() {
  const range = useRange();
  const { query } = useConsoleApi();
  const [groupText, setGroup] = useSearchParameter('group');
  const group = parseGroup(groupText);
  const zone = viewerTimeZone();
  const input = { ...rangeQuery(range), group_by: group, time_zone: zone };
  const answer = useQuery(query.costs.queryOptions({ input }));
  const costs = answer.data;
  const columns = useCostColumns(costs);
  // Another grouping has other columns to be sorted by, and begins anew.
  const [chosen, setChosen] = useState<{ group: string; sort: Sort } | null>(null);
  const sort = chosen && chosen.group === costs?.group_by ? chosen.sort : firstSort(costs?.group_by ?? group);
  const label = rangeLabel(range);
  const empty = () => ({
    title: `No requests in the ${label}`,
    hint: 'Every request through the gateway appears here with its tokens and its cost.',
  });
  const state = panelStateOf(answer, (data) => (data.totals.requests === 0 ? empty() : null));

  return (
    <div className="flex flex-col gap-2 sm:gap-3">
      <h1 className="sr-only">Costs</h1>
      <Panel title={costs ? costTitle(costs) : 'Costs'} note={label} flush minHeight={72} state={state}>
        {costs && <CostTotals costs={costs} />}
      </Panel>
      {costs && <UnpricedNote costs={costs} range={rangeQuery(range)} />}
      <div className="grid min-w-0 gap-2 sm:gap-3 xl:grid-cols-[minmax(0,2fr)_minmax(20rem,1fr)]">
        <CostTrend />
        <Budgets />
      </div>
      <Panel
        title="Breakdown"
        note={`days and hours in ${costs?.time_zone ?? zone}`}
        actions={
          <>
            <Segmented label="Group by" size="small" value={group} onChange={setGroup} options={COST_GROUPS} />
            <ExportMenu costs={costs} rows={costs ? sortRows(orderedRows(costs), columns, sort) : []} />
          </>
        }
        flush
        minHeight={160}
        state={state}
      >
        {costs && (
          <CostTable
            costs={costs}
            columns={columns}
            sort={sort}
            onSort={(next) => setChosen({ group: costs.group_by, sort: next })}
          />
        )}
      </Panel>
    </div>
  );
}

function costTitle({ totals }: Costs): string {
  if (totals.requests === 0) return 'Costs';
  if (totals.pricing_unknown_requests === totals.requests) return 'What this cost is unknown';
  return `${formatUsd(totals.cost_usd)} spent${totals.pricing_unknown_requests > 0 ? ', without what has no known price' : ''}`;
}

/** The table as a file: the same rows in the same order, grouping and range. */
function ExportMenu({ costs, rows }: { costs: Costs | undefined; rows: readonly CostRow[] }) {
  const trigger = (
    <Button size="small" icon={Download} disabled={!costs || costs.rows.length === 0}>
      Export
    </Button>
  );
  if (!costs) return trigger;
  return (
    <Menu
      trigger={trigger}
      items={[
        {
          key: 'csv',
          label: 'CSV',
          hint: `${costs.rows.length} rows and the total`,
          onSelect: () => saveText(exportName(costs, 'csv'), 'text/csv;charset=utf-8', costsToCsv(costs, rows)),
        },
        {
          key: 'json',
          label: 'JSON',
          onSelect: () => saveText(exportName(costs, 'json'), 'application/json', costsToJson(costs, rows)),
        },
      ]}
    />
  );
}
