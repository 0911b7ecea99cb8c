import type { Outgoing } from './channels.ts';
import type { TryResult } from './delivery-rules.ts';

/** The part of `fetch` that is needed here. */
export type PostFetch = (url: string, init: RequestInit) => Promise<Response>;

const TIMEOUT_MS = 10_000;

/**
 * Sends one message. Redirects are not followed: a secret must not travel to where an answer points. Errors name the host
 * and what happened, never the path, a key or what the other side wrote.
 *
 * @param now epoch milliseconds, for a `retry-after` that is a date.
 */
export async function postMessage(fetch: PostFetch, { url, headers, body }: Outgoing, now: number): Promise<TryResult> {
  const host = new URL(url).host;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers,
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    // What it says is of no use, and may be endless.
    await response.body?.cancel();
    const { status } = response;
    if (status >= 200 && status < 300) return { ok: true, status, error: '', retryAfterMs: null };
    return {
      ok: false,
      status,
      error: `${host} answered ${status}.`,
      retryAfterMs: readRetryAfter(response.headers.get('retry-after'), now),
    };
  } catch (error) {
    const timedOut = error instanceof Error && error.name === 'TimeoutError';
    const what = timedOut ? `did not answer within ${TIMEOUT_MS / 1000} s` : 'could not be reached';
    return { ok: false, status: null, error: `${host} ${what}.`, retryAfterMs: null };
  }
}

/** In seconds or as a date (RFC 9110, 10.2.3); null for what is neither. */
function readRetryAfter(value: string | null, now: number): number | null {
  if (value === null) return null;
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now;
  return Number.isNaN(ms) || ms < 0 ? null : ms;
}
