import { z } from 'zod';
import { operatorNoteSchema } from './operations.ts';

/**
 * What a drill does to a share of the calls to one provider: `refuse` behaves like a closed port, `slow` holds the call
 * back, `error_rate` answers 500.
 */
export const drillFaultSchema = z.enum(['refuse', 'slow', 'error_rate']);
export type DrillFault = z.infer<typeof drillFaultSchema>;

/** What a drill is judged by; a target that is null is not judged. */
const drillTargetsSchema = z.object({
  /** Requests of callers that may fail. */
  lost_requests: z.number().int().min(0).default(0),
  /** Longest time from the first faulty call until the provider is marked down, in milliseconds. */
  detect_ms: z.number().int().min(1).nullable().default(null),
  /** Longest time from the end of the fault until the provider is back in full, in milliseconds. */
  recover_ms: z.number().int().min(1).nullable().default(null),
});
export type DrillTargets = z.infer<typeof drillTargetsSchema>;

export const MAXIMUM_DRILL_SECONDS = 30 * 60;
/** The furthest that a drill is announced ahead. */
const MAXIMUM_NOTICE_SECONDS = 24 * 60 * 60;
/** The longest that a slow drill holds a call back. */
const MAXIMUM_DELAY_MS = 120_000;

/** Body of `POST /api/drills`. */
export const drillRequestSchema = operatorNoteSchema.extend({
  provider: z.string().min(1),
  fault: drillFaultSchema,
  /** Share of the calls that meet the fault, above 0 to 1. */
  share: z.number().gt(0).max(1).default(1),
  /** How long `slow` holds a call back. */
  delay_ms: z.number().int().min(100).max(MAXIMUM_DELAY_MS).default(5_000),
  duration_seconds: z.number().int().min(5).max(MAXIMUM_DRILL_SECONDS),
  /** How long it is announced before it begins. */
  starts_in_seconds: z.number().int().min(0).max(MAXIMUM_NOTICE_SECONDS).default(10),
  targets: drillTargetsSchema.prefault({}),
});
export type DrillRequest = z.infer<typeof drillRequestSchema>;

/** `recovering`: the fault is over, and the provider is not back in full yet. */
const drillStateSchema = z.enum(['scheduled', 'running', 'recovering', 'ended']);

/**
 * `stopped`: Switchyard ended it because of real trouble. `inconclusive`: no call met the fault, so that nothing is
 * proved.
 */
const drillOutcomeSchema = z.enum(['passed', 'failed', 'aborted', 'stopped', 'inconclusive']);
export type DrillOutcome = z.infer<typeof drillOutcomeSchema>;

const drillFiguresSchema = z.object({
  /** Calls that met the fault, probes left out. */
  faulty_calls: z.number().int(),
  /** Requests of callers that the provider was meant to answer and that were answered, by it or by another one. */
  answered_requests: z.number().int(),
  /** Of these, those that another provider answered. */
  rerouted_requests: z.number().int(),
  /** Requests of callers that the provider was meant to answer and that nobody answered. */
  lost_requests: z.number().int(),
  first_fault_at: z.number().int().nullable(),
  /** When its breaker opened or its health fell. */
  detected_at: z.number().int().nullable(),
  recovered_at: z.number().int().nullable(),
});
export type DrillFigures = z.infer<typeof drillFiguresSchema>;

export const drillSchema = z.object({
  id: z.number().int(),
  provider: z.string(),
  fault: drillFaultSchema,
  share: z.number(),
  delay_ms: z.number().int(),
  operator: z.string(),
  reason: z.string(),
  targets: drillTargetsSchema,
  state: drillStateSchema,
  created_at: z.number().int(),
  /** Planned, and real once it has begun. */
  starts_at: z.number().int(),
  /** Planned, and real once the fault is over. */
  fault_ends_at: z.number().int(),
  ended_at: z.number().int().nullable(),
  figures: drillFiguresSchema,
  outcome: drillOutcomeSchema.nullable(),
  /** What the outcome rests on, a sentence each. */
  findings: z.array(z.string()),
});
export type Drill = z.infer<typeof drillSchema>;

/** Whether a fault ever stood between us and the provider. One that ended before has a fault of no length. */
export function hasBegun({ state, starts_at: since, fault_ends_at: until }: Drill): boolean {
  return state !== 'scheduled' && until > since;
}

/** Answer of `GET /api/drills/{id}`. */
export const drillDetailSchema = drillSchema.extend({
  /** The incidents of its provider while it ran, oldest first. */
  incident_ids: z.array(z.number().int()),
});
export type DrillDetail = z.infer<typeof drillDetailSchema>;

export const drillReportQuerySchema = z.object({
  id: z.coerce.number().int(),
  format: z.enum(['md', 'html', 'json']).default('md'),
});
export type DrillReportQuery = z.infer<typeof drillReportQuerySchema>;

/** Body of `DELETE /api/drills`. */
export const abortDrillSchema = operatorNoteSchema.partial();
export type AbortDrill = z.infer<typeof abortDrillSchema>;

/** What a drill would touch, and why it may not be run now. */
export const drillPreviewSchema = z.object({
  /** Why no drill may begin, a sentence; null when one may. */
  refusal: z.string().nullable(),
  /** Who takes over; null when nobody can. */
  takes_over: z.string().nullable(),
  /** Of the provider, over the last minute. */
  requests_per_second: z.number(),
});
export type DrillPreview = z.infer<typeof drillPreviewSchema>;
