import { z } from 'zod';

const LIMIT_KINDS = [
  'requests_per_day',
  'requests_per_second',
  'tokens_per_minute',
  'usd_per_day',
  'max_concurrent',
] as const;
const limitKindSchema = z.enum(LIMIT_KINDS);
export type LimitKind = z.infer<typeof limitKindSchema>;

/** One budget or rate of one provider, as it stands now. Units follow the limit: requests, tokens or USD. */
export const quotaStatusSchema = z.object({
  provider: z.string(),
  limit: limitKindSchema,
  used: z.number(),
  limit_value: z.number(),
  remaining: z.number(),
  exhausted: z.boolean(),
  /** When the counter starts anew; null for concurrency, which frees itself. */
  reset_at: z.number().int().nullable(),
  /** When the budget runs out at the present rate; null when it lasts until the reset. */
  projected_exhaustion_at: z.number().int().nullable(),
});
export type QuotaStatus = z.infer<typeof quotaStatusSchema>;

/** Answer of `GET /api/quotas`. */
export const quotasSchema = z.object({ at: z.number().int(), quotas: z.array(quotaStatusSchema) });
export type Quotas = z.infer<typeof quotasSchema>;
