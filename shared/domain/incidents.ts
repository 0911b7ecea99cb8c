import { z } from 'zod';
import { failureClassSchema } from './failure.ts';
import { fallbacksSchema } from './history.ts';
import { inferenceLoadSchema } from './provider.ts';
import { limitKindSchema, quotaScopeSchema } from './quota.ts';

/** What the timeline of an incident is made of. */
const timelineKindSchema = z.enum([
  'first_failure',
  'detected',
  'health',
  'breaker',
  'first_fallback',
  'alert_fired',
  'alert_acknowledged',
  'alert_resolved',
  'override_set',
  'override_ended',
  'operator',
  'budget',
  'drill',
  'recovered',
  'full_share',
  'not_running',
]);

const timelineEntrySchema = z.object({
  at: z.number().int(),
  kind: timelineKindSchema,
  /** The provider, alert or budget that it is about; null for none in particular. */
  subject: z.string().nullable(),
  /** Who did it; null for what happened by itself. */
  operator: z.string().nullable(),
  /** What happened, in a sentence. */
  text: z.string(),
});
export type TimelineEntry = z.infer<typeof timelineEntrySchema>;

/**
 * Requests of callers that the primary was meant to answer (it was chosen, or left for another), from the first failure
 * until the primary had its full share again. Null where that time's requests are not kept any more.
 */
const incidentRequestsSchema = z.object({
  /** Rerouted, slowed or lost; each request counts once. */
  affected: z.number().int(),
  /** Answered by another provider. */
  rerouted: z.number().int(),
  /** Answered, by whomever, but only after a call to the primary had failed. Most of them are rerouted too. */
  slowed: z.number().int().nullable(),
  /** Ended with an error because nobody answered, budgets that were used up included. Errors of the request's own are not counted. */
  lost: z.number().int(),
  /** The caller left before the answer; in no other figure. */
  cancelled: z.number().int().nullable(),
});

/** A budget that the incident used or ran into. Units follow the limit: requests, tokens or USD. */
const touchedBudgetSchema = z.object({
  scope: quotaScopeSchema,
  name: z.string(),
  limit: limitKindSchema,
  /** When the incident began; null where it was not noted. */
  used_before: z.number().nullable(),
  /** When it ended, or the last that was noted. */
  used_after: z.number(),
  limit_value: z.number(),
  exhausted: z.boolean(),
});
export type TouchedBudget = z.infer<typeof touchedBudgetSchema>;

const likelyCauseSchema = z.object({
  /** A sentence. */
  summary: z.string(),
  /** What it rests on, a sentence each. */
  evidence: z.array(z.string()),
  /** Failed calls to the primary, most frequent first. */
  failures: z.array(z.object({ class: failureClassSchema, count: z.number().int() })),
  /** vLLM's own figures when the primary's health fell; null where it told none. */
  load: inferenceLoadSchema.nullable(),
});
export type LikelyCause = z.infer<typeof likelyCauseSchema>;

/** A stretch in which the primary did not serve. `outage`: callers lost requests or nobody could serve. */
const incidentSchema = z.object({
  /** The episode's number. */
  id: z.number().int(),
  kind: z.enum(['fallback', 'outage']),
  state: z.enum(['open', 'ended']),
  /** The primary that did not serve. */
  provider: z.string(),
  /** Who took most of its traffic; null while nobody could. */
  served_by: z.string().nullable(),
  /** The first failure: of a call, of a probe, or of the breaker, whichever came first. */
  started_at: z.number().int(),
  /** When the primary was marked down: its health fell or its breaker opened. Null where it was not, as when taken out by hand. */
  detected_at: z.number().int().nullable(),
  first_fallback_at: z.number().int().nullable(),
  /** When the primary served again; null while it does not, and where another one was made the primary before it did. */
  recovered_at: z.number().int().nullable(),
  /** When it had its full share of the traffic again, after the ramp. */
  full_share_at: z.number().int().nullable(),
  /** From the first failure to the detection. */
  time_to_detect_ms: z.number().int().nullable(),
  /** From the first failure to the recovery. */
  time_to_recover_ms: z.number().int().nullable(),
  requests: incidentRequestsSchema,
  /** What the affected requests cost at other providers than the primary; of those whose price is known. */
  extra_cost_usd: z.number(),
  pricing_unknown_requests: z.number().int(),
  budgets: z.array(touchedBudgetSchema),
  cause: likelyCauseSchema,
  /** The drill that it is the exercise of; null for a real one. */
  drill_id: z.number().int().nullable(),
  /** Incidents of the same time. */
  overlapping: z.array(z.number().int()),
  /** When Switchyard was not running meanwhile; nothing is known of these times. */
  gaps: z.array(z.object({ from: z.number().int(), to: z.number().int() })),
  /** What a reader should know about these figures, a sentence each. */
  notes: z.array(z.string()),
});
export type Incident = z.infer<typeof incidentSchema>;

const incidentPointSchema = z.object({
  at: z.number().int(),
  requests: z.number().int(),
  errors: z.number().int(),
  /** Of answered requests; null where there was none. */
  latency_p95_ms: z.number().nullable(),
});
export type IncidentPoint = z.infer<typeof incidentPointSchema>;

/** Answer of `GET /api/incidents/{id}`. */
export const incidentDetailSchema = incidentSchema.extend({
  timeline: z.array(timelineEntrySchema),
  /** The incident with some time before and after. Requests that nobody answered are those of provider ''. */
  charts: z.object({
    since: z.number().int(),
    until: z.number().int(),
    step_ms: z.number().int(),
    providers: z.array(z.object({ provider: z.string(), points: z.array(incidentPointSchema) })),
  }),
  lanes: fallbacksSchema.shape.lanes,
});
export type IncidentDetail = z.infer<typeof incidentDetailSchema>;

/** Answer of `GET /api/incidents`: newest first. */
export const incidentsSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  incidents: z.array(incidentSchema),
  /** True when there were more than the answer holds. */
  truncated: z.boolean(),
});
export type Incidents = z.infer<typeof incidentsSchema>;

export const incidentReportQuerySchema = z.object({
  id: z.coerce.number().int(),
  format: z.enum(['md', 'html', 'json']).default('md'),
});
export type IncidentReportQuery = z.infer<typeof incidentReportQuerySchema>;

const incidentFiguresSchema = z.object({
  incidents: z.number().int(),
  outages: z.number().int(),
  lost_requests: z.number().int(),
  /** Over the incidents that were detected; null where none was. */
  mean_time_to_detect_ms: z.number().nullable(),
  /** Over the incidents that have ended; null where none has. */
  mean_time_to_recover_ms: z.number().nullable(),
});
export type IncidentFigures = z.infer<typeof incidentFiguresSchema>;

/** Answer of `GET /api/incidents/summary`. Drills are left out. */
export const incidentSummarySchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  /** Weeks from Monday 00:00 UTC, oldest first, those without an incident included. */
  weeks: z.array(incidentFiguresSchema.extend({ from: z.number().int() })),
  total: incidentFiguresSchema,
});
export type IncidentSummary = z.infer<typeof incidentSummarySchema>;
