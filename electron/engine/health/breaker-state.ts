import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { BreakerState as BreakerPhase, BreakerStatus } from '../../../shared/domain/provider.ts';
import { emptyWindow, errorShare, type ErrorWindow } from './error-window.ts';

/** One instant on both clocks: `wall` (epoch ms) is for showing, `monotonic` (ms) for every comparison. */
export interface Moment {
  wall: number;
  monotonic: number;
}

/** Thresholds of one breaker; times in milliseconds. */
export interface BreakerConfig {
  failures: number;
  /** 0 to 1. */
  errorRate: number;
  windowMs: number;
  openMs: number;
  rampMs: number;
  /** False when nobody probes the provider: what would wait for a good probe then waits for time alone. */
  probed: boolean;
}

/** What keeps an open breaker open whatever the time: failing probes, or a cause that only a person can mend. */
export type Hold = 'probe' | 'unauthorized' | 'exhausted' | 'model_missing';

/** The breaker of one provider as a value. Changed only by `reduceBreaker` and `askBreaker`. */
export interface Breaker {
  phase: BreakerPhase;
  reason: string | null;
  since: Moment;
  /** Class of the failure that opened it; null when probes did, or when it is closed. */
  cause: FailureClass | null;
  hold: Hold | null;
  /** When an open breaker admits a trial (unless held), or from when a held one believes a free probe. */
  retryAt: Moment | null;
  /** When the running trial began, monotonic; null when none runs. */
  trialSince: number | null;
  goodProbesWhileHalfOpen: number;
  /** Rises whenever the breaker opens or is reset: outcomes of requests admitted before then say nothing of now. */
  epoch: number;
  /** Openings since the last full recovery; doubles the wait. */
  timesOpened: number;
  /** Start of the ramp back to full share, monotonic; null when the share is whole. */
  rampFrom: number | null;
  failuresInRow: number;
  window: ErrorWindow;
  coolingUntil: Moment | null;
  /** Rate limits without a hint, in a row. */
  coolingStreak: number;
}

/** An error rate over fewer samples than this opens nothing. */
const MINIMUM_SAMPLES = 10;
/** The share right after a successful trial, from which the ramp rises to 1. */
const FIRST_SHARE = 0.1;

/** A closed breaker that has seen nothing. */
export function newBreaker(at: Moment): Breaker {
  return {
    phase: 'closed',
    reason: null,
    since: at,
    cause: null,
    hold: null,
    retryAt: null,
    trialSince: null,
    goodProbesWhileHalfOpen: 0,
    epoch: 0,
    timesOpened: 0,
    rampFrom: null,
    failuresInRow: 0,
    window: emptyWindow,
    coolingUntil: null,
    coolingStreak: 0,
  };
}

/** Share of traffic admitted, 0 to 1. */
export function admittedShare(breaker: Breaker, at: Moment, config: BreakerConfig): number {
  if (breaker.phase !== 'closed') return 0;
  if (breaker.rampFrom === null) return 1;
  return Math.min(1, Math.max(FIRST_SHARE, (at.monotonic - breaker.rampFrom) / config.rampMs));
}

/** The breaker as status, metrics and events show it. Expects `tick` to have been applied for `at`. */
export function breakerStatus(breaker: Breaker, at: Moment, config: BreakerConfig): BreakerStatus {
  return {
    state: breaker.phase,
    reason: breaker.reason,
    since: breaker.since.wall,
    retry_at: breaker.phase === 'open' && breaker.hold === null ? (breaker.retryAt?.wall ?? null) : null,
    admitted_share: admittedShare(breaker, at, config),
    cooling_until: breaker.coolingUntil?.wall ?? null,
  };
}

/** Whether probes opened the breaker and keep it open, and no request was told of as failed. */
export function isOutByProbesAlone({ phase, hold, cause }: Breaker): boolean {
  return phase === 'open' && hold === 'probe' && cause === null;
}

/** Milliseconds until time alone changes the breaker; null when it does not. */
export function nextBreakerChangeMs(breaker: Breaker, at: Moment, config: BreakerConfig): number | null {
  const instants: number[] = [];
  if (breaker.phase === 'open' && breaker.hold === null && breaker.retryAt) instants.push(breaker.retryAt.monotonic);
  if (breaker.rampFrom !== null) instants.push(breaker.rampFrom + config.rampMs);
  if (breaker.coolingUntil !== null) instants.push(breaker.coolingUntil.monotonic);
  return instants.length === 0 ? null : Math.max(0, Math.ceil(Math.min(...instants) - at.monotonic));
}

/** Share of counted failures in the sliding window, 0 to 1; null below the minimum of samples. */
export function breakerErrorRate(breaker: Breaker, at: Moment, config: BreakerConfig): number | null {
  const { share, samples } = errorShare(breaker.window, at.monotonic, config.windowMs);
  return samples < MINIMUM_SAMPLES ? null : share;
}
