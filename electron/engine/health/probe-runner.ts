import type { Clock } from '../clock.ts';
import type { Provider, ProbeResult } from '../providers/types.ts';
import { duration } from './words.ts';

/** Runs `work` with a time limit; rejects with the signal's reason when it is aborted, whether `work` listens or not. */
export async function withLimit<Result>(
  work: (signal: AbortSignal) => Promise<Result>,
  limitMs: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<Result> {
  const limit = new AbortController();
  const signal = AbortSignal.any([limit.signal, stop]);
  const cancel = clock.after(limitMs, () => limit.abort(new LimitReached(limitMs)));
  try {
    const aborted = new Promise<never>((_, reject) => {
      const fail = (): void => reject(signal.reason as Error);
      if (signal.aborted) fail();
      else signal.addEventListener('abort', fail, { once: true });
    });
    return await Promise.race([work(signal), aborted]);
  } finally {
    cancel();
  }
}

/**
 * Probes once, and a second time at once when nobody was reached: a kept connection that the server had closed meanwhile
 * looks just like a server that is gone. Never rejects: a silent provider and one that throws are results too.
 */
export async function runProbe(
  provider: Provider,
  timeoutMs: number,
  clock: Clock,
  stop: AbortSignal,
): Promise<ProbeResult> {
  const startedAt = clock.monotonic();
  try {
    return await withLimit((signal) => probeTwice(provider, signal), timeoutMs, clock, stop);
  } catch (error) {
    const timedOut = error instanceof LimitReached;
    return {
      ok: false,
      kind: 'health_endpoint',
      latencyMs: clock.monotonic() - startedAt,
      reason: timedOut ? `no answer within ${duration(timeoutMs)}` : 'the probe itself failed',
      failureClass: timedOut ? 'timeout' : null,
      models: null,
      usage: null,
    };
  }
}

async function probeTwice(provider: Provider, signal: AbortSignal): Promise<ProbeResult> {
  const first = await provider.probe(signal);
  return first.failureClass === 'unreachable' && !signal.aborted ? provider.probe(signal) : first;
}

class LimitReached extends Error {
  constructor(limitMs: number) {
    super(`no answer within ${duration(limitMs)}`);
    this.name = 'LimitReached';
  }
}
