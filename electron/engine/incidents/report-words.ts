import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact, formatUsd } from '../../../shared/format/number.ts';
import { formatAbsolute, formatClockSeconds } from '../../../shared/format/time.ts';

/** The incident in one line. */
export function headline({
  id,
  kind,
  provider,
  served_by: by,
  started_at: at,
  drill_id: drill,
}: IncidentDetail): string {
  const what = kind === 'outage' ? 'outage' : 'fallback';
  const who = by === null ? '' : `, ${by} served`;
  return `Incident ${id}: ${what} of ${provider}${who}, ${formatAbsolute(at, 'UTC')}${drill === null ? '' : ` (drill ${drill})`}`;
}

/** Figures by name, as every report tells them. */
export function figureRows(incident: IncidentDetail): [name: string, value: string][] {
  const { requests, pricing_unknown_requests: unpriced } = incident;
  const moment = (at: number | null, otherwise: string) => (at === null ? otherwise : formatAbsolute(at, 'UTC'));
  const span = (ms: number | null, otherwise: string) => (ms === null ? otherwise : formatDuration(ms));
  const count = (value: number | null) => (value === null ? 'not known any more' : formatExact(value));
  const notRecovered = incident.state === 'open' ? 'not yet' : 'not while it was the primary';
  return [
    ['Primary', incident.provider],
    ['Served meanwhile by', incident.served_by ?? 'nobody'],
    ['First failure', moment(incident.started_at, '')],
    ['Detected', moment(incident.detected_at, 'not marked down')],
    ['First fallback', moment(incident.first_fallback_at, 'none')],
    ['Recovered', moment(incident.recovered_at, notRecovered)],
    ['Full share again', moment(incident.full_share_at, 'not seen')],
    ['Time to detect', span(incident.time_to_detect_ms, 'not known')],
    ['Time to recover', span(incident.time_to_recover_ms, notRecovered)],
    ['Requests affected', count(requests.affected)],
    ['Answered by another provider', count(requests.rerouted)],
    ['Slowed by a failed call first', count(requests.slowed)],
    ['Lost', count(requests.lost)],
    ['Callers who left', count(requests.cancelled)],
    [
      'Extra cost',
      `${formatUsd(incident.extra_cost_usd)}${unpriced > 0 ? `, and ${formatExact(unpriced)} ${unpriced === 1 ? 'request' : 'requests'} of unknown price` : ''}`,
    ],
  ];
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** A moment of the timeline (UTC): the time of day where that is enough. */
export function momentWords({ timeline }: IncidentDetail, at: number): string {
  const span = (timeline.at(-1)?.at ?? at) - (timeline[0]?.at ?? at);
  return span < DAY_MS ? formatClockSeconds(at, 'UTC') : formatAbsolute(at, 'UTC');
}
