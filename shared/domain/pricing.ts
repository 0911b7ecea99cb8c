import { z } from 'zod';
import { operatorNoteSchema } from './operations.ts';
import type { Usage } from './request.ts';

/** USD per million tokens. Null means that cached tokens cost what fresh input costs. */
export interface Rates {
  input: number;
  output: number;
  cacheRead: number | null;
  cacheWrite: number | null;
}

/** What a use of tokens costs at a rate, in whole micro-dollars. */
export interface RatedUsage {
  costMicroUsd: number;
  /** What the same input would have cost uncached, minus what it cost; negative where writing the cache cost more. */
  cacheSavingsMicroUsd: number;
}

/** The price of a use of tokens; each amount is rounded half up once. Pure, and the same wherever a rate is applied. */
export function rateUsage(rates: Rates, usage: Usage): RatedUsage {
  const sound = soundUsage(usage);
  const costMicroUsd = roundMicroUsd(microUsdAt(rates, sound));
  const uncached = roundMicroUsd(microUsdAt(rates, uncachedUsage(sound)));
  return { costMicroUsd, cacheSavingsMicroUsd: uncached - costMicroUsd };
}

/** USD per million tokens times tokens is micro-dollars. `usage` must be sound. */
export function microUsdAt(rates: Rates, usage: Usage): number {
  const fresh = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens;
  return (
    fresh * rates.input +
    usage.cache_read_tokens * (rates.cacheRead ?? rates.input) +
    usage.cache_write_tokens * (rates.cacheWrite ?? rates.input) +
    usage.output_tokens * rates.output
  );
}

/** Half up; twelve digits first, so that half a micro-dollar, which no binary fraction of a dollar holds, is not rounded down. */
export function roundMicroUsd(microUsd: number): number {
  return Math.floor(Number(microUsd.toPrecision(12)) + 0.5);
}

/** Usage as a vendor reports it, made fit to be multiplied: nothing negative, and no more cached than there was input. */
export function soundUsage(usage: Usage): Usage {
  const input = atLeastZero(usage.input_tokens);
  const cacheRead = Math.min(atLeastZero(usage.cache_read_tokens), input);
  const cacheWrite = Math.min(atLeastZero(usage.cache_write_tokens), input - cacheRead);
  const { cache_write_1h_tokens: hourLong, ...rest } = usage;
  return {
    ...rest,
    input_tokens: input,
    cache_read_tokens: cacheRead,
    cache_write_tokens: cacheWrite,
    ...(hourLong !== undefined && { cache_write_1h_tokens: Math.min(atLeastZero(hourLong), cacheWrite) }),
    output_tokens: atLeastZero(usage.output_tokens),
  };
}

/** The same tokens as if nothing had been read from a cache or written to one. */
export function uncachedUsage({ cache_write_1h_tokens: _hourLong, ...usage }: Usage): Usage {
  return { ...usage, cache_read_tokens: 0, cache_write_tokens: 0 };
}

function atLeastZero(tokens: number): number {
  return Number.isFinite(tokens) ? Math.max(0, tokens) : 0;
}

const rateSchema = z.number().min(0).max(1_000_000);

/** Body of `POST /api/prices/apply`: a rate for what one model was used for while no price was known. */
export const priceApplicationSchema = operatorNoteSchema.extend({
  model: z.string().trim().min(1).max(300),
  /** USD per million tokens; cached tokens without a rate of their own cost what fresh input costs. */
  pricing: z.object({
    input: rateSchema,
    output: rateSchema,
    cache_read: rateSchema.optional(),
    cache_write: rateSchema.optional(),
  }),
  /** Epoch milliseconds, ISO 8601, or a duration back from now; everything that is stored when left out. */
  since: z.string().optional(),
  until: z.string().optional(),
  /** True: only count and add up, change nothing. */
  dry_run: z.boolean().default(false),
});
export type PriceApplication = z.infer<typeof priceApplicationSchema>;

/** What applying a rate came to, or would come to. */
export const priceOutcomeSchema = z.object({
  model: z.string(),
  dry_run: z.boolean(),
  since: z.number().int(),
  until: z.number().int(),
  /** Rows that got a price: calls to a provider. */
  attempts: z.number().int(),
  /** Requests whose cost changed. */
  requests: z.number().int(),
  /** Of those, requests of which every price is known now. */
  requests_now_known: z.number().int(),
  /** What the rate adds to the sums. */
  cost_usd: z.number(),
});
export type PriceOutcome = z.infer<typeof priceOutcomeSchema>;
