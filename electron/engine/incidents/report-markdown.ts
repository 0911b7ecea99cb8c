import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { markdownCell, markdownText } from '../../../shared/format/markdown.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import type { ReportOpening } from '../report-opening.ts';
import { figureRows, headline, momentWords } from './report-words.ts';

/**
 * The report of an incident as Markdown, ready for a post-mortem: what is known is told, what people have to say is left
 * empty. Times are UTC.
 *
 * @param at when it is written, epoch milliseconds.
 */
export function incidentMarkdown(incident: IncidentDetail, at: number): string {
  return [`# ${markdownText(headline(incident))}`, '', written(at), '', ...told(incident), ...toFillIn()].join('\n');
}

/**
 * The report of an exercise: how it is judged, what was done, then each incident that belongs to it, told as any other.
 *
 * @param at when it is written, epoch milliseconds.
 */
export function exerciseMarkdown(opening: ReportOpening, incidents: readonly IncidentDetail[], at: number): string {
  const { title, verdict, findings, checks, facts, notes, withoutIncident } = opening;
  return [
    `# ${markdownText(title)}`,
    '',
    written(at),
    '',
    `**${markdownText(verdict.toUpperCase())}**`,
    '',
    ...findings.map((finding) => `- ${markdownText(finding)}`),
    ...(findings.length > 0 ? [''] : []),
    '| | measured | target | |',
    '|---|---|---|---|',
    ...checks.map(
      (check) =>
        `| ${markdownCell(check.name)} | ${markdownCell(check.measured)} | ${check.target} | ${check.verdict} |`,
    ),
    '',
    ...noteSection(notes),
    '## What was done',
    '',
    ...figureTable(facts),
    '',
    ...(incidents.length === 0 ? [withoutIncident, ''] : []),
    ...incidents.flatMap((incident) => [`# ${markdownText(headline(incident))}`, '', ...told(incident)]),
    ...toFillIn(),
  ].join('\n');
}

function written(at: number): string {
  return `Written by Switchyard on ${formatAbsolute(at, 'UTC')}. All times are UTC.`;
}

/** What is known of an incident. */
function told(incident: IncidentDetail): string[] {
  const { cause, budgets, notes, timeline } = incident;
  return [
    ...noteSection(notes),
    '## Summary',
    '',
    ...figureTable(figureRows(incident)),
    '',
    '## Likely cause',
    '',
    markdownText(cause.summary),
    '',
    ...cause.evidence.map((sentence) => `- ${markdownText(sentence)}`),
    ...(cause.evidence.length > 0 ? [''] : []),
    ...section(budgets, 'Budgets touched', [
      '| budget | before | after | limit | used up |',
      '|---|---:|---:|---:|---|',
      ...budgets.map(
        ({ name, limit, used_before: before, used_after: after, limit_value: most, exhausted }) =>
          `| ${markdownCell(name)} ${limit} | ${before ?? ''} | ${after} | ${most} | ${exhausted ? 'yes' : 'no'} |`,
      ),
    ]),
    '## Timeline',
    '',
    '| time | what happened |',
    '|---|---|',
    ...timeline.map((entry) => `| ${momentWords(incident, entry.at)} | ${markdownCell(entry.text)} |`),
    '',
  ];
}

function toFillIn(): string[] {
  return [
    '## What we learned',
    '',
    '- What went well:',
    '- What went badly:',
    '- Where we were lucky:',
    '',
    '## Actions',
    '',
    '| action | who | until |',
    '|---|---|---|',
    '| | | |',
    '',
  ];
}

function figureTable(rows: ReportOpening['facts']): string[] {
  return ['| | |', '|---|---|', ...rows.map(([name, value]) => `| ${markdownCell(name)} | ${markdownCell(value)} |`)];
}

function noteSection(notes: readonly string[]): string[] {
  return section(
    notes,
    'What to know about these figures',
    notes.map((note) => `- ${markdownText(note)}`),
  );
}

function section(content: readonly unknown[], title: string, lines: string[]): string[] {
  return content.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}
