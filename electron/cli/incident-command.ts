import { basename } from 'node:path';
import type { Incident, IncidentReportQuery } from '../../shared/domain/incidents.ts';
import { quote } from '../../shared/format/quote.ts';
import { formatDuration } from '../../shared/format/duration.ts';
import { formatExact } from '../../shared/format/number.ts';
import { formatAbsolute } from '../../shared/format/time.ts';
import { OperatorError } from '../engine/operations/operator-error.ts';
import { systemClock } from '../engine/clock.ts';
import { IncidentOperations } from '../engine/operations/incident-operations.ts';
import { type CommandContext, CommandError, readArguments, readRangeOptions, UsageError } from './command.ts';
import { withStoredData } from './stored-data.ts';
import { renderTable } from './table.ts';

const FORMATS: readonly IncidentReportQuery['format'][] = ['md', 'html', 'json'];

/** Prints the report of one incident, or a list of them, from a data directory. */
export async function runIncident(context: CommandContext): Promise<void> {
  const { values, positionals } = readArguments({
    args: context.args,
    allowPositionals: true,
    options: {
      format: { type: 'string', default: 'md' },
      since: { type: 'string', default: '30d' },
      data: { type: 'string' },
    },
  });
  const format = FORMATS.find((name) => name === values.format);
  if (format === undefined) throw new UsageError(`--format is md, html or json, not ${quote(values.format)}`);
  const [id, ...others] = positionals;
  if (others.length > 0 || (id !== undefined && !/^\d{1,15}$/.test(id))) {
    throw new UsageError('incident takes the number of one incident');
  }
  readRangeOptions(values, context.now());
  const text = await withStoredData(context, values.data, async (reader, directory) => {
    const incidents = new IncidentOperations({
      store: { reader },
      clock: { ...systemClock, now: () => context.now() },
      simulated: () => basename(directory) === 'simulated',
    });
    try {
      if (id !== undefined) return (await incidents.report({ id: Number(id), format })).text;
      return renderList((await incidents.list({ since: values.since })).incidents);
    } catch (error) {
      if (error instanceof OperatorError) throw new CommandError(error.message);
      throw error;
    }
  });
  context.print(text.trimEnd());
}

function renderList(incidents: readonly Incident[]): string {
  if (incidents.length === 0) return 'There was no incident.';
  const span = (ms: number | null) => (ms === null ? '' : formatDuration(ms));
  const rows = incidents.map((incident) => [
    String(incident.id),
    formatAbsolute(incident.started_at, 'UTC'),
    incident.kind,
    incident.provider,
    span(incident.time_to_detect_ms),
    incident.state === 'open' ? 'open' : span(incident.time_to_recover_ms),
    formatExact(incident.requests.affected),
    formatExact(incident.requests.lost),
  ]);
  const header = ['incident', 'first failure', 'kind', 'primary', 'detected', 'recovered', 'affected', 'lost'];
  return renderTable(header, rows, new Set(['incident', 'affected', 'lost']));
}
