import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { HealthStatus, InferenceLoad } from '../../../shared/domain/provider.ts';
import type { Breaker } from './breaker-state.ts';
import { holdFor } from './breaker-steps.ts';
import { duration, utcTime } from './words.ts';

/** What the probes of one provider have said so far. */
export interface ProbeRecord {
  /** The outcome of the last probe; null before the first. */
  last: { ok: boolean; reason: string; failureClass: FailureClass | null; latencyMs: number } | null;
  failuresInRow: number;
  /** Whether a probe (or, where nobody probes, a request) ever was good since the start. */
  everGood: boolean;
}

/** What can make a working provider degraded and needs hysteresis, so that a figure near its limit does not flap. */
export type DegradedBy = 'slow' | 'errors' | 'load' | 'slow_probe';

export interface HealthInput {
  /** Why the provider is switched off or not configured; null when it is in use. */
  disabledReason: string | null;
  deployment: 'self-hosted' | 'api';
  probed: boolean;
  probeTimeoutMs: number;
  probes: ProbeRecord;
  breaker: Breaker;
  /** Share of recent requests that failed, 0 to 1, and the share that opens the breaker; null below the minimum of samples. */
  errorRate: number | null;
  breakerErrorRate: number;
  /** Recent p95 in milliseconds over at least a handful of requests; null when there are fewer. */
  latencyMs: number | null;
  slowMs: number;
  load: InferenceLoad | null;
  /** What degraded the provider at the last look. */
  degradedBy: DegradedBy | null;
}

export interface DerivedHealth {
  status: HealthStatus;
  reason: string;
  degradedBy: DegradedBy | null;
}

/** A probe slower than this share of its timeout is a warning. */
const SLOW_PROBE_SHARE = 0.8;
/** vLLM preempts and recomputes requests when its KV cache is full; close to that, first tokens become slow. */
const HIGH_KV_CACHE = 0.95;
/** A queue of this many requests that is also longer than what runs. */
const LONG_QUEUE = 8;
/** A condition ends below this share of the figure that began it. */
const HYSTERESIS = 0.85;
const FAILURES_TO_UNHEALTHY = 2;

/** Failures that are facts at once: nobody listens, the key is refused, the model is not there. */
const CERTAIN_FAILURES: ReadonlySet<FailureClass> = new Set([
  'unreachable',
  'unauthorized',
  'exhausted',
  'model_missing',
]);

/**
 * Whether the probes alone make the provider unhealthy: one failure that is certain (or, from a self-hosted server, a
 * 503: its engine is dead), two others in a row, or a first one when nothing good was ever seen. A 429 shows a living
 * server.
 */
export function probesSayUnhealthy(probes: ProbeRecord, deployment: 'self-hosted' | 'api'): boolean {
  const { last } = probes;
  if (last === null || last.ok || last.failureClass === 'rate_limited') return false;
  if (probes.failuresInRow >= FAILURES_TO_UNHEALTHY || !probes.everGood) return true;
  if (last.failureClass === null) return false;
  return (
    CERTAIN_FAILURES.has(last.failureClass) || (last.failureClass === 'overloaded' && deployment === 'self-hosted')
  );
}

/**
 * What somebody has to mend before the provider serves again: the last probe says so, or the call that opened the breaker.
 * A good probe shows that the key is taken again; of a credit or a model it knows nothing, so there the trial decides.
 */
export function lockedOutBy({ last }: ProbeRecord, breaker: Breaker, probed: boolean): FailureClass | null {
  const byProbe = last?.ok === false && last.failureClass !== null ? holdFor(last.failureClass) : null;
  if (byProbe !== null || breaker.phase === 'closed' || breaker.cause === null) return byProbe;
  const keyIsTaken = probed && breaker.phase === 'half_open' && breaker.cause === 'unauthorized';
  return keyIsTaken ? null : holdFor(breaker.cause);
}

/** One status from everything that is known: probes first, then traffic, then load. */
export function deriveHealth(input: HealthInput): DerivedHealth {
  const { probes, breaker } = input;
  const plain = (status: HealthStatus, reason: string): DerivedHealth => ({ status, reason, degradedBy: null });
  if (input.disabledReason !== null) return plain('disabled', input.disabledReason);
  if (input.probed && probes.last === null) return plain('unknown', 'the first probe has not ended yet');
  if (probesSayUnhealthy(probes, input.deployment)) return plain('unhealthy', describeProbeFailure(probes));
  if (breaker.phase === 'open') return plain('unhealthy', breaker.reason ?? 'the breaker is open');
  if (!input.probed && !probes.everGood) {
    return plain('unknown', 'its health check is off and it has not answered a request yet');
  }
  if (breaker.phase === 'half_open') return plain('degraded', 'recovering: one trial request at a time');
  if (probes.last?.ok === false) return plain('degraded', `the last probe failed: ${probes.last.reason}`);
  if (breaker.coolingUntil !== null) {
    return plain('degraded', `rate limited until ${utcTime(breaker.coolingUntil.wall)}`);
  }
  return degradation(input) ?? plain('healthy', probes.last?.reason ?? 'it answers requests');
}

function degradation(input: HealthInput): DerivedHealth | null {
  const checks: { by: DegradedBy; reason: (factor: number) => string | null }[] = [
    { by: 'errors', reason: (factor) => errorsReason(input, factor) },
    { by: 'slow', reason: (factor) => slowReason(input, factor) },
    { by: 'load', reason: (factor) => loadReason(input.load, factor) },
    { by: 'slow_probe', reason: (factor) => slowProbeReason(input, factor) },
  ];
  for (const { by, reason } of checks) {
    const words = reason(input.degradedBy === by ? HYSTERESIS : 1);
    if (words !== null) return { status: 'degraded', reason: words, degradedBy: by };
  }
  return null;
}

function errorsReason({ errorRate, breakerErrorRate }: HealthInput, factor: number): string | null {
  if (errorRate === null || errorRate < (breakerErrorRate / 2) * factor) return null;
  return `${Math.round(errorRate * 100)} % of recent requests failed`;
}

function slowReason({ latencyMs, slowMs }: HealthInput, factor: number): string | null {
  if (latencyMs === null || latencyMs < slowMs * factor) return null;
  return `slow: p95 ${duration(latencyMs)}, the limit is ${duration(slowMs)}`;
}

function loadReason(load: InferenceLoad | null, factor: number): string | null {
  if (load === null) return null;
  const cache = load.kv_cache_usage;
  if (cache !== null && cache >= HIGH_KV_CACHE * factor) return `its KV cache is ${Math.round(cache * 100)} % full`;
  const waiting = load.waiting ?? 0;
  if (waiting >= LONG_QUEUE * factor && waiting > (load.running ?? 0) * factor) {
    return `${waiting} requests wait in its queue`;
  }
  return null;
}

function slowProbeReason({ probes, probeTimeoutMs }: HealthInput, factor: number): string | null {
  const latency = probes.last?.latencyMs ?? 0;
  if (latency < probeTimeoutMs * SLOW_PROBE_SHARE * factor) return null;
  return `the last probe took ${duration(latency)} of ${duration(probeTimeoutMs)}`;
}

function describeProbeFailure(probes: ProbeRecord): string {
  const reason = probes.last?.reason ?? 'no answer';
  return probes.failuresInRow > 1 ? `${reason}, ${probes.failuresInRow} probes in a row` : reason;
}
