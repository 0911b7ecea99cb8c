import type { FailureClass } from '../../../shared/domain/failure.ts';
import { newBreaker, type Breaker, type BreakerConfig, type Hold, type Moment } from './breaker-state.ts';

const LONGEST_WAIT_FACTOR = 8;
/** Jitter on waits, to either side. */
const JITTER = 0.1;
const FIRST_COOLING_MS = 1_000;
const LONGEST_UNHINTED_COOLING_MS = 60_000;
/** A hint is believed up to a day; beyond that it is taken for a mistake. */
const LONGEST_HINT_MS = 24 * 60 * 60 * 1_000;

/** What time alone does: cooling and ramp end, an open breaker half-opens. The same object when nothing is due. */
export function advance(breaker: Breaker, at: Moment, config: BreakerConfig): Breaker {
  let next = breaker;
  if (next.coolingUntil !== null && at.monotonic >= next.coolingUntil.monotonic) next = { ...next, coolingUntil: null };
  if (next.rampFrom !== null && at.monotonic - next.rampFrom >= config.rampMs) {
    next = { ...next, rampFrom: null, timesOpened: 0, reason: null };
  }
  const waited = next.phase === 'open' && next.hold === null && at.monotonic >= (next.retryAt?.monotonic ?? 0);
  return waited ? toHalfOpen(next, at) : next;
}

/** Opened by traffic: for the configured time, doubled for each opening since the last full recovery. */
export function open(
  breaker: Breaker,
  failure: { class: FailureClass; draw: number },
  hold: Hold | null,
  reason: string,
  at: Moment,
  config: BreakerConfig,
): Breaker {
  const factor = Math.min(LONGEST_WAIT_FACTOR, 2 ** breaker.timesOpened);
  const wait = Math.round(config.openMs * factor * (1 - JITTER + 2 * JITTER * failure.draw));
  return {
    ...breaker,
    phase: 'open',
    reason,
    since: at,
    cause: failure.class,
    hold: config.probed ? hold : null,
    retryAt: { wall: at.wall + wait, monotonic: at.monotonic + wait },
    trialSince: null,
    rampFrom: null,
    epoch: breaker.epoch + 1,
    timesOpened: breaker.timesOpened + 1,
  };
}

/** Opened by failing probes: until one is good. An already open breaker keeps its reason and loses its time. */
export function openByProbe(breaker: Breaker, reason: string, at: Moment): Breaker {
  if (breaker.phase === 'open') return breaker.hold === null ? { ...breaker, hold: 'probe' } : breaker;
  return {
    ...breaker,
    phase: 'open',
    reason,
    since: at,
    cause: null,
    hold: 'probe',
    retryAt: null,
    trialSince: null,
    rampFrom: null,
    epoch: breaker.epoch + 1,
  };
}

export function toHalfOpen(breaker: Breaker, at: Moment): Breaker {
  return {
    ...breaker,
    phase: 'half_open',
    since: at,
    hold: null,
    retryAt: null,
    trialSince: null,
    goodProbesWhileHalfOpen: 0,
  };
}

/** Recovered: closed, with a ramp back to the full share. */
export function toClosed(breaker: Breaker, at: Moment, config: BreakerConfig): Breaker {
  const ramping = config.rampMs > 0;
  return {
    ...newBreaker(at),
    epoch: breaker.epoch,
    reason: ramping ? 'recovered; traffic is ramping up' : null,
    timesOpened: ramping ? breaker.timesOpened : 0,
    rampFrom: ramping ? at.monotonic : null,
    coolingUntil: breaker.coolingUntil,
  };
}

/** Leaves the provider alone for as long as it says, else for 1 s, 2 s, 4 s…; a later hint never shortens the wait. */
export function cooled(breaker: Breaker, retryAfterMs: number | null, at: Moment): Breaker {
  const unhinted = Math.min(LONGEST_UNHINTED_COOLING_MS, FIRST_COOLING_MS * 2 ** breaker.coolingStreak);
  const wait = retryAfterMs === null ? unhinted : Math.min(LONGEST_HINT_MS, Math.max(0, Math.ceil(retryAfterMs)));
  const until = { wall: at.wall + wait, monotonic: at.monotonic + wait };
  // Several requests that were in flight together are one sign, not several: only a new cooling lengthens the next.
  const streak = breaker.coolingUntil === null ? breaker.coolingStreak + 1 : breaker.coolingStreak;
  const keep = breaker.coolingUntil !== null && breaker.coolingUntil.monotonic >= until.monotonic;
  return { ...breaker, coolingUntil: keep ? breaker.coolingUntil : until, coolingStreak: streak };
}

/** The hold of a failure that time does not mend; null for the others. */
export function holdFor(failureClass: FailureClass): Exclude<Hold, 'probe'> | null {
  return failureClass === 'unauthorized' || failureClass === 'exhausted' || failureClass === 'model_missing'
    ? failureClass
    : null;
}

/** Why a held breaker is open, in words. */
export function describeHold(hold: Exclude<Hold, 'probe'>, message: string): string {
  const what = {
    unauthorized: 'the provider refuses our key',
    exhausted: "the provider's own credit or spend limit is used up",
    model_missing: 'the provider does not have the model',
  }[hold];
  return `${what}: ${message}`;
}
