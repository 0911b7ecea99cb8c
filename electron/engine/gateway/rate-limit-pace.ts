import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { Clock } from '../clock.ts';
import type { Admission, AdmissionResult, AttemptOutcome, HealthMonitor, Standing } from '../health/types.ts';

/** The least time between two requests to a provider that answers "too many requests", in milliseconds. */
const GAP_MS = 1000;
/** A refusal for rate comes at once: a request that has run this long without one was taken. */
const TAKEN_AFTER_MS = 3000;

/** Refusals of what was asked, by a provider that had room to look at it. */
const JUDGED: ReadonlySet<FailureClass> = new Set(['invalid_request', 'context_overflow', 'content_filtered']);

/** A provider that has answered "too many requests" and taken nothing since. Times are monotonic milliseconds. */
interface Limited {
  since: number;
  askedAt: number;
  /** When the request was sent whose fate is awaited; null when none is under way. */
  trialAt: number | null;
}

/**
 * Keeps many concurrent callers from hammering a provider that answers "too many requests". Its cooling is the breaker's;
 * what comes after the cooling is decided here: one request a second, until one is taken. While a provider is paced, its
 * standing shows it as cooling until the next request may go.
 */
export function pacedByRateLimits(health: HealthMonitor, clock: Clock): HealthMonitor {
  const limited = new Map<string, Limited>();

  function paceOf(provider: string): Limited | null {
    const pace = limited.get(provider);
    if (!pace) return null;
    if (pace.trialAt === null || clock.monotonic() - pace.trialAt < TAKEN_AFTER_MS) return pace;
    limited.delete(provider);
    return null;
  }

  function waitMs(pace: Limited | null): number {
    return pace === null ? 0 : Math.max(0, pace.askedAt + GAP_MS - clock.monotonic());
  }

  function observe(provider: string, sentAt: number, outcome: AttemptOutcome): void {
    const pace = limited.get(provider);
    const now = clock.monotonic();
    if (!outcome.ok && outcome.class === 'rate_limited') {
      limited.set(provider, { since: pace?.since ?? now, askedAt: now, trialAt: null });
    } else if (pace && sentAt > pace.since) {
      // What was sent before the refusal tells nothing of the time after it.
      if (outcome.ok || JUDGED.has(outcome.class)) limited.delete(provider);
      else pace.trialAt = null;
    }
  }

  function admit(provider: string, draw: number): AdmissionResult {
    const pace = paceOf(provider);
    const wait = waitMs(pace);
    if (wait > 0) {
      return {
        admitted: false,
        reason: 'rate limited: asked once a second until it takes a request again',
        retryAtMs: clock.now() + Math.ceil(wait),
      };
    }
    const result = health.admit(provider, draw);
    if (!result.admitted) return result;
    const sentAt = clock.monotonic();
    if (pace) {
      pace.askedAt = sentAt;
      pace.trialAt ??= sentAt;
    }
    return { admitted: true, admission: watched(result.admission, (outcome) => observe(provider, sentAt, outcome)) };
  }

  function standing(provider: string): Standing {
    const known = health.standing(provider);
    const wait = waitMs(paceOf(provider));
    if (wait === 0) return known;
    const until = clock.now() + Math.ceil(wait);
    return {
      ...known,
      breaker: { ...known.breaker, cooling_until: Math.max(until, known.breaker.cooling_until ?? 0) },
    };
  }

  return {
    start: () => health.start(),
    stop: () => health.stop(),
    standing,
    admit,
    probeNow: (provider) => health.probeNow(provider),
    reset(provider) {
      limited.delete(provider);
      health.reset(provider);
    },
    isolate: (provider, isolation) => health.isolate(provider, isolation),
    rejoin: (provider) => health.rejoin(provider),
  };
}

function watched(admission: Admission, observe: (outcome: AttemptOutcome) => void): Admission {
  return {
    trial: admission.trial,
    report(outcome) {
      observe(outcome);
      admission.report(outcome);
    },
    withdraw: () => admission.withdraw(),
  };
}
