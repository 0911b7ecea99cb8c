import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact } from '../../../shared/format/number.ts';
import type { IncidentSummary } from '../../../shared/domain/incidents.ts';
import { useConsoleApi } from '../../api/client.ts';
import type { ChartSeries } from '../../ui/charts/chart-model.ts';
import { TimeChart } from '../../ui/charts/TimeChart.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';

const INPUT = { since: '90d' };

/** How fast trouble was noticed and over, by week; drills are left out. */
export function IncidentFigures() {
  const { query } = useConsoleApi();
  const summary = useQuery(query.incidents.summary.queryOptions({ input: INPUT }));
  const weeks = (summary.data?.weeks ?? []).filter(({ incidents }) => incidents > 0);
  const span = (ms: number | null) => (ms === null ? '—' : formatDuration(ms));
  return (
    <Panel
      title="Time to detect and to recover"
      note="means by week, last 90 days"
      flush
      state={panelStateOf(summary, () => (weeks.length === 0 ? { title: 'No incident in the last 90 days.' } : null))}
    >
      {summary.data && weeks.length > 1 && (
        <div className="p-3">
          <TimeChart
            series={weeklySeries(summary.data)}
            kind="line"
            format={formatDuration}
            height={110}
            domain={[
              summary.data.weeks[0]?.from ?? summary.data.since,
              summary.data.weeks.at(-1)?.from ?? summary.data.until,
            ]}
            ariaLabel="Mean time to detect and to recover by week"
          />
        </div>
      )}
      <div tabIndex={0} className="overflow-x-auto">
        <table className="w-full text-table tabular-nums">
          <thead>
            <tr className="text-left text-ink-muted">
              {['Week of', 'Incidents', 'Outages', 'Requests lost', 'To detect', 'To recover'].map((name, index) => (
                <th key={name} className={`px-3 py-1.5 font-medium ${index > 0 ? 'text-right' : ''}`}>
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {weeks.toReversed().map((week) => (
              <tr key={week.from} className="border-t border-line">
                <th scope="row" className="px-3 py-1.5 text-left font-normal">
                  {new Date(week.from).toISOString().slice(0, 10)}
                </th>
                {[
                  formatExact(week.incidents),
                  formatExact(week.outages),
                  formatExact(week.lost_requests),
                  span(week.mean_time_to_detect_ms),
                  span(week.mean_time_to_recover_ms),
                ].map((value, index) => (
                  // The columns have no identity but their place.
                  <td key={index} className="px-3 py-1.5 text-right">
                    {value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Panel>
  );
}

function weeklySeries({ weeks }: IncidentSummary): ChartSeries[] {
  return [
    {
      key: 'recover',
      label: 'to recover',
      color: 'accent',
      points: weeks.map(({ from, mean_time_to_recover_ms: value }) => ({ at: from, value })),
    },
    {
      key: 'detect',
      label: 'to detect',
      color: 'neutral',
      dashed: true,
      points: weeks.map(({ from, mean_time_to_detect_ms: value }) => ({ at: from, value })),
    },
  ];
}
