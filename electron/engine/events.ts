import type { Alert } from '../../shared/domain/alerts.ts';
import type { Drill } from '../../shared/domain/drills.ts';
import type { ShadowOutcome } from '../../shared/domain/experiments.ts';
import type { Episode, FallbackEvent } from '../../shared/domain/history.ts';
import type { AuditEntry, Override } from '../../shared/domain/operations.ts';
import type { BreakerStatus, HealthTransition } from '../../shared/domain/provider.ts';
import type { QuotaStatus } from '../../shared/domain/quota.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import type { RequestTrace } from './trace-context.ts';

/** What the rooms announce. Events say what has happened; nothing in the engine waits for one or is steered by one. */
export interface EngineEvents {
  health_changed: HealthTransition;
  breaker_changed: { provider: string; breaker: BreakerStatus };
  request_finished: RequestDetail;
  /** A request of a caller has finished that belongs to a trace; only where traces are recorded. */
  request_traced: { trace: RequestTrace; request: RequestDetail };
  /** Spans that no collector took. */
  telemetry_dropped: { spans: number; reason: 'queue_full' | 'export_failed' };
  /** A request that another provider took was written down as a fallback; never where the registry does not track them. */
  fallback: FallbackEvent;
  /** Another provider than the intended one answers a caller, tracked or not. */
  stood_in: { provider: string };
  episode_changed: Episode;
  override_changed: Override | null;
  isolation_changed: { provider: string };
  config_loaded: { version: string };
  config_refused: { error: string };
  probe_finished: { provider: string; ok: boolean; kind: string; latency_ms: number };
  quota_exhausted: QuotaStatus;
  quota_reopened: QuotaStatus;
  /** A soft limit is reached: nothing is refused yet. Once a day for each budget. */
  quota_soft_exceeded: QuotaStatus;
  drill_changed: Drill;
  /** A request in the shadow's sample has come to something. */
  shadow_ended: { outcome: ShadowOutcome };
  /** An alert fires, is acknowledged, silenced, or resolved. */
  alert_changed: Alert;
  /** What is pending, by the ids of the alerts: one has begun to pend, has fired, or is gone. */
  pending_alerts_changed: { ids: string[] };
  notification_tried: { channel: string; outcome: 'delivered' | 'failed' | 'given_up' };
  /** An operator's change was noted in the audit. */
  audited: AuditEntry;
}

type Listener<Payload> = (payload: Payload) => void;

/** One typed bus. A listener that throws is reported and hurts neither the announcer nor the other listeners. */
export class EventBus {
  readonly #listeners = new Map<keyof EngineEvents, Set<Listener<never>>>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /** Listens until the returned function is called. */
  on<Name extends keyof EngineEvents>(name: Name, listener: Listener<EngineEvents[Name]>): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as Listener<never>);
    return () => listeners.delete(listener as Listener<never>);
  }

  emit<Name extends keyof EngineEvents>(name: Name, payload: EngineEvents[Name]): void {
    for (const listener of this.#listeners.get(name) ?? []) {
      try {
        (listener as Listener<EngineEvents[Name]>)(payload);
      } catch (error) {
        this.#onListenerError(error);
      }
    }
  }
}
