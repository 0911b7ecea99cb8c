import type { SimulatorClock } from './clock.ts';
import type { Vendor } from './vendor-errors.ts';

/** Requests and tokens a minute that an account may use. */
export interface RateLimit {
  requestsPerMinute: number;
  tokensPerMinute: number;
}

const MINUTE_MS = 60_000;

/** A budget that fills up steadily: what a vendor's rate-limit headers report. */
export class RateWindow {
  readonly #limit: RateLimit;
  readonly #clock: SimulatorClock;
  #requests: number;
  #tokens: number;
  #filledAt: number;

  constructor(limit: RateLimit, clock: SimulatorClock) {
    this.#limit = limit;
    this.#clock = clock;
    this.#requests = limit.requestsPerMinute;
    this.#tokens = limit.tokensPerMinute;
    this.#filledAt = clock.monotonic();
  }

  /** Takes one request with its tokens; answers the seconds to wait when there is no room, else null. */
  take(tokens: number): number | null {
    this.#refill();
    if (this.#requests < 1) return this.#secondsUntilRequest();
    this.#requests -= 1;
    this.#tokens = Math.max(0, this.#tokens - tokens);
    return null;
  }

  /** The vendor's own header names and notations. */
  headers(vendor: Vendor): Record<string, string> {
    this.#refill();
    const requests = Math.floor(this.#requests);
    const tokens = Math.floor(this.#tokens);
    const { requestsPerMinute, tokensPerMinute } = this.#limit;
    const requestsMs = ((requestsPerMinute - this.#requests) / requestsPerMinute) * MINUTE_MS;
    const tokensMs = ((tokensPerMinute - this.#tokens) / tokensPerMinute) * MINUTE_MS;
    if (vendor === 'vllm') return {};
    if (vendor === 'anthropic') return this.#anthropicHeaders(requests, tokens, requestsMs, tokensMs);
    return {
      'x-ratelimit-limit-requests': String(requestsPerMinute),
      'x-ratelimit-remaining-requests': String(requests),
      'x-ratelimit-reset-requests': duration(requestsMs),
      'x-ratelimit-limit-tokens': String(tokensPerMinute),
      'x-ratelimit-remaining-tokens': String(tokens),
      'x-ratelimit-reset-tokens': duration(tokensMs),
    };
  }

  #anthropicHeaders(requests: number, tokens: number, requestsMs: number, tokensMs: number): Record<string, string> {
    const at = (ms: number): string => new Date(this.#clock.now() + ms).toISOString().replace(/\.\d+Z$/, 'Z');
    const named = (name: string, limit: number, remaining: number, ms: number): [string, string][] => [
      [`anthropic-ratelimit-${name}-limit`, String(limit)],
      [`anthropic-ratelimit-${name}-remaining`, String(remaining)],
      [`anthropic-ratelimit-${name}-reset`, at(ms)],
    ];
    const { requestsPerMinute, tokensPerMinute } = this.#limit;
    return Object.fromEntries([
      ...named('requests', requestsPerMinute, requests, requestsMs),
      ...named('input-tokens', tokensPerMinute, tokens, tokensMs),
      ...named('output-tokens', tokensPerMinute, tokens, tokensMs),
    ]);
  }

  #refill(): void {
    const now = this.#clock.monotonic();
    const share = (now - this.#filledAt) / MINUTE_MS;
    this.#filledAt = now;
    const { requestsPerMinute, tokensPerMinute } = this.#limit;
    this.#requests = Math.min(requestsPerMinute, this.#requests + share * requestsPerMinute);
    this.#tokens = Math.min(tokensPerMinute, this.#tokens + share * tokensPerMinute);
  }

  #secondsUntilRequest(): number {
    return ((1 - this.#requests) / this.#limit.requestsPerMinute) * 60;
  }
}

/** OpenAI's notation: `6m0s`, `1.5s`, `20ms`. */
function duration(ms: number): string {
  if (ms < 1000) return `${Math.ceil(ms)}ms`;
  if (ms < MINUTE_MS) return `${(ms / 1000).toFixed(3).replace(/\.?0+$/, '')}s`;
  return `${Math.floor(ms / MINUTE_MS)}m${Math.round((ms % MINUTE_MS) / 1000)}s`;
}
