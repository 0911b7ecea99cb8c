import { z } from 'zod';
import { failureClassSchema } from './failure.ts';
import { operatorNoteSchema } from './operations.ts';
import { percentilesSchema } from './provider.ts';
import { quotaStatusSchema } from './quota.ts';

/** What shadow traffic is counted under wherever requests are told apart by call site. */
export const SHADOW_CALL_SITE = 'shadow';

/** Fewer pairs than this allow no statement about a difference. */
export const MINIMUM_PAIRS = 30;

/** Why a sampled request was not sent to the shadow provider. */
const SHADOW_DROPS = [
  /** The shadow provider had answered it itself. */
  'answered_by_shadow',
  /** Two providers had answered it together, so that there is nothing to compare with. */
  'resumed',
  'too_large',
  'queue_full',
  'paused',
  /** Edited out of the registry, past its end, or Switchyard stopped while it waited. */
  'switched_off',
  /** No key, taken out, unwell, cooling, its breaker not closed, or in a drill. */
  'unavailable',
  /** The provider stands in for another one: its capacity belongs to callers. */
  'carries_fallback',
  /** The provider cannot take what the request holds: tools, images, a schema, its length. */
  'unsuitable',
  'price_unknown',
  'experiment_budget',
  /** A limit of the provider, of which a part is kept for callers. */
  'provider_limit',
] as const;
const shadowDropSchema = z.enum(SHADOW_DROPS);
export type ShadowDrop = z.infer<typeof shadowDropSchema>;

/** Everything that a sampled request can come to. */
export const SHADOW_OUTCOMES = ['succeeded', 'failed', 'cancelled', ...SHADOW_DROPS] as const;
export type ShadowOutcome = (typeof SHADOW_OUTCOMES)[number];

/** One of the two answers of a pair: measured from the sending to the provider that gave it; no queue, no retry in it. */
const shadowSideSchema = z.object({
  /** Of the row in `/api/requests`. */
  request_id: z.string(),
  provider: z.string(),
  model: z.string(),
  duration_ms: z.number(),
  first_token_ms: z.number().nullable(),
  output_tokens: z.number().int(),
  cost_usd: z.number(),
  pricing_unknown: z.boolean(),
  finish_reason: z.string().nullable(),
});
export type ShadowSide = z.infer<typeof shadowSideSchema>;

const toolAgreementSchema = z.enum(['same', 'same_names', 'different']);
export type ToolAgreement = z.infer<typeof toolAgreementSchema>;

/** One request and its two answers, without a word of either. What does not apply, or could not be compared, is null. */
export const shadowPairSchema = z.object({
  id: z.number().int(),
  /** When the copy was sent, epoch milliseconds. */
  at: z.number().int(),
  call_site: z.string().nullable(),
  streamed: z.boolean(),
  original: shadowSideSchema,
  shadow: shadowSideSchema.extend({
    outcome: z.enum(['success', 'failure', 'cancelled']),
    failure_class: failureClassSchema.nullable(),
    message: z.string().nullable(),
  }),
  /** Characters of the shadow's text for each of the original's. */
  length_ratio: z.number().nullable(),
  /** 0 to 1: the words that both texts hold, among all that one of them holds. */
  similarity: z.number().nullable(),
  /** Whether each answer is JSON; null where none was asked for. */
  json: z.object({ original: z.boolean(), shadow: z.boolean() }).nullable(),
  /** Null where neither answer calls a tool. */
  tool_calls: toolAgreementSchema.nullable(),
});
export type ShadowPair = z.infer<typeof shadowPairSchema>;

export const shadowPairQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  /** From `next_cursor`. */
  cursor: z.string().optional(),
  /** The id of a request; only the pair that it is a part of, on either side. */
  request: z.string().optional(),
});
export type ShadowPairQuery = z.infer<typeof shadowPairQuerySchema>;

export const shadowPairPageSchema = z.object({
  pairs: z.array(shadowPairSchema),
  next_cursor: z.string().nullable(),
});
export type ShadowPairPage = z.infer<typeof shadowPairPageSchema>;

/** Both sides over the same pairs, those that both answered. */
const sideFiguresSchema = z.object({
  duration_ms: percentilesSchema.nullable(),
  first_token_ms: percentilesSchema.nullable(),
  mean_output_tokens: z.number().nullable(),
  /** Over the pairs whose two prices are known. */
  mean_cost_usd: z.number().nullable(),
});
export type SideFigures = z.infer<typeof sideFiguresSchema>;

/** Shadow minus original, and where the true difference lies with 95 % confidence. */
const differenceSchema = z.object({ value: z.number(), low: z.number(), high: z.number(), pairs: z.number().int() });
export type Difference = z.infer<typeof differenceSchema>;

const shadowSummarySchema = z.object({
  /** All pairs since the experiment began. */
  pairs: z.number().int(),
  /** The newest of these are what the figures rest on; as many as `pairs` unless there are very many. */
  considered: z.number().int(),
  /** Of the considered, those that both answered. */
  compared: z.number().int(),
  /** Share of the considered pairs that the shadow answered, cancelled ones left out. */
  success_rate: z.number().nullable(),
  originals: z.array(z.object({ provider: z.string(), pairs: z.number().int() })),
  failures: z.array(z.object({ failure_class: failureClassSchema, pairs: z.number().int() })),
  original: sideFiguresSchema,
  shadow: sideFiguresSchema,
  /** Pairs whose two prices are known. */
  priced: z.number().int(),
  similarity: z
    .object({
      pairs: z.number().int(),
      mean: z.number(),
      p50: z.number(),
      /** Pairs by similarity, in ten equal steps from 0 to 1. */
      histogram: z.array(z.number().int()),
    })
    .nullable(),
  length_ratio_p50: z.number().nullable(),
  finish_reason: z.object({ pairs: z.number().int(), agreeing: z.number().int() }),
  json: z.object({ pairs: z.number().int(), original: z.number().int(), shadow: z.number().int() }),
  tool_calls: z.object({ pairs: z.number().int(), same: z.number().int(), same_names: z.number().int() }),
  /** Null under 30 pairs. */
  duration_p50_difference_ms: differenceSchema.nullable(),
  mean_cost_difference_usd: differenceSchema.nullable(),
});
export type ShadowSummary = z.infer<typeof shadowSummarySchema>;

const shadowPauseSchema = operatorNoteSchema.extend({ at: z.number().int() });
export type ShadowPause = z.infer<typeof shadowPauseSchema>;

/** Answer of `GET /api/experiments`. */
export const experimentsSchema = z.object({
  at: z.number().int(),
  /** `ended`: its `until` has come. */
  state: z.enum(['off', 'running', 'paused', 'ended']),
  /** Why nothing is sent at present though it runs; null while requests are sent. */
  held_back: z.string().nullable(),
  /** When it began to compare with this provider and model; null while it is off. */
  since: z.number().int().nullable(),
  paused: shadowPauseSchema.nullable(),
  /** From the registry; null where it has none. */
  config: z
    .object({
      provider: z.string(),
      model: z.string().nullable(),
      share: z.number(),
      call_sites: z.array(z.string()).nullable(),
      usd_per_day: z.number(),
      requests_per_day: z.number().int().nullable(),
      max_concurrent: z.number().int(),
      until: z.number().int().nullable(),
    })
    .nullable(),
  /** Since the engine started. */
  counters: z.object({
    since: z.number().int(),
    sampled: z.number().int(),
    sent: z.number().int(),
    succeeded: z.number().int(),
    failed: z.number().int(),
    cancelled: z.number().int(),
    waiting: z.number().int(),
    running: z.number().int(),
    /** Only reasons that have occurred. */
    dropped: z.array(z.object({ reason: shadowDropSchema, requests: z.number().int() })),
  }),
  /** The experiment's own budgets. */
  quotas: z.array(quotaStatusSchema),
  summary: shadowSummarySchema,
});
export type Experiments = z.infer<typeof experimentsSchema>;
export type ExperimentState = Experiments['state'];
