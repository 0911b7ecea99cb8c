import { z } from 'zod';
import { operatorNoteSchema } from './operations.ts';

/** The rules by name. `SwitchyardDown` is a rule of Prometheus alone: only another process can see it. */
export const ALERT_RULES = [
  'PrimaryModelDown',
  'UsingFallbackModel',
  'APIUsageHigh',
  'AllModelsDown',
  'RequestsFailing',
  'FirstTokenSlow',
  'BreakerFlapping',
  'ProviderLockedOut',
  'ProviderIsolatedTooLong',
  'OverrideTooLong',
  'KvCacheFull',
  'BudgetNearlyGone',
  'BudgetExhausted',
  'SoftLimitReached',
  'ProbesCostMoney',
  'UnknownPrice',
  'DiskNearlyFull',
  'NotificationsWaiting',
] as const;
export type AlertRuleName = (typeof ALERT_RULES)[number];

export const alertSeveritySchema = z.enum(['critical', 'warning', 'info']);
export type AlertSeverity = z.infer<typeof alertSeveritySchema>;

/** `pending`: the condition holds, not yet for long enough. `firing`: people are told. `resolved`: it has ended. */
const alertStateSchema = z.enum(['pending', 'firing', 'resolved']);

const acknowledgementSchema = z.object({ operator: z.string(), at: z.number().int(), reason: z.string() });

/** One occurrence of a rule's condition. Two occurrences of the same rule and labels share the fingerprint, not the id. */
export const alertSchema = z.object({
  id: z.string(),
  /** The rule's name as in the Prometheus rules, such as `PrimaryModelDown`. */
  rule: z.string(),
  severity: alertSeveritySchema,
  state: alertStateSchema,
  /** What it is about, such as `{ model_name: "kimi-k2" }`. */
  labels: z.record(z.string(), z.string()),
  /** Rule and labels in one stable text: what deduplicates alerts and keys notifications. */
  fingerprint: z.string(),
  /** What happened, in a sentence. */
  summary: z.string(),
  /** What Switchyard did by itself, in a sentence; empty when nothing was to do. */
  response: z.string(),
  /** What to check next, most likely cause first. */
  checks: z.array(z.string()),
  /** Anchor of its page in the runbook. */
  runbook: z.string(),
  pending_since: z.number().int(),
  firing_since: z.number().int().nullable(),
  resolved_at: z.number().int().nullable(),
  acknowledged: acknowledgementSchema.nullable(),
  /** The silence that keeps it from being notified; null when none does. */
  silence_id: z.number().int().nullable(),
});
export type Alert = z.infer<typeof alertSchema>;

/** A rule as it runs. */
const alertRuleSchema = z.object({
  name: z.string(),
  severity: alertSeveritySchema,
  /** The condition in words, thresholds filled in. */
  condition: z.string(),
  /** How long the condition has to hold before it fires, in seconds. */
  for_seconds: z.number(),
  enabled: z.boolean(),
  runbook: z.string(),
});
export type AlertRule = z.infer<typeof alertRuleSchema>;

/** A label and the value it must have; `alertname` and `severity` are labels too, and `*` in a value stands for anything. */
const silenceMatcherSchema = z.object({ label: z.string().min(1), value: z.string().min(1) });

/** One condition of a silence. */
export type SilenceMatcher = z.infer<typeof silenceMatcherSchema>;

/** True when an alert has every label with its value; `*` in a value stands for anything, the empty text included. */
export function matchesEvery(
  { rule, severity, labels }: { rule: string; severity: AlertSeverity; labels: Readonly<Record<string, string>> },
  matchers: readonly SilenceMatcher[],
): boolean {
  const all: Readonly<Record<string, string>> = { ...labels, alertname: rule, severity };
  return matchers.every(({ label, value }) => matchesPattern(all[label] ?? '', value));
}

function matchesPattern(text: string, pattern: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 's').test(text);
}

export const silenceSchema = z.object({
  id: z.number().int(),
  matchers: z.array(silenceMatcherSchema).min(1),
  reason: z.string(),
  operator: z.string(),
  created_at: z.number().int(),
  expires_at: z.number().int(),
  /** When somebody ended it before its time. */
  ended_at: z.number().int().nullable(),
});
export type Silence = z.infer<typeof silenceSchema>;

export const MAXIMUM_SILENCE_SECONDS = 30 * 24 * 60 * 60;

/** Body of `POST /api/silences`. */
export const silenceRequestSchema = operatorNoteSchema.extend({
  matchers: z.array(silenceMatcherSchema).min(1).max(10),
  ttl_seconds: z.number().int().min(60).max(MAXIMUM_SILENCE_SECONDS),
});
export type SilenceRequest = z.infer<typeof silenceRequestSchema>;

/** Body of `DELETE /api/silences`. */
export const endSilenceRequestSchema = operatorNoteSchema.partial().extend({ id: z.coerce.number().int() });
export type EndSilenceRequest = z.infer<typeof endSilenceRequestSchema>;

/** Body of `POST /api/alerts/{id}/ack`. */
export const acknowledgeRequestSchema = z.object({
  id: z.string(),
  operator: z.string().trim().min(1).max(100),
  reason: z.string().trim().max(500).default(''),
});
export type AcknowledgeRequest = z.infer<typeof acknowledgeRequestSchema>;

export const alertHistoryQuerySchema = z.object({
  since: z.string().optional(),
  until: z.string().optional(),
  rule: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});
export type AlertHistoryQuery = z.infer<typeof alertHistoryQuerySchema>;

/** Where notifications go. `target` says where without any secret: a host, never a webhook's path or a key. */
const notifyChannelSchema = z.object({
  name: z.string(),
  kind: z.enum(['slack', 'pagerduty', 'webhook', 'desktop']),
  target: z.string(),
  /** The least severity that is sent there. */
  minimum_severity: alertSeveritySchema,
  /** Why it cannot be used, such as a missing key; null when it can. */
  problem: z.string().nullable(),
});
export type NotifyChannel = z.infer<typeof notifyChannelSchema>;

/** One notification on its way to one channel, or arrived, or given up. */
export const deliverySchema = z.object({
  id: z.number().int(),
  created_at: z.number().int(),
  channel: z.string(),
  event: z.enum(['trigger', 'acknowledge', 'resolve', 'test']),
  /** Null for a test. */
  alert_id: z.string().nullable(),
  rule: z.string().nullable(),
  summary: z.string(),
  status: z.enum(['waiting', 'delivered', 'given_up']),
  attempts: z.number().int(),
  next_attempt_at: z.number().int().nullable(),
  delivered_at: z.number().int().nullable(),
  /** The last failure in a sentence; empty when there was none. */
  last_error: z.string(),
});
export type Delivery = z.infer<typeof deliverySchema>;

/** Answer of `GET /api/alerts`: what is pending, firing or ended a moment ago, and everything around it. */
export const alertsSchema = z.object({
  at: z.number().int(),
  alerts: z.array(alertSchema),
  silences: z.array(silenceSchema),
  rules: z.array(alertRuleSchema),
  channels: z.array(notifyChannelSchema),
});
export type Alerts = z.infer<typeof alertsSchema>;

/** What the alert engine hands to the notifiers when people are to be told. */
export interface AlertNotice {
  event: 'trigger' | 'acknowledge' | 'resolve';
  alert: Alert;
  at: number;
}
