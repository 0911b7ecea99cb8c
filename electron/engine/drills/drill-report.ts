import type { Drill } from '../../../shared/domain/drills.ts';
import { formatDuration } from '../../../shared/format/duration.ts';

const FAULT_WORDS = {
  refuse: 'connections refused',
  slow: 'calls held back',
  error_rate: 'answered with 500',
} as const;

/** The report of a drill as Markdown, for the record of an exercise. */
export function drillMarkdown(drill: Drill): string {
  const { figures, targets } = drill;
  const fault = drill.fault === 'slow' ? `held back by ${formatDuration(drill.delay_ms)}` : FAULT_WORDS[drill.fault];
  const lines = [
    `# Drill ${drill.id}: ${drill.provider}, ${fault}`,
    '',
    `**${(drill.outcome ?? drill.state).toUpperCase()}**`,
    '',
    ...drill.findings.map((finding) => `- ${finding}`),
    '',
    '## What was done',
    '',
    '| | |',
    '|---|---|',
    `| Provider | ${cell(drill.provider)} |`,
    `| Fault | ${fault}, ${Math.round(drill.share * 100)} % of the calls |`,
    `| Announced | ${iso(drill.created_at)} by ${cell(drill.operator)} |`,
    `| Reason | ${cell(drill.reason)} |`,
    `| Began | ${iso(drill.starts_at)} |`,
    `| Fault ended | ${iso(drill.fault_ends_at)} |`,
    `| Ended | ${drill.ended_at === null ? 'still open' : iso(drill.ended_at)} |`,
    '',
    '## What happened',
    '',
    '| | measured | target |',
    '|---|---|---|',
    `| Calls that met the fault | ${figures.faulty_calls} | |`,
    `| Requests answered | ${figures.answered_requests} | |`,
    `| Of these by another provider | ${figures.rerouted_requests} | |`,
    `| Requests lost | ${figures.lost_requests} | at most ${targets.lost_requests} |`,
    `| Time to detect | ${span(figures.first_fault_at, figures.detected_at)} | ${limit(targets.detect_ms)} |`,
    `| Time to recover | ${span(drill.fault_ends_at, figures.recovered_at)} | ${limit(targets.recover_ms)} |`,
    '',
  ];
  return lines.join('\n');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}

function span(from: number | null, to: number | null): string {
  return from === null || to === null ? 'not seen' : formatDuration(Math.max(0, to - from));
}

function limit(ms: number | null): string {
  return ms === null ? '' : `at most ${formatDuration(ms)}`;
}

/** Text that cannot leave its table cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s+/g, ' ');
}
