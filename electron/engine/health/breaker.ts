import type { FailureClass } from '../../../shared/domain/failure.ts';
import {
  admittedShare,
  breakerErrorRate,
  newBreaker,
  type Breaker,
  type BreakerConfig,
  type Moment,
} from './breaker-state.ts';
import { advance, cooled, describeHold, holdFor, open, openByProbe, toClosed, toHalfOpen } from './breaker-steps.ts';
import { addSample } from './error-window.ts';
import { utcTime } from './words.ts';

/** What can happen to a breaker. `draw` is in [0, 1). */
export type BreakerEvent =
  | { type: 'tick' }
  | { type: 'success'; epoch: number; trial: boolean }
  | {
      type: 'failure';
      epoch: number;
      trial: boolean;
      class: FailureClass;
      message: string;
      retryAfterMs: number | null;
      countsAgainstHealth: boolean;
      /** In [0, 1); jitters the wait. */
      draw: number;
    }
  | { type: 'withdrawn'; epoch: number; trial: boolean }
  /** `startedAt` is monotonic; `paid` when a real request was answered and not only a list or a health page. */
  | { type: 'probe_good'; startedAt: number; paid: boolean }
  /** Enough probes failed for the provider to be unhealthy. */
  | { type: 'probe_bad'; reason: string }
  | { type: 'reset' };

export type BreakerAnswer =
  | { admitted: true; trial: boolean; epoch: number }
  | { admitted: false; reason: string; retryAtMs: number | null; ramping?: boolean };

/** Without traffic to try it with, this many good probes close a breaker that an outage had opened. */
const GOOD_PROBES_TO_CLOSE = 2;

/** Failures that are the request's own and say nothing of the provider. */
const REQUEST_FAILURES: ReadonlySet<FailureClass> = new Set([
  'invalid_request',
  'context_overflow',
  'content_filtered',
  'cancelled',
]);

/** The breaker after `event`; the same object when nothing changed. */
export function reduceBreaker(breaker: Breaker, event: BreakerEvent, at: Moment, config: BreakerConfig): Breaker {
  const current = advance(breaker, at, config);
  switch (event.type) {
    case 'tick':
      return current;
    case 'success':
      return afterSuccess(current, event, at, config);
    case 'failure':
      return afterFailure(current, event, at, config);
    case 'withdrawn':
      return isRunningTrial(current, event) ? { ...current, trialSince: null } : current;
    case 'probe_good':
      return afterGoodProbe(current, event, at, config);
    case 'probe_bad':
      return openByProbe(current, event.reason, at);
    case 'reset':
      return { ...newBreaker(at), epoch: current.epoch + 1 };
    default:
      return event satisfies never;
  }
}

/**
 * Asks for permission to send one request. `draw` in [0, 1) passes while it is below the admitted share. A trial that
 * has run for as long as the breaker stays open no longer blocks the next: one long stream must not hold recovery up.
 */
export function askBreaker(
  breaker: Breaker,
  draw: number,
  at: Moment,
  config: BreakerConfig,
): { breaker: Breaker; answer: BreakerAnswer } {
  const current = advance(breaker, at, config);
  const refuse = (reason: string, until: Moment | null) => ({
    breaker: current,
    answer: { admitted: false as const, reason, retryAtMs: until?.wall ?? null },
  });
  if (current.phase === 'open') return refuse(describeOpen(current), current.hold === null ? current.retryAt : null);
  if (current.coolingUntil !== null) {
    return refuse(`rate limited until ${utcTime(current.coolingUntil.wall)}`, current.coolingUntil);
  }
  if (current.phase === 'half_open') {
    const blocked = current.trialSince !== null && at.monotonic - current.trialSince < config.openMs;
    if (blocked) return refuse('recovering: one trial request is in flight', null);
    return {
      breaker: { ...current, trialSince: at.monotonic },
      answer: { admitted: true, trial: true, epoch: current.epoch },
    };
  }
  const share = admittedShare(current, at, config);
  if (draw >= share) {
    const refused = refuse(`recovering: ${Math.round(share * 100)} % of requests are admitted`, null);
    return { ...refused, answer: { ...refused.answer, ramping: true } };
  }
  return { breaker: current, answer: { admitted: true, trial: false, epoch: current.epoch } };
}

function isRunningTrial(breaker: Breaker, outcome: { epoch: number; trial: boolean }): boolean {
  return breaker.phase === 'half_open' && outcome.trial && outcome.epoch === breaker.epoch;
}

function afterSuccess(
  breaker: Breaker,
  outcome: { epoch: number; trial: boolean },
  at: Moment,
  config: BreakerConfig,
): Breaker {
  if (isRunningTrial(breaker, outcome)) return toClosed(breaker, at, config);
  if (breaker.phase !== 'closed' || outcome.epoch !== breaker.epoch) return breaker;
  return {
    ...breaker,
    failuresInRow: 0,
    coolingStreak: 0,
    window: addSample(breaker.window, true, at.monotonic, config.windowMs),
  };
}

function afterFailure(
  breaker: Breaker,
  failure: Extract<BreakerEvent, { type: 'failure' }>,
  at: Moment,
  config: BreakerConfig,
): Breaker {
  if (failure.class === 'rate_limited') return cooled(released(breaker, failure), failure.retryAfterMs, at);
  if (failure.epoch !== breaker.epoch || breaker.phase === 'open') return breaker;
  const hold = failure.countsAgainstHealth ? holdFor(failure.class) : null;
  if (hold !== null) return open(breaker, failure, hold, describeHold(hold, failure.message), at, config);
  if (REQUEST_FAILURES.has(failure.class) || !failure.countsAgainstHealth) return released(breaker, failure);
  const hinted =
    failure.class === 'overloaded' && failure.retryAfterMs !== null
      ? cooled(breaker, failure.retryAfterMs, at)
      : breaker;
  if (hinted.phase === 'half_open') {
    if (!failure.trial) return hinted;
    return open(hinted, failure, null, `the trial request failed: ${failure.message}`, at, config);
  }
  const counted: Breaker = {
    ...hinted,
    failuresInRow: hinted.failuresInRow + 1,
    window: addSample(hinted.window, false, at.monotonic, config.windowMs),
  };
  if (counted.failuresInRow >= config.failures) {
    const times = counted.failuresInRow === 1 ? '1 failure' : `${counted.failuresInRow} failures in a row`;
    return open(counted, failure, null, `${times}, the last: ${failure.message}`, at, config);
  }
  const rate = breakerErrorRate(counted, at, config);
  if (rate !== null && rate >= config.errorRate) {
    const reason = `${Math.round(rate * 100)} % of recent requests failed, the last: ${failure.message}`;
    return open(counted, failure, null, reason, at, config);
  }
  return counted;
}

function afterGoodProbe(
  breaker: Breaker,
  probe: { startedAt: number; paid: boolean },
  at: Moment,
  config: BreakerConfig,
): Breaker {
  // A probe that was under way when the breaker opened or half-opened tells of the time before.
  if (breaker.phase === 'closed' || probe.startedAt < breaker.since.monotonic) return breaker;
  if (breaker.phase === 'open') return goodProbeEnds(breaker, probe.paid, at) ? toHalfOpen(breaker, at) : breaker;
  const outage = breaker.cause === null || breaker.cause === 'unreachable';
  if (!outage || breaker.trialSince !== null) return breaker;
  const good = breaker.goodProbesWhileHalfOpen + 1;
  return good >= GOOD_PROBES_TO_CLOSE ? toClosed(breaker, at, config) : { ...breaker, goodProbesWhileHalfOpen: good };
}

/**
 * Whether a good probe ends an open breaker's wait. After an outage it does at once. A free probe cannot see a missing
 * credit or model, so there it is believed only after the (doubling) wait, or else every probe would cost a request.
 */
function goodProbeEnds(breaker: Breaker, paid: boolean, at: Moment): boolean {
  switch (breaker.hold) {
    case 'probe':
    case 'unauthorized':
      return true;
    case 'exhausted':
    case 'model_missing':
      return paid || at.monotonic >= (breaker.retryAt?.monotonic ?? 0);
    case null:
      return breaker.cause === 'unreachable';
    default:
      return breaker.hold satisfies never;
  }
}

function released(breaker: Breaker, outcome: { epoch: number; trial: boolean }): Breaker {
  return isRunningTrial(breaker, outcome) ? { ...breaker, trialSince: null } : breaker;
}

function describeOpen(breaker: Breaker): string {
  const why = breaker.reason ?? 'the breaker is open';
  if (breaker.hold === 'probe') return `${why}; out until a probe is good`;
  if (breaker.hold !== null) return `${why}; out until a probe is good or an operator resets it`;
  return breaker.retryAt === null ? why : `${why}; next trial at ${utcTime(breaker.retryAt.wall)}`;
}
