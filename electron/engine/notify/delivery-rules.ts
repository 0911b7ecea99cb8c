const BASE_MS = 2_000;
const MAXIMUM_MS = 10 * 60_000;
const GIVE_UP_AFTER_MS = 6 * 60 * 60_000;
const MAXIMUM_RETRY_AFTER_MS = 60 * 60_000;

/** What came of one try. `status` is null where no answer came. */
export interface TryResult {
  ok: boolean;
  status: number | null;
  /** A sentence without any secret; empty when it went well. */
  error: string;
  retryAfterMs: number | null;
}

export type NextStep = { kind: 'delivered' } | { kind: 'retry'; inMs: number } | { kind: 'give_up' };

/**
 * What follows a try: exponential backoff with full jitter, the channel's own `retry-after` where it is longer. A 4xx other
 * than 408 and 429 is not mended by trying again.
 *
 * @param attempts tries so far, this one included.
 * @param waitedMs the pauses so far, together. Not the time since it was made: a clock that jumps and a machine that slept
 *   must not use up its tries.
 */
export function nextStep(result: TryResult, attempts: number, waitedMs: number, draw: number): NextStep {
  if (result.ok) return { kind: 'delivered' };
  const { status } = result;
  const final = status !== null && status >= 400 && status < 500 && status !== 408 && status !== 429;
  if (final || waitedMs >= GIVE_UP_AFTER_MS) return { kind: 'give_up' };
  const backoff = Math.min(MAXIMUM_MS, BASE_MS * 2 ** Math.min(attempts - 1, 20)) * draw;
  const hinted = Math.min(result.retryAfterMs ?? 0, MAXIMUM_RETRY_AFTER_MS);
  return { kind: 'retry', inMs: Math.round(Math.max(BASE_MS / 2, backoff, hinted)) };
}
