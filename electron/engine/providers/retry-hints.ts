import type { IncomingHttpHeaders } from 'node:http';

/** Hints beyond this are taken for nonsense and cut, in milliseconds. */
const LONGEST_HINT_MS = 24 * 60 * 60 * 1000;

/**
 * How long a provider asks to be left alone, in milliseconds from `now` (epoch milliseconds); null when it does not
 * say. In this order: `retry-after-ms`, `retry-after` (seconds or a date, RFC 9110), then the reset of whatever limit
 * is used up: OpenAI's durations (`x-ratelimit-reset-requests: 6m0s`) or Anthropic's times (RFC 3339).
 */
export function retryAfterMs(headers: IncomingHttpHeaders, now: number): number | null {
  const hint = ownHint(headers, now) ?? exhaustedReset(headers, now);
  return hint === null ? null : Math.min(LONGEST_HINT_MS, Math.max(0, Math.ceil(hint)));
}

function ownHint(headers: IncomingHttpHeaders, now: number): number | null {
  const milliseconds = Number(text(headers, 'retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(milliseconds)) return milliseconds;
  const after = text(headers, 'retry-after');
  if (after === null) return null;
  const seconds = Number(after);
  if (Number.isFinite(seconds)) return seconds * 1000;
  const date = Date.parse(after);
  return Number.isNaN(date) ? null : date - now;
}

const LIMITS = [
  ['x-ratelimit-remaining-requests', 'x-ratelimit-reset-requests'],
  ['x-ratelimit-remaining-tokens', 'x-ratelimit-reset-tokens'],
  ['anthropic-ratelimit-requests-remaining', 'anthropic-ratelimit-requests-reset'],
  ['anthropic-ratelimit-tokens-remaining', 'anthropic-ratelimit-tokens-reset'],
  ['anthropic-ratelimit-input-tokens-remaining', 'anthropic-ratelimit-input-tokens-reset'],
  ['anthropic-ratelimit-output-tokens-remaining', 'anthropic-ratelimit-output-tokens-reset'],
] as const;

/** The latest reset among the limits that are used up. */
function exhaustedReset(headers: IncomingHttpHeaders, now: number): number | null {
  const waits = LIMITS.flatMap(([remaining, reset]) => {
    const value = text(headers, reset);
    if (value === null || text(headers, remaining) !== '0') return [];
    const wait = parseDuration(value) ?? Date.parse(value) - now;
    return Number.isNaN(wait) ? [] : [wait];
  });
  return waits.length === 0 ? null : Math.max(...waits);
}

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Parses durations such as `6m0s`, `20ms`, `1h2m3.5s` into milliseconds; null for anything else. */
export function parseDuration(value: string): number | null {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/.test(value)) return null;
  let total = 0;
  for (const [, amount, unit] of value.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  return total;
}

function text(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[name];
  const first = Array.isArray(value) ? value[0] : value;
  return first === undefined || first.trim() === '' ? null : first.trim();
}
