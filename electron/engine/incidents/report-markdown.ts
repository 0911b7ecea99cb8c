import type { IncidentDetail } from '../../../shared/domain/incidents.ts';
import { formatAbsolute } from '../../../shared/format/time.ts';
import { figureRows, headline, momentWords } from './report-words.ts';

/**
 * The report of an incident as Markdown, ready for a post-mortem: what is known is told, what people have to say is left
 * empty. Times are UTC.
 *
 * @param at when it is written, epoch milliseconds.
 */
export function incidentMarkdown(incident: IncidentDetail, at: number): string {
  const { cause, budgets, notes, timeline } = incident;
  const lines = [
    `# ${inline(headline(incident))}`,
    '',
    `Written by Switchyard on ${formatAbsolute(at, 'UTC')}. All times are UTC.`,
    '',
    ...section(
      notes,
      'What to know about these figures',
      notes.map((note) => `- ${inline(note)}`),
    ),
    '## Summary',
    '',
    '| | |',
    '|---|---|',
    ...figureRows(incident).map(([name, value]) => `| ${cell(name)} | ${cell(value)} |`),
    '',
    '## Likely cause',
    '',
    inline(cause.summary),
    '',
    ...cause.evidence.map((sentence) => `- ${inline(sentence)}`),
    ...(cause.evidence.length > 0 ? [''] : []),
    ...section(budgets, 'Budgets touched', [
      '| budget | before | after | limit | used up |',
      '|---|---:|---:|---:|---|',
      ...budgets.map(
        ({ name, limit, used_before: before, used_after: after, limit_value: most, exhausted }) =>
          `| ${cell(name)} ${limit} | ${before ?? ''} | ${after} | ${most} | ${exhausted ? 'yes' : 'no'} |`,
      ),
    ]),
    '## Timeline',
    '',
    '| time | what happened |',
    '|---|---|',
    ...timeline.map((entry) => `| ${momentWords(incident, entry.at)} | ${cell(entry.text)} |`),
    '',
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
  return lines.join('\n');
}

function section(content: readonly unknown[], title: string, lines: string[]): string[] {
  return content.length === 0 ? [] : [`## ${title}`, '', ...lines, ''];
}

/** Text from outside as text: no markup of its own, on one line. */
function inline(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*_[\]#]/g, (character) => `\\${character}`)
    .trim();
}

function cell(text: string): string {
  return inline(text).replaceAll('|', '\\|');
}
