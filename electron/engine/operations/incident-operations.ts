import type { RangeQuery } from '../../../shared/domain/history.ts';
import type {
  IncidentDetail,
  IncidentReportQuery,
  Incidents,
  IncidentSummary,
} from '../../../shared/domain/incidents.ts';
import type { Clock } from '../clock.ts';
import { OperatorError } from './operator-error.ts';
import { assembleIncident, withoutDetails } from '../incidents/assemble.ts';
import { incidentHtml } from '../incidents/report-html.ts';
import { incidentMarkdown } from '../incidents/report-markdown.ts';
import { summarise } from '../incidents/summary.ts';
import { readRange } from './range.ts';
import type { IncidentRows } from '../store/incident-types.ts';
import type { Store } from '../store/types.ts';
import type { TimeRange } from '../store/time-range.ts';
import type { TextDocument } from '../text-document.ts';

/** Most incidents in one answer; the newest are kept. */
const MAXIMUM = 100;
const MAXIMUM_SUMMARISED = 1000;

export interface IncidentOperationsParts {
  store: Pick<Store, 'reader'>;
  clock: Clock;
  /** Whether the providers are the built-in simulated ones, which every report says. */
  simulated: () => boolean;
}

/** What operators ask of incidents: told anew from what is stored at every asking. */
export class IncidentOperations {
  readonly #parts: IncidentOperationsParts;

  constructor(parts: IncidentOperationsParts) {
    this.#parts = parts;
  }

  /** The last 30 days when no range is given. Throws INVALID_REQUEST for a range that is none. */
  async list(query: RangeQuery): Promise<Incidents> {
    const range = readRange({ ...query, since: query.since ?? '30d' }, this.#parts.clock.now());
    const details = await this.#within(range, MAXIMUM + 1);
    return {
      ...range,
      incidents: details.slice(0, MAXIMUM).map(withoutDetails),
      truncated: details.length > MAXIMUM,
    };
  }

  /** Throws NOT_FOUND. */
  async get(id: number): Promise<IncidentDetail> {
    const rows = await this.#parts.store.reader.incidentRows(id, this.#parts.clock.now());
    if (!rows) throw new OperatorError('NOT_FOUND', `There is no incident ${id}.`);
    return this.#tell(rows);
  }

  /** Every incident of one primary within a range, oldest first. */
  async ofProvider(provider: string, range: TimeRange): Promise<IncidentDetail[]> {
    const details = await this.#within(range, MAXIMUM);
    return details.filter((incident) => incident.provider === provider).toReversed();
  }

  /** A post-mortem to fill in. Throws NOT_FOUND. */
  async report({ id, format }: IncidentReportQuery): Promise<TextDocument> {
    const incident = await this.get(id);
    const name = `incident-${id}.${format}`;
    const at = this.#parts.clock.now();
    switch (format) {
      case 'md':
        return { name, mediaType: 'text/markdown', text: incidentMarkdown(incident, at) };
      case 'html':
        return { name, mediaType: 'text/html', text: incidentHtml(incident, at) };
      case 'json':
        return { name, mediaType: 'application/json', text: `${JSON.stringify(incident, null, 2)}\n` };
      default:
        return format satisfies never;
    }
  }

  /** The last 12 weeks when no range is given. */
  async summary(query: RangeQuery): Promise<IncidentSummary> {
    const range = readRange({ ...query, since: query.since ?? '12w' }, this.#parts.clock.now());
    const details = await this.#within(range, MAXIMUM_SUMMARISED);
    return summarise(details.map(withoutDetails), range);
  }

  #tell(rows: IncidentRows): IncidentDetail {
    const incident = assembleIncident(rows);
    if (!this.#parts.simulated()) return incident;
    return { ...incident, notes: ['SIMULATED: its providers were simulated.', ...incident.notes] };
  }

  /** One after another, so that other questions come in between. */
  async #within(range: TimeRange, limit: number): Promise<IncidentDetail[]> {
    const { reader } = this.#parts.store;
    const details: IncidentDetail[] = [];
    for (const { id } of await reader.episodes(range, limit)) {
      const rows = await reader.incidentRows(id, this.#parts.clock.now());
      if (rows) details.push(this.#tell(rows));
    }
    return details;
  }
}
