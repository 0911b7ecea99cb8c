import type { LimitKind, QuotaStatus } from '../../../shared/domain/quota.ts';
import type { ProviderConfig } from '../registry/types.ts';
import { DailyCounter } from './daily-counter.ts';
import type { DayRule, DayWindow } from './day-window.ts';
import { RequestRate, TokenMinute, type TokenMark } from './rate-limits.ts';
import type { QuotaCounter, ReservationResult } from './types.ts';
import { concurrencyReason, dailyReason, rateReason, tokensReason } from './words.ts';

export type Refusal = Extract<ReservationResult, { ok: false }>;

/** One instant: `wall` in epoch ms for days, `monotonic` ms for rates. */
export interface Instant {
  wall: number;
  monotonic: number;
}

export interface Amounts {
  tokens: number;
  /** Whole micro-dollars. */
  costMicroUsd: number;
}

/** What a reservation took, and from which day. */
export interface Taken {
  amounts: Amounts;
  requestsWindow: number | null;
  usdWindow: number | null;
  tokenMark: TokenMark;
}

const MICRO = 1_000_000;

/** Every limit of one provider, in memory. Checks and takings are synchronous, so that nothing comes between them. */
export class ProviderQuota {
  readonly provider: string;
  inFlight = 0;
  queueTimeoutMs: number;
  #requests: DailyCounter | null = null;
  #usd: DailyCounter | null = null;
  #rate: RequestRate | null = null;
  readonly #tokens = new TokenMinute();
  #limits: ProviderConfig['limits'];
  readonly #rule: DayRule;

  constructor(config: ProviderConfig, rule: DayRule, window: DayWindow, at: Instant) {
    this.provider = config.name;
    this.queueTimeoutMs = config.limits.queueTimeoutMs;
    this.#limits = config.limits;
    this.#rule = rule;
    this.change(config, window, at);
  }

  /** Takes edited limits; what was used stays used. */
  change(config: ProviderConfig, window: DayWindow, at: Instant): void {
    const { limits } = config;
    this.queueTimeoutMs = limits.queueTimeoutMs;
    this.#requests = this.#counter(this.#requests, 'requests_per_day', limits.requests_per_day, window);
    const usd = limits.usd_per_day;
    this.#usd = this.#counter(
      this.#usd,
      'usd_per_day',
      usd === undefined ? undefined : Math.round(usd * MICRO),
      window,
    );
    const perSecond = limits.requests_per_second;
    if (perSecond === undefined) this.#rate = null;
    else if (this.#rate === null) this.#rate = new RequestRate(perSecond, at.monotonic);
    else if (perSecond !== this.#limits.requests_per_second) this.#rate.change(perSecond, at.monotonic);
    this.#limits = limits;
  }

  restore(counter: QuotaCounter): void {
    this.daily()
      .find((one) => one.kind === counter.limit)
      ?.restore(counter);
  }

  /** The daily counters that have a limit. */
  daily(): DailyCounter[] {
    return [this.#requests, this.#usd].filter((counter) => counter !== null);
  }

  /** Why `amounts` do not fit now; null when they do. Takes nothing. */
  refusal(amounts: Amounts, at: Instant): Refusal | null {
    return (
      this.#dailyRefusal(this.#requests, 1, at) ??
      this.#dailyRefusal(this.#usd, amounts.costMicroUsd, at) ??
      this.#tokenRefusal(amounts.tokens, at) ??
      this.#rateRefusal(at) ??
      this.#concurrencyRefusal()
    );
  }

  /** Takes from every limit. Only after `refusal` has answered null for the same instant. */
  take(amounts: Amounts, at: Instant): Taken {
    this.inFlight += 1;
    this.#rate?.take(at.monotonic);
    this.#requests?.add(1, at.wall);
    this.#usd?.add(amounts.costMicroUsd, at.wall);
    return {
      amounts,
      requestsWindow: this.#requests?.window.start ?? null,
      usdWindow: this.#usd?.window.start ?? null,
      tokenMark: this.#tokens.add(amounts.tokens, at.monotonic),
    };
  }

  /** Real figures replace the estimates, and the place is free. */
  settle(taken: Taken, actual: Amounts, at: Instant): void {
    this.inFlight -= 1;
    this.#tokens.correct(taken.tokenMark, actual.tokens);
    if (taken.usdWindow === null) return;
    this.#usd?.correct(taken.usdWindow, actual.costMicroUsd - taken.amounts.costMicroUsd, at.wall);
  }

  /** Everything taken is given back. */
  release(taken: Taken, at: Instant): void {
    this.settle(taken, { tokens: 0, costMicroUsd: 0 }, at);
    this.#rate?.giveBack(at.monotonic);
    if (taken.requestsWindow !== null) this.#requests?.correct(taken.requestsWindow, -1, at.wall);
  }

  status(at: Instant): QuotaStatus[] {
    return [
      ...this.daily().map((counter) => this.dailyStatus(counter, at)),
      ...this.#rateStatus(at),
      ...this.#tokenStatus(at),
      ...this.#concurrencyStatus(),
    ];
  }

  dailyStatus(counter: DailyCounter, at: Instant): QuotaStatus {
    const unit = counter.kind === 'usd_per_day' ? MICRO : 1;
    return {
      ...this.#figures(counter.kind, counter.used / unit, counter.limit / unit),
      exhausted: counter.exhausted,
      reset_at: counter.window.end,
      projected_exhaustion_at: counter.projectedExhaustion(at.wall),
    };
  }

  #counter(
    known: DailyCounter | null,
    kind: DailyCounter['kind'],
    limit: number | undefined,
    window: DayWindow,
  ): DailyCounter | null {
    if (limit === undefined) return null;
    if (known === null) return new DailyCounter(this.provider, kind, limit, window);
    known.limit = limit;
    return known;
  }

  #dailyRefusal(counter: DailyCounter | null, amount: number, at: Instant): Refusal | null {
    if (counter === null || counter.fits(amount)) return null;
    return {
      ok: false,
      limit: counter.kind,
      code: 'budget_exhausted',
      reason: dailyReason(counter, amount, this.#rule),
      retryAfterMs: Math.max(0, counter.window.end - at.wall),
    };
  }

  #tokenRefusal(tokens: number, at: Instant): Refusal | null {
    const limit = this.#limits.tokens_per_minute;
    if (limit === undefined) return null;
    const wait = this.#tokens.waitMs(tokens, limit, at.monotonic);
    if (wait === 0) return null;
    const reason = tokensReason(this.#tokens.used(at.monotonic), limit, tokens, wait);
    return { ok: false, limit: 'tokens_per_minute', code: 'rate_limited', reason, retryAfterMs: wait };
  }

  #rateRefusal(at: Instant): Refusal | null {
    const wait = this.#rate?.waitMs(at.monotonic) ?? 0;
    if (wait === 0) return null;
    const reason = rateReason(this.#limits.requests_per_second ?? 0, wait);
    return { ok: false, limit: 'requests_per_second', code: 'rate_limited', reason, retryAfterMs: wait };
  }

  #concurrencyRefusal(): Refusal | null {
    const limit = this.#limits.max_concurrent;
    if (limit === undefined || this.inFlight < limit) return null;
    const reason = concurrencyReason(this.inFlight, limit);
    return { ok: false, limit: 'max_concurrent', code: 'busy', reason, retryAfterMs: null };
  }

  #rateStatus(at: Instant): QuotaStatus[] {
    const limit = this.#limits.requests_per_second;
    if (limit === undefined || this.#rate === null) return [];
    return [
      {
        ...this.#figures('requests_per_second', this.#rate.used(at.monotonic), limit),
        exhausted: this.#rate.waitMs(at.monotonic) > 0,
        reset_at: Math.ceil(at.wall + this.#rate.resetMs(at.monotonic)),
      },
    ];
  }

  #tokenStatus(at: Instant): QuotaStatus[] {
    const limit = this.#limits.tokens_per_minute;
    if (limit === undefined) return [];
    const figures = this.#figures('tokens_per_minute', this.#tokens.used(at.monotonic), limit);
    return [{ ...figures, reset_at: Math.ceil(at.wall + this.#tokens.resetMs(at.monotonic)) }];
  }

  #concurrencyStatus(): QuotaStatus[] {
    const limit = this.#limits.max_concurrent;
    return limit === undefined ? [] : [this.#figures('max_concurrent', this.inFlight, limit)];
  }

  #figures(limit: LimitKind, used: number, limitValue: number): QuotaStatus {
    return {
      provider: this.provider,
      limit,
      used,
      limit_value: limitValue,
      remaining: Math.max(0, limitValue - used),
      exhausted: used >= limitValue,
      reset_at: null,
      projected_exhaustion_at: null,
    };
  }
}
