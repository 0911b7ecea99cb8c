import { escapeMarkup } from '../../../shared/format/markup.ts';
import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { formatDuration } from '../../../shared/format/duration.ts';
import { formatExact, formatPercent } from '../../../shared/format/number.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { lanesSvg, linesSvg, type ChartLine } from './report-charts.ts';
import type { ReportOpening } from '../report-opening.ts';
import { figureRows, headline, momentWords } from './report-words.ts';

/** No script runs and nothing is fetched, whatever text came from outside. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'";

const STYLE = `
  :root { color-scheme: light; }
  body { font: 15px/1.5 system-ui, sans-serif; color: #1a1f2b; background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1.25rem; }
  h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .25rem; }
  h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #d5d9e2; padding-bottom: .25rem; }
  h3 { font-size: .95rem; margin: 1.25rem 0 .25rem; }
  p.note { background: #fff6e0; border-left: 4px solid #a86400; padding: .5rem .75rem; margin: .5rem 0; }
  .quiet { color: #5a6274; }
  table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
  th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid #e4e7ee; overflow-wrap: break-word; }
  th { font-weight: 600; }
  td.number, th.number { text-align: right; }
  td.number, th.number, td.time { white-space: nowrap; overflow-wrap: normal; }
  .figures { columns: 2; column-gap: 2.5rem; } .figures div { display: flex; justify-content: space-between; gap: 1rem; border-bottom: 1px solid #e4e7ee; padding: .25rem 0; break-inside: avoid; }
  .figures dt { color: #5a6274; } .figures dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; }
  svg { width: 100%; min-width: 34rem; height: auto; display: block; }
  figure { margin: 0; break-inside: avoid; overflow-x: auto; }
  .wide { overflow-x: auto; }
  .fill { min-height: 6rem; border: 1px dashed #9aa2b4; border-radius: 4px; padding: .5rem .75rem; }
  @media (max-width: 40rem) { .figures { columns: 1; } }
  @media print { svg { min-width: 0; } figure { overflow: visible; } body { margin: 0; max-width: none; font-size: 11pt; } h2 { break-after: avoid; } tr { break-inside: avoid; } }
`;

/**
 * The report of an incident as one HTML page with its charts: light, for paper too, without scripts, needing nothing from
 * anywhere. Times are UTC.
 *
 * @param at when it is written, epoch milliseconds.
 */
export function incidentHtml(incident: IncidentDetail, at: number): string {
  return page(headline(incident), at, told(incident));
}

/**
 * The report of an exercise: how it is judged, what was done, then each incident that belongs to it, told as any other.
 *
 * @param at when it is written, epoch milliseconds.
 */
export function exerciseHtml(opening: ReportOpening, incidents: readonly IncidentDetail[], at: number): string {
  const { title, verdict, findings, checks, facts, notes, withoutIncident } = opening;
  const rows = checks.map(
    (check) =>
      `<tr><td>${escapeMarkup(check.name)}</td><td>${escapeMarkup(check.measured)}</td><td>${escapeMarkup(check.target)}</td><td>${check.verdict}</td></tr>`,
  );
  const content = `<p><strong>${escapeMarkup(verdict.toUpperCase())}</strong></p>
${listOf(findings)}
<table>
<thead><tr><th></th><th>Measured</th><th>Target</th><th></th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table>
${noteLines(notes)}
<h2>What was done</h2>
${figureList(facts)}
${incidents.length === 0 ? `<p>${escapeMarkup(withoutIncident)}</p>` : ''}
${incidents.map((incident) => `<h1>${escapeMarkup(headline(incident))}</h1>\n${told(incident)}`).join('\n')}`;
  return page(title, at, content);
}

/** @param content markup. */
function page(title: string, at: number, content: string): string {
  const escaped = escapeMarkup(title);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escaped}</h1>
<p class="quiet">Written by Switchyard on ${escapeMarkup(formatAbsolute(at, 'UTC'))}. All times are UTC.</p>
${content}
<h2>What we learned</h2>
<div class="fill"></div>
<h2>Actions</h2>
<table>
<thead><tr><th>Action</th><th>Who</th><th>Until</th></tr></thead>
<tbody>${'<tr><td>&nbsp;</td><td></td><td></td></tr>'.repeat(3)}</tbody>
</table>
</body>
</html>
`;
}

/** What is known of an incident. */
function told(incident: IncidentDetail): string {
  const { notes, cause } = incident;
  return `${noteLines(notes)}
<h2>Summary</h2>
${figureList(figureRows(incident))}
<h2>Likely cause</h2>
<p>${escapeMarkup(cause.summary)}</p>
${listOf(cause.evidence)}
${budgetTable(incident)}
<h2>How it went</h2>
${charts(incident)}
<h2>Timeline</h2>
<table>
<thead><tr><th>Time</th><th>What happened</th></tr></thead>
<tbody>
${incident.timeline
  .map(
    ({ at: moment, text }) =>
      `<tr><td class="time">${escapeMarkup(momentWords(incident, moment))}</td><td>${escapeMarkup(text)}</td></tr>`,
  )
  .join('\n')}
</tbody>
</table>`;
}

function listOf(sentences: readonly string[]): string {
  if (sentences.length === 0) return '';
  return `<ul>${sentences.map((sentence) => `<li>${escapeMarkup(sentence)}</li>`).join('')}</ul>`;
}

function noteLines(notes: readonly string[]): string {
  return notes.map((note) => `<p class="note">${escapeMarkup(note)}</p>`).join('\n');
}

function figureList(rows: ReportOpening['facts']): string {
  return `<dl class="figures">
${rows.map(([name, value]) => `<div><dt>${escapeMarkup(name)}</dt><dd>${escapeMarkup(value)}</dd></div>`).join('\n')}
</dl>`;
}

function budgetTable({ budgets }: IncidentDetail): string {
  if (budgets.length === 0) return '';
  const rows = budgets.map(
    ({ name, limit, used_before: before, used_after: after, limit_value: most, exhausted }) =>
      `<tr><td>${escapeMarkup(`${name} ${limit}`)}</td><td class="number">${before ?? ''}</td><td class="number">${after}</td><td class="number">${most}</td><td>${exhausted ? 'yes' : 'no'}</td></tr>`,
  );
  return `<h2>Budgets touched</h2>
<div class="wide"><table>
<thead><tr><th>Budget</th><th class="number">Before</th><th class="number">After</th><th class="number">Limit</th><th>Used up</th></tr></thead>
<tbody>${rows.join('\n')}</tbody>
</table></div>`;
}

function charts(incident: IncidentDetail): string {
  const { since, until, step_ms: step, providers } = incident.charts;
  const marks = [
    { at: incident.started_at, label: 'first failure' },
    ...(incident.recovered_at === null ? [] : [{ at: incident.recovered_at, label: 'recovered' }]),
  ];
  const frame = { since, until, marks };
  const nameOf = (provider: string) => (provider === '' ? 'nobody' : provider);
  const requests: ChartLine[] = providers.map(({ provider, points }) => ({
    name: nameOf(provider),
    points: points.map((point) => ({ at: point.at, value: point.requests })),
  }));
  const latency: ChartLine[] = providers
    .filter(({ provider }) => provider !== '')
    .map(({ provider, points }) => ({
      name: provider,
      points: points.map((point) => ({ at: point.at, value: point.latency_p95_ms })),
    }));
  const per = formatDuration(step);
  return [
    figure(`Requests by who answered, per ${per}`, linesSvg({ ...frame, lines: requests, format: formatExact })),
    figure(
      'Share of requests that failed',
      linesSvg({ ...frame, lines: [errorLine(incident)], format: formatPercent, least: 1 }),
    ),
    figure(
      'Latency of answered requests, 95th percentile',
      linesSvg({ ...frame, lines: latency, format: formatDuration }),
    ),
    figure('Health', lanesSvg({ ...frame, lanes: incident.lanes })),
  ].join('\n');
}

function figure(title: string, svg: string): string {
  return `<figure><h3>${escapeMarkup(title)}</h3>${svg}</figure>`;
}

/** Of all requests of a step, whoever answered; nothing where there was none. */
function errorLine({ charts: { providers } }: IncidentDetail): ChartLine {
  const steps = providers[0]?.points ?? [];
  return {
    name: 'failed',
    points: steps.map(({ at }, index) => {
      const all = providers.map(({ points }) => points[index]);
      const requests = all.reduce((sum, point) => sum + (point?.requests ?? 0), 0);
      const errors = all.reduce((sum, point) => sum + (point?.errors ?? 0), 0);
      return { at, value: requests === 0 ? null : errors / requests };
    }),
  };
}
