import { z } from 'zod';
import { drillSchema } from './drills.ts';
import { overrideSchema } from './operations.ts';
import { providerStatusSchema } from './provider.ts';

/** `primary`: the primary serves. `fallback`: another provider does. `down`: nobody can. */
const verdictSchema = z.enum(['primary', 'fallback', 'down']);
export type Verdict = z.infer<typeof verdictSchema>;

const firingAlertSchema = z.object({
  id: z.string(),
  name: z.string(),
  severity: z.enum(['critical', 'warning', 'info']),
  summary: z.string(),
  since: z.number().int(),
  /** Who is on it; null while nobody has said so. */
  acknowledged_by: z.string().nullable(),
});
export type FiringAlert = z.infer<typeof firingAlertSchema>;

/** Answer of `GET /api/status`: the whole live picture, small enough to be sent whole on every transition. */
export const statusSchema = z.object({
  at: z.number().int(),
  /** True when the providers are the built-in simulated ones. */
  simulated: z.boolean(),
  environment: z.enum(['development', 'staging', 'production']),
  version: z.string(),
  started_at: z.number().int(),
  gateway_url: z.string(),
  verdict: verdictSchema,
  /** Since when the verdict holds. */
  verdict_since: z.number().int(),
  /** Who new requests go to now; null when nobody can serve. */
  serving: z.string().nullable(),
  primary: z.string(),
  /** Why it is not the primary, in a sentence; empty when it is. */
  cause: z.string(),
  providers: z.array(providerStatusSchema),
  override: overrideSchema.nullable(),
  /** The drill that is announced, running or recovering; null when none is. */
  drill: drillSchema.nullable(),
  firing_alerts: z.array(firingAlertSchema),
  requests_per_second: z.number(),
  cost_usd_per_hour: z.number(),
  pricing_unknown_last_hour: z.number().int(),
  config: z.object({
    version: z.string(),
    path: z.string().nullable(),
    loaded_at: z.number().int(),
    /** Why the newest edit was refused; null when the file on disk is the one running. */
    error: z.string().nullable(),
  }),
});
export type Status = z.infer<typeof statusSchema>;
