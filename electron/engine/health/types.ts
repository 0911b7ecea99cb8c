import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { BreakerStatus, InferenceLoad, Isolation, ProviderHealth } from '../../../shared/domain/provider.ts';

/** What the outcome of one attempt says about a provider. */
export type AttemptOutcome =
  | { ok: true; latencyMs: number; firstTokenMs: number | null }
  | {
      ok: false;
      class: FailureClass;
      message: string;
      retryAfterMs: number | null;
      /** False when the failure says nothing of the provider, such as a caller's own shorter limit. */
      countsAgainstHealth: boolean;
    };

/** A provider's standing at one moment: all that a routing decision needs of it. */
export interface Standing {
  health: ProviderHealth;
  breaker: BreakerStatus;
  isolation: Isolation | null;
  load: InferenceLoad | null;
  /** Recent p95 of total latency in milliseconds; null when nothing was measured in the window. */
  recentLatencyMs: number | null;
  /** Whether that latency is above the registry's threshold, with hysteresis; left out where nobody keeps it. */
  slow?: boolean;
  /** What somebody has to mend before it serves again; null for nothing, left out where nobody keeps it. */
  lockedOut?: FailureClass | null;
  /** Whether its probes alone keep it out, and no request has failed; left out where nobody keeps it. */
  outByProbesAlone?: boolean;
}

/** Permission to send one request: a half-open breaker gives out one at a time. Exactly one of the calls ends it. */
export interface Admission {
  /** True when this request is the single trial of a half-open breaker. */
  trial: boolean;
  report(outcome: AttemptOutcome): void;
  /** The request was never sent, or its end says nothing (the caller left). */
  withdraw(): void;
}

export type AdmissionResult =
  | { admitted: true; admission: Admission }
  | {
      admitted: false;
      reason: string;
      retryAtMs: number | null;
      /** It serves again and takes a growing share; a draw of 0 passes. */
      ramping?: boolean;
    };

/** Keeps one status per provider from probes and traffic. Reads are memory only. */
export interface HealthMonitor {
  start(): void;
  stop(): Promise<void>;
  standing(provider: string): Standing;
  /** Asks the breaker for permission to send. `draw` in [0, 1) decides on the ramp; below the admitted share passes. */
  admit(provider: string, draw: number): AdmissionResult;
  /** Probes at once and waits for the result. */
  probeNow(provider: string): Promise<ProviderHealth>;
  reset(provider: string): void;
  isolate(provider: string, isolation: Isolation): void;
  rejoin(provider: string): void;
}
