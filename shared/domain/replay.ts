import { z } from 'zod';
import { tierSchema } from './decision.ts';
import { percentilesSchema } from './provider.ts';

/** Body of `POST /api/replay`: what recorded traffic is put to. With none of the last three it is what runs now. */
export const replayRequestSchema = z.object({
  /** Epoch milliseconds, ISO 8601, or a duration back from now such as `24h`. */
  since: z.string().optional(),
  until: z.string().optional(),
  /** The whole text of another registry file. */
  registry: z.string().max(900_000).optional(),
  /** A stored version of the routing instead of the newest one; 0 is the file alone. */
  version: z.number().int().min(0).optional(),
  /** A merge patch as `PUT /api/routing` takes it, on what is stored or on the version or registry given. */
  routing: z.record(z.string(), z.json()).optional(),
});
export type ReplayRequest = z.infer<typeof replayRequestSchema>;

const replayProviderSchema = z.object({
  provider: z.string(),
  requests: z.number().int(),
  /** Of the requests that anybody served, 0 to 1. */
  share: z.number(),
  cost_usd: z.number(),
  pricing_unknown_requests: z.number().int(),
  latency_ms: percentilesSchema.nullable(),
});

/** What came, or would come, of the same requests. */
const replaySideSchema = z.object({
  served: z.number().int(),
  /** Turned away because a budget or rate was used up and nobody else could serve. */
  refused_by_budget: z.number().int(),
  /** Not served for another reason: everybody failed, nobody could be asked, the model means nothing. */
  failed: z.number().int(),
  cost_usd: z.number(),
  pricing_unknown_requests: z.number().int(),
  latency_ms: percentilesSchema.nullable(),
  first_token_ms: percentilesSchema.nullable(),
  providers: z.array(replayProviderSchema),
});
export type ReplaySide = z.infer<typeof replaySideSchema>;

const replayOutcomeSchema = z.object({
  /** Null when nobody served it. */
  provider: z.string().nullable(),
  model: z.string().nullable(),
  tier: tierSchema.nullable(),
  outcome: z.enum(['served', 'refused_by_budget', 'failed']),
  cost_usd: z.number(),
  pricing_unknown: z.boolean(),
});
export type ReplayOutcome = z.infer<typeof replayOutcomeSchema>;

const replayExampleSchema = z.object({
  id: z.string(),
  at: z.number().int(),
  requested_model: z.string(),
  call_site: z.string().nullable(),
  before: replayOutcomeSchema,
  after: replayOutcomeSchema,
  /** Why it would go this way: the decision's own sentence. */
  reason: z.string(),
});
export type ReplayExample = z.infer<typeof replayExampleSchema>;

/** The difference that another configuration would have made to recorded traffic. */
export const replayResultSchema = z.object({
  since: z.number().int(),
  until: z.number().int(),
  /** Of the configuration that was tried. */
  config_version: z.string(),
  requests: z.number().int(),
  /** Requests that another provider, model or outcome would have had. */
  changed: z.number().int(),
  before: replaySideSchema,
  after: replaySideSchema,
  /** From one provider to another with the number of requests, most first; null stands for nobody. */
  moves: z.array(z.object({ from: z.string().nullable(), to: z.string().nullable(), requests: z.number().int() })),
  tier_changes: z.array(
    z.object({ from: tierSchema.nullable(), to: tierSchema.nullable(), requests: z.number().int() }),
  ),
  /** Requests that would go to a provider of which no latency was measured; they are in no latency figure. */
  latency_unknown_requests: z.number().int(),
  /** Requests that were not served then and whose tokens are therefore the mean of the others. */
  usage_estimated_requests: z.number().int(),
  /** Requests recorded without their task; their tier is taken as it was then. */
  approximated_requests: z.number().int(),
  examples: z.array(replayExampleSchema),
  /** What the figures rest on, in sentences. */
  assumptions: z.array(z.string()),
});
export type ReplayResult = z.infer<typeof replayResultSchema>;
