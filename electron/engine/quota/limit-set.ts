import type { LimitKind, LimitRaise, QuotaStatus } from '../../../shared/domain/quota.ts';
import type { Limits } from '../registry/types.ts';
import { DailyCounter, type DailyLimit } from './daily-counter.ts';
import type { DayRule, DayWindow } from './day-window.ts';
import type { LimitOwner } from './limit-owner.ts';
import { RequestRate, TokenMinute, type TokenMark } from './rate-limits.ts';
import type { QuotaCounter, Refusal } from './types.ts';
import { concurrencyReason, dailyReason, rateReason, tokensReason, UNPRICED_REASON } from './words.ts';

/** One instant: `wall` in epoch ms for days, `monotonic` ms for rates. */
export interface Instant {
  wall: number;
  monotonic: number;
}

export interface Amounts {
  tokens: number;
  /** Whole micro-dollars. */
  costMicroUsd: number;
  /** Its provider is our own and takes no money: a call site's spending limit lets it through even when it is used up. */
  free: boolean;
  /** The caller's request has counted at its call site already. */
  counted: boolean;
  /** Nobody knows its price: `costMicroUsd` is 0 and means nothing. */
  pricingUnknown: boolean;
}

/** What a reservation took, and from which day. */
export interface Taken {
  amounts: Amounts;
  requestsWindow: number | null;
  usdWindow: number | null;
  tokenMark: TokenMark;
}

/** What holds for an owner: the registry's limits, what operators raised of them, and the day they count over. */
export interface LimitTerms {
  limits: Limits;
  raises: ReadonlyMap<LimitKind, LimitRaise>;
  rule: DayRule;
  window: DayWindow;
  /** A hard spending limit refuses what nobody knows the price of. */
  refusesUnpriced: boolean;
}

const MICRO = 1_000_000;

/** Every limit of one provider or call site, in memory. Checks and takings are synchronous, so that nothing comes between them. */
export class LimitSet {
  readonly owner: LimitOwner;
  inFlight = 0;
  #requests: DailyCounter | null = null;
  #usd: DailyCounter | null = null;
  #rate: RequestRate | null = null;
  readonly #tokens = new TokenMinute();
  #terms: LimitTerms;
  /** The registry's limits with what is raised. */
  #limits: Limits;

  constructor(owner: LimitOwner, terms: LimitTerms, at: Instant) {
    this.owner = owner;
    this.#terms = terms;
    this.#limits = terms.limits;
    this.change(terms, at);
  }

  /** How long a request may wait for a place, in milliseconds. */
  get queueTimeoutMs(): number {
    return this.#limits.queueTimeoutMs;
  }

  /** Takes edited or raised limits; what was used stays used. */
  change(terms: LimitTerms, at: Instant): void {
    const limits = raisedLimits(terms);
    const before = this.#limits;
    this.#terms = terms;
    this.#limits = limits;
    this.#requests = this.#counter(this.#requests, 'requests_per_day', 1);
    this.#usd = this.#counter(this.#usd, 'usd_per_day', MICRO);
    const perSecond = limits.requests_per_second;
    if (perSecond === undefined) this.#rate = null;
    else if (this.#rate === null) this.#rate = new RequestRate(perSecond, at.monotonic);
    else if (perSecond !== before.requests_per_second) this.#rate.change(perSecond, at.monotonic);
  }

  restore(counter: QuotaCounter, previousStart: number): void {
    this.daily()
      .find((one) => one.kind === counter.limit)
      ?.restore(counter, previousStart);
  }

  /** The daily counters that have a limit. */
  daily(): DailyCounter[] {
    return [this.#requests, this.#usd].filter((counter) => counter !== null);
  }

  /** Why `amounts` do not fit now; null when they do. Takes nothing. */
  refusal(amounts: Amounts, at: Instant): Refusal | null {
    const ofSite = this.owner.scope === 'call_site';
    const refusal =
      (this.#requestsOf(amounts) === 0 ? null : this.#dailyRefusal(this.#requests, 1, at)) ??
      (ofSite && amounts.free ? null : this.#spendingRefusal(amounts, at)) ??
      this.#tokenRefusal(amounts.tokens, at) ??
      (this.#requestsOf(amounts) === 0 ? null : this.#rateRefusal(at)) ??
      this.#concurrencyRefusal();
    if (refusal === null || !ofSite) return refusal;
    const { name } = this.owner;
    return { ...refusal, reason: `call site "${name}": ${refusal.reason}`, callSite: name };
  }

  /** Takes from every limit. Only after `refusal` has answered null for the same instant. */
  take(amounts: Amounts, at: Instant): Taken {
    this.inFlight += 1;
    const requests = this.#requestsOf(amounts);
    if (requests > 0) this.#rate?.take(at.monotonic);
    this.#requests?.add(requests, at.wall);
    this.#usd?.add(amounts.costMicroUsd, at.wall);
    if (this.#usd && amounts.pricingUnknown) this.#usd.unpriced += 1;
    return {
      amounts,
      requestsWindow: this.#requests?.window.start ?? null,
      usdWindow: this.#usd?.window.start ?? null,
      tokenMark: this.#tokens.add(amounts.tokens, at.monotonic),
    };
  }

  /** Real figures replace the estimates, and the place is free. */
  settle(taken: Taken, actual: { tokens: number; costMicroUsd: number }, at: Instant): void {
    this.inFlight -= 1;
    this.#tokens.correct(taken.tokenMark, actual.tokens);
    if (taken.usdWindow === null) return;
    this.#usd?.correct(taken.usdWindow, actual.costMicroUsd - taken.amounts.costMicroUsd, at.wall);
  }

  /** Everything taken is given back. */
  release(taken: Taken, at: Instant): void {
    this.settle(taken, { tokens: 0, costMicroUsd: 0 }, at);
    const requests = this.#requestsOf(taken.amounts);
    if (requests > 0) this.#rate?.giveBack(at.monotonic);
    if (taken.requestsWindow !== null) this.#requests?.correct(taken.requestsWindow, -requests, at.wall);
    if (taken.usdWindow !== null && taken.amounts.pricingUnknown) this.#usd?.returnUnpriced(taken.usdWindow);
  }

  /** Every attempt is a request to its provider; at the call site it is one however many providers are asked. */
  #requestsOf({ counted }: Amounts): 0 | 1 {
    return counted && this.owner.scope === 'call_site' ? 0 : 1;
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
    const { hard, soft } = counter.bounds;
    const enforced = Number.isFinite(hard);
    return {
      ...this.#figures(counter.kind, counter.used / unit, (enforced ? hard : (soft ?? 0)) / unit),
      exhausted: counter.exhausted,
      enforced,
      soft_limit: soft === null ? null : soft / unit,
      soft_exceeded: counter.softExceeded,
      ...(counter.kind === 'usd_per_day' && { unpriced_requests: counter.unpriced }),
      reset_at: counter.window.end,
      projected_exhaustion_at: counter.projectedExhaustion(at.wall),
    };
  }

  #counter(known: DailyCounter | null, kind: DailyLimit, unit: number): DailyCounter | null {
    const hard = this.#limits[kind];
    const soft = this.#limits.soft?.[kind];
    if (hard === undefined && soft === undefined) return null;
    const bounds = {
      hard: hard === undefined ? Infinity : Math.round(hard * unit),
      soft: soft === undefined ? null : Math.round(soft * unit),
    };
    if (known === null) return new DailyCounter(this.owner, kind, bounds, this.#terms.window);
    known.bounds = bounds;
    return known;
  }

  /** A hard limit on spending, and not a soft one that stands alone. */
  get limitsSpending(): boolean {
    return this.#usd !== null && Number.isFinite(this.#usd.bounds.hard);
  }

  #spendingRefusal(amounts: Amounts, at: Instant): Refusal | null {
    const refusal = this.#dailyRefusal(this.#usd, amounts.costMicroUsd, at);
    if (refusal !== null || this.#usd === null || !amounts.pricingUnknown) return refusal;
    if (!this.#terms.refusesUnpriced || !this.limitsSpending) return null;
    const retryAfterMs = Math.max(0, this.#usd.window.end - at.wall);
    return { ok: false, limit: 'usd_per_day', code: 'budget_exhausted', reason: UNPRICED_REASON, retryAfterMs };
  }

  #dailyRefusal(counter: DailyCounter | null, amount: number, at: Instant): Refusal | null {
    if (counter === null || counter.fits(amount)) return null;
    return {
      ok: false,
      limit: counter.kind,
      code: 'budget_exhausted',
      reason: dailyReason(counter, amount, this.#terms.rule),
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
      ...this.owner,
      provider: this.owner.scope === 'provider' ? this.owner.name : null,
      limit,
      used,
      limit_value: limitValue,
      remaining: Math.max(0, limitValue - used),
      exhausted: used >= limitValue,
      enforced: true,
      soft_limit: null,
      soft_exceeded: false,
      raise: this.#raiseOf(limit),
      reset_at: null,
      projected_exhaustion_at: null,
    };
  }

  #raiseOf(limit: LimitKind): QuotaStatus['raise'] {
    const raise = this.#terms.raises.get(limit);
    const from = this.#terms.limits[limit];
    if (!raise || from === undefined) return null;
    const { operator, reason, created_at, until } = raise;
    return { from, operator, reason, created_at, until };
  }
}

/** A raise never lowers: where the registry has meanwhile gone above it, the registry holds; without a limit there is nothing to raise. */
function raisedLimits({ limits, raises }: LimitTerms): Limits {
  const raised = { ...limits };
  for (const [limit, { limit_value: value }] of raises) {
    const own = limits[limit];
    if (own !== undefined) raised[limit] = Math.max(own, value);
  }
  return raised;
}
