import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import { formatClock, formatDay } from '../../../shared/format/time.ts';
import type { PreviewLine } from '../override/override-preview.ts';
import { budgetAmount, ownLimit } from './raise-form.ts';

/** A raise that is thought of: `value` in the unit of the limit, times in epoch ms. */
export interface RaiseQuestion {
  budget: QuotaStatus;
  value: number;
  until: number;
  now: number;
  /** The viewer's own when left out. */
  timeZone?: string;
}

/** What raising a daily budget would do: how much more may pass, how long that lasts at the present rate, and what follows. */
export function raisePreview({ budget, value, until, now, timeZone }: RaiseQuestion): PreviewLine[] {
  const left = Math.max(0, value - budget.used);
  const clock = (at: number): string => {
    const time = formatClock(at, timeZone);
    return formatDay(at, timeZone) === formatDay(now, timeZone) ? time : `${formatDay(at, timeZone)} ${time}`;
  };
  return [
    {
      label: 'Limit',
      text: `${budgetAmount(budget, value)} a day until ${clock(until)}, instead of ${budgetAmount(budget, budget.limit_value)}`,
    },
    leftLine(budget, left),
    { label: 'Lasts', text: lastsText(budget, left, now, clock) },
    {
      label: 'Afterwards',
      text: `${budgetAmount(budget, ownLimit(budget))} a day again: closed until the reset if more is used by then`,
    },
  ];
}

function leftLine(budget: QuotaStatus, left: number): PreviewLine {
  const text = `${budgetAmount(budget, left)} instead of ${budgetAmount(budget, budget.remaining)}`;
  if (left === 0) return { label: 'Left today', text: `none: ${text}; it stays closed`, mark: 'unhealthy' };
  return budget.exhausted ? { label: 'Left today', text: `${text}; it opens at once` } : { label: 'Left today', text };
}

/** The present rate is what the projected end says; without one there is none to judge by. */
function lastsText(budget: QuotaStatus, left: number, now: number, clock: (at: number) => string): string {
  const { projected_exhaustion_at: ends, reset_at: reset, remaining } = budget;
  if (ends === null || ends <= now || remaining <= 0) {
    return budget.exhausted
      ? 'not known: it is closed, so there is no present rate'
      : 'until the reset, at the present rate';
  }
  const newEnd = now + ((ends - now) / remaining) * left;
  if (reset !== null && newEnd >= reset) return `until the reset at ${clock(reset)} instead of ${clock(ends)}`;
  return `until ${clock(newEnd)} instead of ${clock(ends)}, at the present rate`;
}
