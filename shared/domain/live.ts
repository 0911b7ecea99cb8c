import { z } from 'zod';
import { episodeSchema, fallbackEventSchema } from './history.ts';
import { inferenceLoadSchema, providerGaugesSchema } from './provider.ts';
import { quotaStatusSchema } from './quota.ts';
import { requestSummarySchema } from './request.ts';
import { statusSchema } from './status.ts';

const envelope = {
  /** Rises by one with every message of a subscription; a gap means that something was lost and a new snapshot is due. */
  seq: z.number().int(),
  at: z.number().int(),
};

/**
 * The live stream of the console: a `snapshot` first, then what changes. `status` carries the whole status on every
 * transition and is never coalesced; `gauges` comes once a second and may be dropped for a slow reader; `requests`
 * carries finished requests in batches and says how many it left out.
 */
export const liveMessageSchema = z.discriminatedUnion('type', [
  z.object({
    ...envelope,
    type: z.literal('snapshot'),
    status: statusSchema,
    requests: z.array(requestSummarySchema),
    open_episodes: z.array(episodeSchema),
    /** Limits of call sites; those of providers stand in the status. */
    call_site_quotas: z.array(quotaStatusSchema),
  }),
  z.object({ ...envelope, type: z.literal('status'), status: statusSchema }),
  z.object({
    ...envelope,
    type: z.literal('gauges'),
    providers: z.array(
      z.object({
        name: z.string(),
        gauges: providerGaugesSchema,
        load: inferenceLoadSchema.nullable(),
        quota: z.array(quotaStatusSchema),
      }),
    ),
    requests_per_second: z.number(),
    cost_usd_per_hour: z.number(),
    pricing_unknown_last_hour: z.number().int(),
    /** Limits of call sites; those of providers stand with their provider. */
    call_site_quotas: z.array(quotaStatusSchema),
  }),
  z.object({
    ...envelope,
    type: z.literal('requests'),
    requests: z.array(requestSummarySchema),
    skipped: z.number().int(),
  }),
  z.object({ ...envelope, type: z.literal('fallback'), event: fallbackEventSchema }),
  z.object({ ...envelope, type: z.literal('episode'), episode: episodeSchema }),
]);
export type LiveMessage = z.infer<typeof liveMessageSchema>;
