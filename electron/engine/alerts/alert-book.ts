import type {
  AcknowledgeRequest,
  Alert,
  AlertNotice,
  AlertRule,
  EndSilenceRequest,
  Silence,
  SilenceRequest,
} from '../../../shared/domain/alerts.ts';
import type { Clock } from '../clock.ts';
import type { EventBus } from '../events.ts';
import type { AlertConfig } from '../registry/types.ts';
import type { AlertFacts } from './alert-facts.ts';
import { evaluate, type TrackedAlert } from './alert-states.ts';
import { describeRule, RULES, type Rule } from './rules.ts';

/** Resolved alerts stay in sight this long. */
const RECENT_MS = 60 * 60_000;
/** A gap between two looks of more than this many intervals is a pause in which nothing was seen. */
const PAUSE_INTERVALS = 4;
/** Nothing resolves before this long after a start: probes and traffic have to show how things stand. */
const SETTLING_MS = 60_000;
const WINDOWS: ReadonlyMap<string, number> = new Map(
  RULES.map(({ name, windowSeconds = 0 }) => [name, windowSeconds * 1000]),
);

/** What outlives the process: alerts from firing on, and silences. */
export interface AlertStorage {
  saveAlert(alert: Alert, notified: boolean): void;
  addSilence(silence: Omit<Silence, 'id'>): Silence;
  saveSilence(silence: Silence): void;
  /** Stores a silence whose time was over, and that it was. */
  expireSilence(ended: Silence): void;
}

export interface AlertBookParts {
  clock: Clock;
  events: EventBus;
  storage: AlertStorage;
  restored: { alerts: { alert: Alert; notified: boolean }[]; silences: Silence[] };
  config: () => AlertConfig;
  facts: () => AlertFacts;
  /** Tells people; returns at once. */
  notify: (notices: readonly AlertNotice[]) => void;
}

/** Every alert that is pending or firing, the silences, and the steady look at the facts. */
export class AlertBook {
  readonly #parts: AlertBookParts;
  readonly #startedAt: number;
  #tracked: TrackedAlert[];
  #recent: Alert[] = [];
  #silences: Silence[];
  #lastLook: { monotonic: number; now: number };
  #cancel: () => void = () => undefined;

  constructor(parts: AlertBookParts) {
    this.#parts = parts;
    this.#startedAt = parts.clock.monotonic();
    this.#lastLook = { monotonic: this.#startedAt, now: parts.clock.now() };
    this.#silences = parts.restored.silences;
    this.#tracked = parts.restored.alerts.map(({ alert, notified }) => ({ alert, notified, heldMs: 0, clear: 0 }));
  }

  start(): void {
    this.#plan();
  }

  stop(): void {
    this.#cancel();
  }

  /** Firing, gravest and then oldest first. */
  get firing(): Alert[] {
    return byGravity(this.#tracked.map(({ alert }) => alert).filter(({ state }) => state === 'firing'));
  }

  /** Firing and pending, and what was resolved within the hour. */
  get alerts(): Alert[] {
    const after = this.#parts.clock.now() - RECENT_MS;
    this.#recent = this.#recent.filter(({ resolved_at: at }) => at !== null && at > after);
    return [...byGravity(this.#tracked.map(({ alert }) => alert)), ...this.#recent];
  }

  /** Silences that hold, newest first. */
  get silences(): Silence[] {
    const now = this.#parts.clock.now();
    return this.#silences.filter(({ ended_at: ended, expires_at: expires }) => ended === null && expires > now);
  }

  get rules(): AlertRule[] {
    return this.#rules().map(({ rule, enabled }) => describeRule(rule, enabled));
  }

  /** Looks at the facts now. Called by itself; open to tests and to the moment after a change. */
  look(): void {
    const { clock, config, facts, notify, storage, events } = this.#parts;
    this.#endExpired();
    const monotonic = clock.monotonic();
    const now = clock.now();
    const elapsed = monotonic - this.#lastLook.monotonic;
    // Of a suspend the wall clock alone tells on some systems, and both on others.
    const gap = Math.max(elapsed, now - this.#lastLook.now);
    this.#lastLook = { monotonic, now };
    const elapsedMs = gap > config().evaluationMs * PAUSE_INTERVALS ? 0 : elapsed;
    const seen = facts();
    const findings = this.#rules()
      .filter(({ enabled }) => enabled)
      .flatMap(({ rule }) => rule.find(seen, rule.threshold ?? 0).map((finding) => ({ rule, finding })));
    const step = evaluate(this.#tracked, {
      now,
      elapsedMs,
      findings,
      silences: this.silences,
      mayResolve: (name) => this.#parts.restored.alerts.length === 0 || monotonic - this.#startedAt >= settlingMs(name),
    });
    const pendingBefore = this.#pendingIds();
    this.#tracked = step.tracked;
    for (const { alert, notified } of step.changed) {
      storage.saveAlert(alert, notified);
      if (alert.state === 'resolved') this.#recent = [alert, ...this.#recent];
    }
    if (step.notices.length > 0) notify(step.notices);
    for (const { alert } of step.changed) events.emit('alert_changed', alert);
    const ids = this.#pendingIds();
    if (ids.join() !== pendingBefore.join()) events.emit('pending_alerts_changed', { ids });
  }

  /** Somebody is on it; null when no such alert is pending or firing. An acknowledgement is never taken back by another. */
  acknowledge({ id, operator, reason }: AcknowledgeRequest): Alert | null {
    const one = this.#tracked.find(({ alert }) => alert.id === id && alert.state === 'firing');
    if (!one) return null;
    if (one.alert.acknowledged) return one.alert;
    const { clock, storage, events, notify } = this.#parts;
    const at = clock.now();
    one.alert = { ...one.alert, acknowledged: { operator, at, reason } };
    storage.saveAlert(one.alert, one.notified);
    if (one.notified) notify([{ event: 'acknowledge', alert: one.alert, at }]);
    events.emit('alert_changed', one.alert);
    return one.alert;
  }

  silence({ matchers, ttl_seconds: ttl, reason, operator }: SilenceRequest): Silence {
    const { clock, storage } = this.#parts;
    const now = clock.now();
    const silence = storage.addSilence({
      matchers,
      reason,
      operator,
      created_at: now,
      expires_at: now + ttl * 1000,
      ended_at: null,
    });
    this.#silences = [silence, ...this.#silences];
    this.look();
    return silence;
  }

  /** Ends a silence that holds; null when none of that number does. Alerts that it kept quiet are told at once. */
  endSilence({ id }: Pick<EndSilenceRequest, 'id'>): Silence | null {
    const silence = this.silences.find((one) => one.id === id);
    if (!silence) return null;
    const ended = { ...silence, ended_at: this.#parts.clock.now() };
    this.#parts.storage.saveSilence(ended);
    this.#silences = this.#silences.filter((one) => one.id !== id);
    this.look();
    return ended;
  }

  #pendingIds(): string[] {
    return this.#tracked.filter(({ alert }) => alert.state === 'pending').map(({ alert }) => alert.id);
  }

  /** Once over, a silence stays over, also where the clock is set back. */
  #endExpired(): void {
    const now = this.#parts.clock.now();
    const over = this.#silences.filter(({ expires_at: expires }) => expires <= now);
    this.#silences = this.#silences.filter(({ expires_at: expires }) => expires > now);
    for (const silence of over) this.#parts.storage.expireSilence({ ...silence, ended_at: silence.expires_at });
  }

  #plan(): void {
    const { clock, config } = this.#parts;
    this.#cancel = clock.after(config().evaluationMs, () => {
      this.look();
      this.#plan();
    });
  }

  /** The rules as configured; a rule that the file switches off stays in sight. */
  #rules(): { rule: Rule; enabled: boolean }[] {
    const { enabled: on, alertOnFallback, rules } = this.#parts.config();
    return RULES.map((rule) => {
      const own = rules[rule.name] ?? {};
      const wanted = rule.name === 'UsingFallbackModel' ? alertOnFallback : true;
      return {
        rule: {
          ...rule,
          severity: own.severity ?? rule.severity,
          forSeconds: own.forSeconds ?? rule.forSeconds,
          threshold: own.threshold ?? rule.threshold,
        },
        enabled: on && wanted && (own.enabled ?? true),
      };
    });
  }
}

/** What a rule counts over a window is forgotten with the process, and known again when the window has passed. */
function settlingMs(rule: string): number {
  return Math.max(SETTLING_MS, WINDOWS.get(rule) ?? 0);
}

const GRAVITY = { critical: 0, warning: 1, info: 2 } as const;
const URGENCY = { firing: 0, pending: 1, resolved: 2 } as const;

function byGravity(alerts: readonly Alert[]): Alert[] {
  return alerts.toSorted(
    (a, b) =>
      URGENCY[a.state] - URGENCY[b.state] ||
      GRAVITY[a.severity] - GRAVITY[b.severity] ||
      a.pending_since - b.pending_since,
  );
}
