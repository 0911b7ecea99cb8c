import type { Alert, AlertSeverity, Delivery } from '../../../shared/domain/alerts.ts';
import type { MarkStatus } from '../../ui/StatusMark.tsx';

export const SEVERITY_MARKS: Readonly<Record<AlertSeverity, MarkStatus>> = {
  critical: 'unhealthy',
  warning: 'degraded',
  info: 'unknown',
};

export const DELIVERY_MARKS: Readonly<Record<Delivery['status'], { status: MarkStatus; word: string }>> = {
  delivered: { status: 'healthy', word: 'delivered' },
  waiting: { status: 'degraded', word: 'waiting' },
  given_up: { status: 'unhealthy', word: 'given up' },
};

/** `model_name = kimi_k2`, for labels and for what a silence matches. */
export function labelWords(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name} = ${value}`)
    .join(', ');
}

/** How an alert stands, in a word. */
export function stateWord({ state, acknowledged, silence_id: silence }: Alert): string {
  if (state !== 'firing') return state;
  if (silence !== null) return 'silenced';
  return acknowledged === null ? 'firing' : 'acknowledged';
}

/** Matchers written one a line as `label = value`, or what is wrong with them. */
export function readMatchers(text: string): { matchers: { label: string; value: string }[] } | { problem: string } {
  const lines = text.split('\n').flatMap((line) => line.trim() || []);
  if (lines.length === 0) return { problem: 'Write at least one line such as alertname = PrimaryModelDown.' };
  const matchers = [];
  for (const line of lines) {
    const [label = '', ...rest] = line.split('=');
    const value = rest.join('=').trim();
    if (label.trim() === '' || value === '') return { problem: `"${line}" is no matcher: write label = value.` };
    matchers.push({ label: label.trim(), value });
  }
  return { matchers };
}

/** What silences exactly this alert. */
export function matchersOf({ rule, labels }: Pick<Alert, 'rule' | 'labels'>): string {
  return [`alertname = ${rule}`, ...Object.entries(labels).map(([name, value]) => `${name} = ${value}`)].join('\n');
}

const GRAVITY: readonly AlertSeverity[] = ['critical', 'warning', 'info'];

/** Gravest first; of the same severity those that nobody is on yet, then the newest. */
export function byUrgency(left: Alert, right: Alert): number {
  return (
    GRAVITY.indexOf(left.severity) - GRAVITY.indexOf(right.severity) ||
    Number(left.acknowledged !== null) - Number(right.acknowledged !== null) ||
    (right.firing_since ?? right.pending_since) - (left.firing_since ?? left.pending_since)
  );
}
