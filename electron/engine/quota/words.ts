import { clockTime, type DayRule } from './day-window.ts';
import type { DailyCounter } from './daily-counter.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const fraction = new Intl.NumberFormat('en-US', { maximumFractionDigits: 2 });

const MICRO = 1_000_000;

/** `1,000 of 1,000 requests today; opens again at 00:00 UTC` */
export function dailyReason(counter: DailyCounter, amount: number, rule: DayRule): string {
  const opens = `opens again at ${clockTime(counter.window.end, rule)}`;
  if (counter.kind === 'requests_per_day') {
    return `${whole.format(counter.used)} of ${whole.format(counter.bounds.hard)} requests today; ${opens}`;
  }
  const figures = `${dollars(counter.used)} of ${dollars(counter.bounds.hard)} USD today`;
  const tooDear = counter.used < counter.bounds.hard ? ` and this request may cost ${dollars(amount)}` : '';
  return `${figures}${tooDear}; ${opens}`;
}

/** Why a request is refused whose price nobody knows. */
export const UNPRICED_REASON =
  'no price is known for this model and policy.budgets.unknown_price refuses it; set pricing on its entry';

export function tokensReason(used: number, limit: number, tokens: number, waitMs: number | null): string {
  if (waitMs === null) {
    return `this request may take ${whole.format(tokens)} tokens and the limit is ${whole.format(limit)} a minute`;
  }
  return `${whole.format(used)} of ${whole.format(limit)} tokens in the last minute; fits in ${seconds(waitMs)}`;
}

export function rateReason(limit: number, waitMs: number): string {
  return `the limit of ${fraction.format(limit)} requests a second is reached; free again in ${seconds(waitMs)}`;
}

export function concurrencyReason(inFlight: number, limit: number): string {
  return `${whole.format(inFlight)} of ${whole.format(limit)} places taken; one is free when a request ends`;
}

export function queueReason(waitedMs: number, reason: string): string {
  return `waited ${seconds(waitedMs)} for a place: ${reason}`;
}

/** Two digits after the point, more where the amount would otherwise read as nothing. */
function dollars(microUsd: number): string {
  const usd = microUsd / MICRO;
  const digits = usd !== 0 && usd < 0.01 ? 6 : 2;
  return usd.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: digits });
}

function seconds(milliseconds: number): string {
  const value = milliseconds / 1_000;
  return `${value < 10 ? Number(value.toFixed(1)) : Math.round(value)} s`;
}
