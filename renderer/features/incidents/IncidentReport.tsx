import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { formatAbsolute, formatClockSeconds } from '../../../shared/format/time.ts';
import { isNotFound, useConsoleApi } from '../../api/client.ts';
import { Link } from '../../app/router.tsx';
import { isStale, useConnection } from '../../state/connection.ts';
import { useProviders } from '../../state/live.ts';
import { useProviderColors, useProviderLabels } from '../../state/provider-colors.ts';
import { useReadableReason } from '../../state/reason-words.ts';
import { TimeChart } from '../../ui/charts/TimeChart.tsx';
import { Facts, Fact } from '../../ui/Facts.tsx';
import { Count, Duration, Money, Nothing } from '../../ui/figures.tsx';
import { Missing } from '../../ui/Missing.tsx';
import { Panel } from '../../ui/Panel.tsx';
import { panelStateOf } from '../../ui/panel-state.ts';
import { StatusMark, StatusShape } from '../../ui/StatusMark.tsx';
import { formatCount } from '../../../shared/format/number.ts';
import { useAnnotations } from '../annotations/use-annotations.ts';
import { AnnotationShape } from '../../ui/charts/AnnotationMarks.tsx';
import { ReportMenu } from './ReportMenu.tsx';
import {
  afterWords,
  budgetWords,
  countedWords,
  explainIncident,
  incidentMark,
  timelineMark,
} from './incident-words.ts';

interface IncidentReportProps {
  id: number;
  /** Epoch ms until which one that lasts is told. */
  now: number;
  /** Why its episode began, as a sentence; null where the episode is not at hand. */
  reason: string | null;
  /** The way back where there is no such incident. */
  onLeave: () => void;
}

/** One incident as it is told from what was stored: cause, figures, what happened in order, and its requests over time. */
export function IncidentReport({ id, now, reason, onLeave }: IncidentReportProps) {
  const { client, query } = useConsoleApi();
  const stale = useConnection(isStale);
  const answer = useQuery(query.incidents.get.queryOptions({ input: { id } }));
  const names = useProviderLabels();
  const readable = useReadableReason();
  const providers = useProviders();
  const incident = answer.data;
  if (isNotFound(answer.error) && answer.error) {
    return <Missing sentence={answer.error.message} back="Back to the fallbacks" onBack={onLeave} />;
  }
  if (!incident) return <Panel title="Incident" state={panelStateOf(answer)} minHeight={240} />;
  return (
    <section aria-label="Incident" className="flex flex-col gap-4">
      {answer.error && (
        <p role="alert" className="text-warn">
          This may be old: {answer.error.message}
        </p>
      )}
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <StatusMark {...incidentMark(incident)} />
        <div className="ml-auto flex items-center gap-2">
          <ReportMenu
            name={`incident-${id}`}
            load={(format) => client.incidents.report({ id, format })}
            disabled={stale}
          />
        </div>
      </div>
      <div className="flex flex-col gap-1.5">
        {[
          ...explainIncident(incident, {
            names,
            now,
            fromIsSelfHosted: providers.some(
              ({ name, deployment }) => name === incident.provider && deployment === 'self-hosted',
            ),
          }),
          ...(reason === null ? [] : [reason]),
        ].map((sentence) => (
          <p key={sentence} className="max-w-prose break-words">
            {sentence}
          </p>
        ))}
      </div>
      <Cause incident={incident} />
      <Figures incident={incident} now={answer.dataUpdatedAt} />
      <RequestsOverTime incident={incident} />
      <Timeline incident={incident} />
      {incident.budgets.length > 0 && <Budgets incident={incident} />}
      <Meanwhile incident={incident} />
      {incident.notes.length > 0 && (
        <Part title="About these figures">
          <ul className="list-disc pl-5 text-ink-muted">
            {incident.notes.map((note) => (
              <li key={note}>{readable(note, incident.started_at)}</li>
            ))}
          </ul>
        </Part>
      )}
    </section>
  );
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="mb-1 font-medium">{title}</h3>
      {children}
    </section>
  );
}

function Cause({ incident }: { incident: IncidentDetail }) {
  const readable = useReadableReason();
  const { cause, drill_id: drill } = incident;
  return (
    <Part title="Likely cause">
      {drill !== null && (
        <p>
          <Link to="/drills" parameters={{ drill: String(drill) }} className="text-accent underline underline-offset-2">
            exercised by drill {drill}
          </Link>
        </p>
      )}
      <p className="max-w-prose text-pretty">{readable(cause.summary, incident.started_at)}</p>
      {cause.evidence.length > 0 && (
        <ul className="mt-1 list-disc pl-5 text-ink-muted">
          {cause.evidence.map((each) => (
            <li key={each} className="break-words">
              {readable(each, incident.started_at)}
            </li>
          ))}
        </ul>
      )}
    </Part>
  );
}

function Figures({ incident, now }: { incident: IncidentDetail; now: number }) {
  const { requests } = incident;
  const known = (value: number | null) =>
    value === null ? <Nothing why="not known any more" /> : <Count value={value} />;
  // A minute on both sides: a request that was under way is part of it.
  const range = `${incident.started_at - 60_000}-${(incident.full_share_at ?? incident.recovered_at ?? incident.charts.until) + 60_000}`;
  return (
    <Part title="Figures">
      <Facts>
        <Fact label="Requests affected">
          <Count value={requests.affected} />
          {': '}
          <Link to="/requests" parameters={{ range }} className="text-accent underline underline-offset-2">
            all of that time
          </Link>
          {', '}
          <Link
            to="/requests"
            parameters={{ range, fallback: '1' }}
            className="text-accent underline underline-offset-2"
          >
            those that fell back
          </Link>
          {', '}
          <Link
            to="/requests"
            parameters={{ range, status: 'error' }}
            className="text-accent underline underline-offset-2"
          >
            those that failed
          </Link>
        </Fact>
        <Fact label="Answered by another">
          <Count value={requests.rerouted} />
        </Fact>
        <Fact label="Slowed">{known(requests.slowed)}</Fact>
        <Fact label="Lost">
          <span className={requests.lost > 0 ? 'text-bad' : undefined}>
            <Count value={requests.lost} />
          </span>
        </Fact>
        <Fact label="Callers who left">{known(requests.cancelled)}</Fact>
        <Fact label="Extra cost">
          <Money usd={incident.extra_cost_usd} unknown={incident.pricing_unknown_requests} />
        </Fact>
        <Fact label="Time to detect">
          <Duration ms={incident.time_to_detect_ms} missing="it was not marked down" />
        </Fact>
        <Fact label="Time to recover">
          <Duration
            ms={incident.time_to_recover_ms}
            missing={incident.state === 'open' ? 'it has not recovered yet' : 'not while it was the primary'}
          />
        </Fact>
      </Facts>
      <p className="mt-1 text-table text-pretty text-ink-faint">{countedWords(incident, now)}</p>
    </Part>
  );
}

function RequestsOverTime({ incident }: { incident: IncidentDetail }) {
  const { charts } = incident;
  const names = useProviderLabels();
  const colors = useProviderColors();
  const { annotations } = useAnnotations({ since: String(charts.since), until: String(charts.until) });
  const series = charts.providers
    .filter(({ points }) => points.some(({ requests }) => requests > 0))
    .map(({ provider, points }) => ({
      key: provider,
      label: names(provider),
      color: colors(provider),
      points: points.map(({ at, requests }) => ({ at, value: requests })),
    }));
  return (
    <Part title="Requests by who answered">
      {series.length === 0 ? (
        <p className="text-ink-muted">No request of that time is kept.</p>
      ) : (
        <TimeChart
          series={series}
          kind="stacked-bar"
          format={formatCount}
          height={120}
          domain={[charts.since, charts.until]}
          annotations={annotations}
          ariaLabel="Requests by who answered, with some time before and after the incident"
        />
      )}
    </Part>
  );
}

function Timeline({ incident }: { incident: IncidentDetail }) {
  const readable = useReadableReason();
  return (
    <Part title="What happened">
      <ol className="flex flex-col">
        {incident.timeline.map(({ at, kind, subject, operator, text }) => (
          <li
            key={`${at} ${kind} ${subject ?? ''} ${text}`}
            className="grid grid-cols-[4.5rem_0.75rem_minmax(0,1fr)] items-baseline gap-x-2 border-l border-line py-0.5 pl-2"
          >
            <time
              dateTime={new Date(at).toISOString()}
              title={`${formatAbsolute(at)}, ${afterWords(at, incident.started_at)}`}
              className="text-table text-ink-faint tabular-nums"
            >
              {formatClockSeconds(at)}
            </time>
            <StatusShape status={timelineMark(kind)} />
            <span className="break-words">
              {readable(text, at)}
              {operator !== null && <span className="text-ink-muted"> ({operator})</span>}
              <span className="ml-2 text-table text-ink-faint tabular-nums">{afterWords(at, incident.started_at)}</span>
            </span>
          </li>
        ))}
      </ol>
      <p className="mt-1 text-table">
        <Link
          to="/alerts"
          parameters={{
            tab: 'history',
            range: `${incident.charts.since}-${incident.charts.until}`,
          }}
          className="text-accent underline underline-offset-2"
        >
          Alerts of that time
        </Link>
      </p>
    </Part>
  );
}

function Budgets({ incident }: { incident: IncidentDetail }) {
  const names = useProviderLabels();
  return (
    <Part title="Budgets">
      <ul>
        {incident.budgets.map((budget) => (
          <li
            key={`${budget.scope} ${budget.name} ${budget.limit}`}
            className={budget.exhausted ? 'text-bad' : 'text-ink-muted'}
          >
            {budgetWords(budget, names)}
          </li>
        ))}
      </ul>
    </Part>
  );
}

/** What people noted at that time, links included: a deploy is the first thing to look at. */
function Meanwhile({ incident: { charts } }: { incident: IncidentDetail }) {
  const { annotations } = useAnnotations({ since: String(charts.since), until: String(charts.until) });
  const noted = annotations.filter(({ kind }) => kind !== 'alert' && kind !== 'override');
  if (noted.length === 0) return null;
  return (
    <Part title="Noted and changed meanwhile">
      <ul className="flex flex-col gap-0.5">
        {noted.map(({ id, kind, at, text, operator, link }) => (
          <li key={id} className="flex items-baseline gap-2">
            <AnnotationShape kind={kind} />
            <span className="min-w-0 break-words">
              <span className="text-table text-ink-faint tabular-nums">{formatAbsolute(at)} </span>
              {text}
              {operator !== null && <span className="text-ink-muted"> ({operator})</span>}
              {link !== null && (
                <>
                  {' '}
                  <a
                    href={link}
                    target="_blank"
                    rel="noreferrer noopener"
                    className="break-all text-accent underline underline-offset-2"
                  >
                    {link}
                  </a>
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
