import type { Alert } from '../../../shared/domain/alerts.ts';
import type { Drill } from '../../../shared/domain/drills.ts';
import type { FailureClass } from '../../../shared/domain/failure.ts';
import type { Episode, Fallbacks } from '../../../shared/domain/history.ts';
import type { IncidentPoint } from '../../../shared/domain/incidents.ts';
import type { AuditEntry, Override } from '../../../shared/domain/operations.ts';
import type { BreakerState, HealthTransition, InferenceLoad } from '../../../shared/domain/provider.ts';
import type { QuotaStatus } from '../../../shared/domain/quota.ts';
import type { TimeRange } from './time-range.ts';

/** `share` is what of its traffic the breaker admits, 0 to 1. */
export interface BreakerMark {
  state: BreakerState;
  share: number;
  reason: string | null;
}

/** How a provider stood when its health fell or its breaker opened. */
export interface LoadMark {
  health_reason: string;
  in_flight: number;
  queued: number;
  load: InferenceLoad | null;
}

/** A budget when an episode began or ended, or when it ran low or out in between. */
export interface BudgetMark extends Pick<QuotaStatus, 'scope' | 'limit' | 'used' | 'limit_value'> {
  moment: 'began' | 'ended' | 'soft_exceeded' | 'exhausted' | 'reopened';
}

/** What a provider or a call site (`name`) went through besides its health. */
export type NewMark = { at: number; name: string } & (
  | { kind: 'breaker'; value: BreakerMark }
  | { kind: 'load'; value: LoadMark }
  | { kind: 'budget'; value: BudgetMark }
);
export type Mark = NewMark & { id: number };

/** Requests of callers that the primary was meant to answer, within the incident. */
export interface IncidentCounts {
  affected: number;
  rerouted: number;
  slowed: number;
  lost: number;
  cancelled: number;
  cost_usd: number;
  pricing_unknown_requests: number;
}

/** Everything stored that an incident is told from, oldest first. */
export interface IncidentRows {
  episode: Episode;
  /** From the first failure to the end, or to now. */
  window: TimeRange;
  /** When the first call to the primary failed that belongs to it; null where no call did. */
  firstFailure: { at: number; class: FailureClass | null; message: string | null } | null;
  firstFallbackAt: number | null;
  /** Failed calls to the primary by class, most frequent first. */
  failures: { class: FailureClass; count: number }[];
  /** Null where the requests of that time are not kept any more. */
  counts: IncidentCounts | null;
  /** Of the primary. */
  transitions: HealthTransition[];
  marks: Mark[];
  alerts: Alert[];
  overrides: (Override & { ended_at: number | null; ended_how: 'released' | 'expired' | null })[];
  /** What operators did to providers and limits meanwhile. */
  actions: AuditEntry[];
  drills: Drill[];
  /** Times within the window in which no engine ran. */
  gaps: TimeRange[];
  /** Other episodes that lie within the window or touch it. */
  overlapping: number[];
  charts: { since: number; until: number; stepMs: number; providers: { provider: string; points: IncidentPoint[] }[] };
  lanes: Fallbacks['lanes'];
}
