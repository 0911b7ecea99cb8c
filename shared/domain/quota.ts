import { z } from 'zod';
import { operatorNoteSchema } from './operations.ts';

const LIMIT_KINDS = [
  'requests_per_day',
  'requests_per_second',
  'tokens_per_minute',
  'usd_per_day',
  'max_concurrent',
] as const;
export const limitKindSchema = z.enum(LIMIT_KINDS);
export type LimitKind = z.infer<typeof limitKindSchema>;

/** Whose limit it is: a provider's, or that of a call site across all providers. */
export const quotaScopeSchema = z.enum(['provider', 'call_site']);
export type QuotaScope = z.infer<typeof quotaScopeSchema>;

const raiseTarget = { scope: quotaScopeSchema, name: z.string(), limit: limitKindSchema };

/** A limit that an operator has raised until a time (epoch milliseconds). `limit_value` is in the unit of the limit. */
export const limitRaiseSchema = z.object({
  id: z.number().int(),
  ...raiseTarget,
  limit_value: z.number(),
  ...operatorNoteSchema.shape,
  created_at: z.number().int(),
  until: z.number().int(),
});
export type LimitRaise = z.infer<typeof limitRaiseSchema>;

/** One budget or rate of one provider or call site, as it stands now. Units follow the limit: requests, tokens or USD. */
export const quotaStatusSchema = z.object({
  scope: quotaScopeSchema,
  /** The provider or the call site. */
  name: z.string(),
  /** The provider; null for the limit of a call site. */
  provider: z.string().nullable(),
  limit: limitKindSchema,
  used: z.number(),
  /** What refuses; for a soft limit that stands alone, the soft limit. */
  limit_value: z.number(),
  remaining: z.number(),
  exhausted: z.boolean(),
  /** False for a soft limit that stands alone: being over it alerts and refuses nothing. */
  enforced: z.boolean(),
  /** From here on it alerts; null where only the hard limit is set. */
  soft_limit: z.number().nullable(),
  soft_exceeded: z.boolean(),
  /** Of spending: today's requests that nobody knows a price for, which are not in `used`. */
  unpriced_requests: z.int().optional(),
  /** Who raised it until when, and from what; null while the registry's value holds. */
  raise: z
    .object({ from: z.number(), operator: z.string(), reason: z.string(), created_at: z.int(), until: z.int() })
    .nullable(),
  /** When the counter starts anew; null for concurrency, which frees itself. */
  reset_at: z.number().int().nullable(),
  /** When the budget runs out at the present rate; null when it lasts until the reset. */
  projected_exhaustion_at: z.number().int().nullable(),
});
export type QuotaStatus = z.infer<typeof quotaStatusSchema>;

/** Answer of `GET /api/quotas`. */
export const quotasSchema = z.object({ at: z.number().int(), quotas: z.array(quotaStatusSchema) });
export type Quotas = z.infer<typeof quotasSchema>;

export const MINIMUM_RAISE_SECONDS = 10;
export const MAXIMUM_RAISE_SECONDS = 7 * 24 * 60 * 60;

const raiseTargetRequest = { ...raiseTarget, scope: quotaScopeSchema.default('provider'), name: z.string().min(1) };

/** Body of `POST /api/quotas/raise`: until a time (epoch milliseconds or ISO 8601 with its zone), or for some seconds. */
export const raiseRequestSchema = z
  .object({
    ...raiseTargetRequest,
    limit_value: z.number().positive(),
    until: z.union([z.number().int(), z.iso.datetime({ offset: true })]).optional(),
    ttl_seconds: z.number().int().min(MINIMUM_RAISE_SECONDS).max(MAXIMUM_RAISE_SECONDS).optional(),
    ...operatorNoteSchema.shape,
  })
  .refine(({ until, ttl_seconds }) => (until === undefined) !== (ttl_seconds === undefined), {
    message: 'give either until or ttl_seconds',
    path: ['until'],
  });
export type RaiseRequest = z.infer<typeof raiseRequestSchema>;

/** Body of `DELETE /api/quotas/raise`. */
export const endRaiseRequestSchema = z.object({ ...raiseTargetRequest, ...operatorNoteSchema.partial().shape });
export type EndRaiseRequest = z.infer<typeof endRaiseRequestSchema>;
