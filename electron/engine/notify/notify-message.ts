import type { Alert, AlertNotice } from '../../../shared/domain/alerts.ts';
import { formatDuration } from '../../../shared/format/duration.ts';

/** Where a reader of a notification goes on. */
export interface NotifyLinks {
  /** Address of the console, without its token; null where there is none that a browser reaches. */
  console: string | null;
  /** Which instance speaks. */
  source: string;
  simulated: boolean;
}

/** One notice in words, the same on every channel. */
export interface NotifyMessage {
  title: string;
  /**
   * What happened, since when, what was done by itself, what to check; a line each. The first one stands alone where a
   * screen shows no more, so it says what is new.
   */
  lines: string[];
  /** Into the console, at the alert; null without a console. */
  link: string | null;
}

const EVENT_WORDS = { trigger: 'FIRING', acknowledge: 'ACKNOWLEDGED', resolve: 'RESOLVED' } as const;

/** A notice in words. */
export function messageOf({ event, alert, at }: AlertNotice, links: NotifyLinks): NotifyMessage {
  const mark = links.simulated ? '[SIMULATED] ' : '';
  return {
    title: `${mark}${EVENT_WORDS[event]} ${alert.severity}: ${alert.rule}`,
    lines: linesOf(event, alert, at),
    link: links.console === null ? null : `${links.console}/alerts?alert=${encodeURIComponent(alert.id)}`,
  };
}

function linesOf(event: AlertNotice['event'], alert: Alert, at: number): string[] {
  const since = alert.firing_since ?? alert.pending_since;
  switch (event) {
    case 'trigger':
      return [
        alert.summary,
        `Since ${iso(alert.pending_since)}.`,
        ...(alert.response === '' ? [] : [alert.response]),
        ...alert.checks.map((check) => `Check: ${check}`),
      ];
    case 'acknowledge': {
      const { operator, reason } = alert.acknowledged ?? { operator: 'somebody', reason: '' };
      return [`${operator} is on it${reason === '' ? '' : `: ${reason}`}.`, alert.summary];
    }
    case 'resolve':
      return [
        `Over after ${formatDuration(Math.max(0, (alert.resolved_at ?? at) - since))}. It said: ${alert.summary}`,
        `From ${iso(since)} to ${iso(alert.resolved_at ?? at)}.`,
      ];
  }
}

function iso(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}
