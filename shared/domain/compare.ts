import { z } from 'zod';
import { failureClassSchema } from './failure.ts';
import { usageSchema } from './request.ts';

const compareTargetSchema = z.object({ provider: z.string(), model: z.string().optional() });

/** One prompt to several providers. Sent as it is to each; nothing is retried and nothing falls back. */
export const compareRequestSchema = z.object({
  system: z.string().max(200_000).optional(),
  prompt: z.string().min(1).max(400_000),
  targets: z.array(compareTargetSchema).min(1).max(6),
  max_tokens: z.number().int().min(1).max(64_000).default(1024),
  temperature: z.number().min(0).max(2).optional(),
  /** 0 to 1, translated to each provider's own parameters. */
  effort: z.number().min(0).max(1).optional(),
});
export type CompareRequest = z.infer<typeof compareRequestSchema>;

const compareResultSchema = z.object({
  target: z.number().int(),
  provider: z.string(),
  model: z.string(),
  request_id: z.string(),
  outcome: z.enum(['success', 'failure', 'cancelled']),
  failure_class: failureClassSchema.nullable(),
  message: z.string().nullable(),
  text: z.string(),
  thinking: z.string(),
  finish_reason: z.string().nullable(),
  first_token_ms: z.number().nullable(),
  duration_ms: z.number(),
  /** Output tokens a second after the first token. */
  tokens_per_second: z.number().nullable(),
  usage: usageSchema,
  cost_usd: z.number(),
  pricing_unknown: z.boolean(),
});
export type CompareResult = z.infer<typeof compareResultSchema>;

/** What a running comparison streams; `target` is the index into `targets`. `done` ends a target, once each. */
export const compareEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), target: z.number().int(), provider: z.string(), model: z.string() }),
  z.object({ type: z.literal('first_token'), target: z.number().int(), first_token_ms: z.number() }),
  z.object({ type: z.literal('text'), target: z.number().int(), text: z.string() }),
  z.object({ type: z.literal('thinking'), target: z.number().int(), text: z.string() }),
  z.object({ type: z.literal('done'), target: z.number().int(), result: compareResultSchema }),
]);
export type CompareEvent = z.infer<typeof compareEventSchema>;

export const compareAnswerSchema = z.object({ results: z.array(compareResultSchema) });
export type CompareAnswer = z.infer<typeof compareAnswerSchema>;
