import { useQuery } from '@tanstack/react-query';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact } from '../../../shared/format/number.ts';
import { useConsoleApi } from '../../api/client.ts';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';

const INPUT = { since: '90d' };

/** How fast trouble was noticed and over, by week; drills are left out. */
export function IncidentFigures({ version }: { version: string }) {
  const { query } = useConsoleApi();
  const summary = useQuery(
    query.incidents.summary.queryOptions({
      input: INPUT,
      queryKey: [...query.incidents.summary.queryKey({ input: INPUT }), version],
      placeholderData: (previous) => previous,
    }),
  );
  const weeks = (summary.data?.weeks ?? []).filter(({ incidents }) => incidents > 0);
  const span = (ms: number | null) => (ms === null ? '—' : formatDuration(ms));
  return (
    <Panel
      title="Time to detect and to recover"
      note="means by week, last 90 days"
      flush
      state={panelStateOf({ ...summary, isPlaceholderData: false }, () =>
        weeks.length === 0 ? { title: 'No incident in the last 90 days.' } : null,
      )}
    >
      <div className="overflow-x-auto">
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
            {weeks.map((week) => (
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
