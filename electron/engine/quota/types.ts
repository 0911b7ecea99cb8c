import type { LimitKind, QuotaStatus } from '../../../shared/domain/quota.ts';

export interface ReservationRequest {
  provider: string;
  /** Input and expected output tokens. */
  estimatedTokens: number;
  /** Whole micro-dollars. */
  estimatedCostMicroUsd: number;
}

/** A place taken in every limit of a provider. Exactly one of `settle` and `release` ends it; a second call does nothing. */
export interface Reservation {
  /** The request was sent: real figures replace the estimates. */
  settle(actual: { tokens: number; costMicroUsd: number }): void;
  /** The request was never sent: everything taken is given back. */
  release(): void;
}

export type ReservationResult =
  | { ok: true; reservation: Reservation }
  | {
      ok: false;
      limit: LimitKind;
      /** `budget_exhausted` for the daily limits, `rate_limited` for per-second and per-minute ones, `busy` for concurrency. */
      code: 'budget_exhausted' | 'rate_limited' | 'busy';
      /** One sentence with used, limit and reset. */
      reason: string;
      retryAfterMs: number | null;
    };

/** What a decision may know of a provider's budget without taking any of it. */
export type Headroom =
  | { open: true }
  | { open: false; code: 'budget_exhausted' | 'rate_limited' | 'busy'; reason: string; retryAfterMs: number | null };

export interface QuotaManager {
  headroom(provider: string): Headroom;
  /** Atomic over all limits: takes from each or from none. Durable before it returns. */
  reserve(request: ReservationRequest): ReservationResult;
  /**
   * As `reserve`, but waits in order of arrival for a place under `max_concurrent` or `requests_per_second` up to the
   * provider's queue limit. Rejects with the signal's reason when aborted.
   */
  reserveOrWait(request: ReservationRequest, signal: AbortSignal): Promise<ReservationResult & { queuedMs: number }>;
  status(provider?: string): QuotaStatus[];
  inFlight(provider: string): { inFlight: number; queued: number };
}

/** Where counters live between starts. All calls are synchronous and durable when they return. */
export interface QuotaStorage {
  load(): QuotaCounter[];
  save(counters: readonly QuotaCounter[]): void;
}

export interface QuotaCounter {
  provider: string;
  limit: LimitKind;
  /** Start of the counting window, epoch milliseconds. */
  windowStart: number;
  /** Requests, tokens or micro-dollars; whole. */
  used: number;
}
