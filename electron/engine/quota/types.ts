import type { LimitKind, LimitRaise, QuotaScope, QuotaStatus } from '../../../shared/domain/quota.ts';

export interface ReservationRequest {
  provider: string;
  /** The call site whose limits count too; null or left out where the request comes from none. */
  callSite?: string | null;
  /**
   * An earlier attempt for the same request of a caller has counted at the call site: however many providers are asked,
   * it is one request there.
   */
  counted?: boolean;
  /** Input and expected output tokens. */
  estimatedTokens: number;
  /** Whole micro-dollars. */
  estimatedCostMicroUsd: number;
  /** Nobody knows what the request will cost: the estimate is nothing, and means nothing. */
  pricingUnknown?: boolean;
}

/** A place taken in every limit of a provider and a call site. Exactly one of `settle` and `release` ends it; a second call does nothing. */
export interface Reservation {
  /** The request was sent: real figures replace the estimates. */
  settle(actual: { tokens: number; costMicroUsd: number }): void;
  /** The request was never sent: everything taken is given back. */
  release(): void;
}

/** `budget_exhausted` for the daily limits, `rate_limited` for per-second and per-minute ones, `busy` for concurrency. */
type RefusalCode = 'budget_exhausted' | 'rate_limited' | 'busy';

export interface Refusal {
  ok: false;
  limit: LimitKind;
  code: RefusalCode;
  /** One sentence with used, limit and reset. */
  reason: string;
  retryAfterMs: number | null;
  /** The call site whose own limit refuses; left out where it is the provider's. */
  callSite?: string;
}

export type ReservationResult = { ok: true; reservation: Reservation } | Refusal;

/** What a decision may know of a budget without taking any of it. */
export type Headroom =
  | { open: true }
  | {
      open: false;
      code: RefusalCode;
      reason: string;
      retryAfterMs: number | null;
      callSite?: string;
      /** A place is to be had by waiting in the queue: `reserveOrWait` does it, so that this closes nobody. */
      waits?: boolean;
    };

export interface QuotaManager {
  /** With a call site, its limits count too; `counted` and `pricingUnknown` as in a reservation. */
  headroom(provider: string, callSite?: string | null, counted?: boolean, pricingUnknown?: boolean): Headroom;
  /** Whether a hard spending limit stands over requests of a provider and a call site. */
  limitsSpending(provider: string, callSite: string | null): boolean;
  /** Atomic over all limits of the provider and the call site: takes from each or from none. Durable before it returns. */
  reserve(request: ReservationRequest): ReservationResult;
  /**
   * As `reserve`, but waits in order of arrival for a place under `max_concurrent` or `requests_per_second` up to the
   * queue limit of whoever refused. Rejects with the signal's reason when aborted.
   */
  reserveOrWait(request: ReservationRequest, signal: AbortSignal): Promise<ReservationResult & { queuedMs: number }>;
  /** Of one provider; of all providers and then all call sites when none is named. */
  status(provider?: string): QuotaStatus[];
  inFlight(provider: string): { inFlight: number; queued: number };
}

/** What operators may do to limits. */
export interface LimitRaises {
  /** Raises a limit of the registry until a time; replaces an earlier raise of the same limit. */
  raise(raise: Omit<LimitRaise, 'id' | 'created_at'>): LimitRaise;
  /** Ends a raise before its time; null when the limit is not raised. */
  endRaise(target: LimitTarget): LimitRaise | null;
}

/** One limit of one provider or call site. */
export type LimitTarget = Pick<LimitRaise, 'scope' | 'name' | 'limit'>;

/** Where counters live between starts. All calls are synchronous and durable when they return. */
export interface QuotaStorage {
  load(): QuotaCounter[];
  /** All of them or none. */
  save(counters: readonly QuotaCounter[]): void;
}

/** Where raised limits live between starts. */
export interface RaiseStorage {
  /** Those that nobody has ended, overdue ones included. */
  loadRaises(): LimitRaise[];
  saveRaise(raise: Omit<LimitRaise, 'id'>): LimitRaise;
  endRaise(id: number, endedAt: number, how: 'ended' | 'replaced' | 'expired'): void;
}

export interface QuotaCounter {
  scope: QuotaScope;
  /** The provider or the call site. */
  name: string;
  limit: LimitKind;
  /** Start of the counting window, epoch milliseconds. */
  windowStart: number;
  /** Requests, tokens or micro-dollars; whole. */
  used: number;
  /** Of spending: requests in the window that nobody knew a price for. */
  unpriced: number;
  /** The soft limit that was told to be reached in the window; null when none was. */
  softTold: number | null;
}
