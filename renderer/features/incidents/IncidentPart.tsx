import { useMutation, useQuery } from '@tanstack/react-query';
import { Download, List } from 'lucide-react';
import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact } from '../../../shared/format/number.ts';
import { formatAbsolute, formatClockSeconds } from '../../../shared/format/time.ts';
import { Link } from '../../app/router.tsx';
import { useConsoleApi } from '../../api/client.ts';
import { writeRange } from '../../state/range.ts';
import { Button } from '../../ui/Button.tsx';
import { Money } from '../../ui/figures.tsx';
import { saveText } from '../../ui/files.ts';
import { Menu } from '../../ui/Menu.tsx';
import { Skeleton } from '../../ui/Skeleton.tsx';

const FORMATS = [
  { format: 'html', label: 'HTML with charts', type: 'text/html' },
  { format: 'md', label: 'Markdown', type: 'text/markdown' },
  { format: 'json', label: 'JSON', type: 'application/json' },
] as const;

/** An episode told as an incident: what callers lived through, the likely cause, minute by minute, and the report. */
export function IncidentPart({ id }: { id: number }) {
  const { query } = useConsoleApi();
  const incident = useQuery(query.incidents.get.queryOptions({ input: { id }, retry: false }));
  if (incident.data) return <Incident incident={incident.data} />;
  if (incident.error) {
    return (
      <p role="alert" className="my-3 text-bad">
        The incident could not be put together: {incident.error.message}
      </p>
    );
  }
  return <Skeleton height={200} label="Putting the incident together" />;
}

function Incident({ incident }: { incident: IncidentDetail }) {
  return (
    <section aria-label="Incident" className="my-4 flex flex-col gap-4">
      <div className="flex flex-wrap gap-2">
        <RequestsLink incident={incident} />
        <ReportMenu id={incident.id} />
      </div>
      <Figures incident={incident} />
      <div>
        <h3 className="mb-1 font-medium">Likely cause</h3>
        <p className="max-w-prose text-pretty">{incident.cause.summary}</p>
        {incident.cause.evidence.length > 0 && (
          <ul className="mt-1 list-disc pl-5 text-ink-muted">
            {incident.cause.evidence.map((evidence) => (
              <li key={evidence}>{evidence}</li>
            ))}
          </ul>
        )}
      </div>
      <div>
        <h3 className="mb-1 font-medium">Timeline</h3>
        <ol className="flex flex-col gap-1">
          {incident.timeline.map((entry) => (
            <li key={`${entry.at} ${entry.text}`} className="grid grid-cols-[4.5rem_1fr] gap-x-3">
              <time className="text-ink-faint tabular-nums" title={formatAbsolute(entry.at)}>
                {formatClockSeconds(entry.at)}
              </time>
              <span className="min-w-0 break-words">
                {entry.text}
                {entry.operator !== null && <span className="text-ink-muted"> ({entry.operator})</span>}
              </span>
            </li>
          ))}
        </ol>
      </div>
      {incident.notes.map((note) => (
        <p key={note} className="text-table text-ink-faint">
          {note}
        </p>
      ))}
    </section>
  );
}

function Figures({ incident }: { incident: IncidentDetail }) {
  const { requests, cause, extra_cost_usd: extra, pricing_unknown_requests: unpriced } = incident;
  const span = (ms: number | null) => (ms === null ? 'not seen' : formatDuration(ms));
  const count = (value: number | null) => (value === null ? 'not kept' : formatExact(value));
  const failures = cause.failures.map(
    ({ class: failure, count: times }) => `${failure.replaceAll('_', ' ')} ×${times}`,
  );
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 tabular-nums">
      {(
        [
          ['Detected after', span(incident.time_to_detect_ms)],
          ['Recovered after', incident.state === 'open' ? 'still open' : span(incident.time_to_recover_ms)],
          ['Requests affected', count(requests.affected)],
          ['Answered by another', count(requests.rerouted)],
          ['Slowed', count(requests.slowed)],
          ['Lost', count(requests.lost)],
          ['Failures of the primary', failures.join(', ') || 'none'],
        ] as const
      ).map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
      <dt className="text-ink-muted">Extra cost</dt>
      <dd>
        <Money usd={extra} unknown={unpriced} />
      </dd>
      {incident.budgets.map(({ name, limit, used_after: used, limit_value: value }) => (
        <div key={`${name} ${limit}`} className="contents">
          <dt className="text-ink-muted">Budget touched</dt>
          <dd>
            {name} {limit}: {formatExact(Math.round(used))} of {formatExact(Math.round(value))}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function RequestsLink({ incident }: { incident: IncidentDetail }) {
  const since = incident.started_at;
  const until = Math.max(since + 1, incident.full_share_at ?? incident.recovered_at ?? incident.charts.until);
  return (
    <Link
      to="/requests"
      parameters={{ range: writeRange({ kind: 'fixed', since, until }) }}
      className="inline-flex h-8 items-center gap-1.5 rounded-small border border-line-strong bg-raised px-3 hover:border-ink-faint"
    >
      <List aria-hidden="true" size={14} />
      Its requests
    </Link>
  );
}

function ReportMenu({ id }: { id: number }) {
  const { client } = useConsoleApi();
  const save = useMutation({
    mutationFn: async ({ format, type }: (typeof FORMATS)[number]) => {
      const file = await client.incidents.report({ id, format });
      saveText(`incident-${id}.${format}`, type, await file.text());
    },
  });
  return (
    <>
      <Menu
        trigger={
          <Button icon={Download} busy={save.isPending}>
            Report
          </Button>
        }
        items={FORMATS.map((each) => ({ key: each.format, label: each.label, onSelect: () => save.mutate(each) }))}
      />
      {save.error && <span className="text-bad">{save.error.message}</span>}
    </>
  );
}
