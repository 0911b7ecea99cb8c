import { createHash } from 'node:crypto';
import { matchesEvery, type Alert, type AlertNotice, type Silence } from '../../../shared/domain/alerts.ts';
import type { Finding } from './alert-facts.ts';
import { runbookAnchor, type Rule } from './rules.ts';

/** An alert with what decides about its next step. */
export interface TrackedAlert {
  alert: Alert;
  /** How long the condition was seen to hold, in monotonic milliseconds. */
  heldMs: number;
  /** Evaluations in a row that did not find the condition. */
  clear: number;
  /** People were told that it fires. */
  notified: boolean;
}

export interface Evaluation {
  /** Wall clock, for what is shown and stored. */
  now: number;
  /** Monotonic milliseconds since the last evaluation that can be relied on; 0 after a pause. */
  elapsedMs: number;
  findings: readonly { rule: Rule; finding: Finding }[];
  silences: readonly Silence[];
  /** False for a rule after a start, as long as not all that it looks at was seen yet: its alerts do not resolve then. */
  mayResolve: (rule: string) => boolean;
}

export interface Step {
  tracked: TrackedAlert[];
  /** What changed and has to be stored: began to fire, resolved, or was silenced or not any more. */
  changed: TrackedAlert[];
  notices: AlertNotice[];
}

/** A condition has to be gone in this many evaluations in a row: one that comes and goes stays one alert. */
export const CLEAR_EVALUATIONS = 2;

/** Rule and labels in one stable text. */
export function fingerprintOf(rule: string, labels: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(labels)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `${rule}{${pairs.join(',')}}`;
}

/** What one evaluation makes of the alerts so far. A pure step: time, findings and silences come with it. */
export function evaluate(before: readonly TrackedAlert[], evaluation: Evaluation): Step {
  const found = new Map(
    evaluation.findings.map(({ rule, finding }) => [fingerprintOf(rule.name, finding.labels), { rule, finding }]),
  );
  const known = new Set(before.map(({ alert }) => alert.fingerprint));
  const begun = [...found]
    .filter(([fingerprint]) => !known.has(fingerprint))
    .map(([fingerprint, what]) => begin(fingerprint, what, evaluation.now));
  const step: Step = { tracked: [], changed: [], notices: [] };
  for (const one of [...before, ...begun]) {
    const what = found.get(one.alert.fingerprint);
    const next = what ? hold(one, what, evaluation) : fade(one, evaluation);
    if (next) settle(one, next, evaluation, step);
  }
  return step;
}

function begin(fingerprint: string, { rule, finding }: { rule: Rule; finding: Finding }, now: number): TrackedAlert {
  const digest = createHash('sha256').update(fingerprint).digest('hex').slice(0, 8);
  return {
    alert: {
      id: `${now.toString(36)}-${digest}`,
      rule: rule.name,
      severity: rule.severity,
      state: 'pending',
      ...finding,
      fingerprint,
      runbook: runbookAnchor(rule.name),
      pending_since: now,
      firing_since: null,
      resolved_at: null,
      acknowledged: null,
      silence_id: null,
    },
    heldMs: 0,
    clear: 0,
    notified: false,
  };
}

function hold(
  one: TrackedAlert,
  { rule, finding }: { rule: Rule; finding: Finding },
  { now, elapsedMs }: Evaluation,
): TrackedAlert {
  const isNew = one.alert.pending_since === now && one.heldMs === 0;
  const heldMs = one.heldMs + (isNew ? 0 : elapsedMs);
  const alert: Alert = { ...one.alert, ...finding, severity: rule.severity };
  if (alert.state === 'pending' && heldMs >= rule.forSeconds * 1000) {
    return {
      ...one,
      heldMs,
      clear: 0,
      alert: { ...alert, state: 'firing', firing_since: Math.max(now, alert.pending_since) },
    };
  }
  return { ...one, heldMs, clear: 0, alert };
}

function fade(one: TrackedAlert, { now, elapsedMs, mayResolve }: Evaluation): TrackedAlert | null {
  if (one.alert.state === 'pending') return null;
  // Nothing can be told from the first look after a pause.
  const clear = mayResolve(one.alert.rule) && elapsedMs > 0 ? one.clear + 1 : one.clear;
  if (clear < CLEAR_EVALUATIONS) return { ...one, clear };
  const resolvedAt = Math.max(now, one.alert.firing_since ?? now);
  return { ...one, clear, alert: { ...one.alert, state: 'resolved', resolved_at: resolvedAt } };
}

/** Silences, tells and keeps what the step has made of one alert. */
function settle(before: TrackedAlert, after: TrackedAlert, { now, silences }: Evaluation, step: Step): void {
  const silence = silences.find((one) => isSilenced(after.alert, one, now));
  const silenceId = after.alert.state === 'pending' ? null : (silence?.id ?? null);
  let next: TrackedAlert = { ...after, alert: { ...after.alert, silence_id: silenceId } };
  const { state } = next.alert;
  // An alert that outlives its silence is told then: nothing is lost by being silenced.
  if (state === 'firing' && !next.notified && silenceId === null) {
    next = { ...next, notified: true };
    step.notices.push({ event: 'trigger', alert: next.alert, at: now });
  } else if (state === 'resolved' && next.notified) {
    step.notices.push({ event: 'resolve', alert: next.alert, at: now });
  }
  const changed =
    state !== before.alert.state || silenceId !== before.alert.silence_id || next.notified !== before.notified;
  if (changed && state !== 'pending') step.changed.push(next);
  if (state !== 'resolved') step.tracked.push(next);
}

/** Whether a silence that holds now keeps an alert from being told. */
export function isSilenced(alert: Pick<Alert, 'rule' | 'severity' | 'labels'>, silence: Silence, now: number): boolean {
  if (silence.ended_at !== null || now >= silence.expires_at) return false;
  return matchesEvery(alert, silence.matchers);
}
