import { z } from 'zod';

/** What an override covers: `all`, `call-site:NAME` or `model:NAME`. */
const overrideScopeSchema = z
  .string()
  .regex(/^(all|call-site:.+|model:.+)$/, 'scope is "all", "call-site:NAME" or "model:NAME"');

export const MAXIMUM_OVERRIDE_SECONDS = 24 * 60 * 60;

/** Body of `PUT /api/override`. */
export const overrideRequestSchema = z.object({
  provider: z.string().min(1),
  ttl_seconds: z.number().int().min(10).max(MAXIMUM_OVERRIDE_SECONDS),
  reason: z.string().trim().min(3).max(500),
  operator: z.string().trim().min(1).max(100),
  scope: overrideScopeSchema.default('all'),
});
export type OverrideRequest = z.infer<typeof overrideRequestSchema>;

export const overrideSchema = z.object({
  id: z.number().int(),
  provider: z.string(),
  scope: z.string(),
  reason: z.string(),
  operator: z.string(),
  created_at: z.number().int(),
  expires_at: z.number().int(),
});
export type Override = z.infer<typeof overrideSchema>;

/** Who does something and why; body of the calls that change a provider by hand. */
export const operatorNoteSchema = z.object({
  operator: z.string().trim().min(1).max(100),
  reason: z.string().trim().min(3).max(500),
});
export type OperatorNote = z.infer<typeof operatorNoteSchema>;

/** One row of the audit: who changed what, when, why, and from what to what. */
const auditEntrySchema = z.object({
  id: z.number().int(),
  at: z.number().int(),
  operator: z.string(),
  /** Such as `override.set`, `provider.isolate`, `config.reload`. */
  action: z.string(),
  target: z.string(),
  reason: z.string(),
  before: z.json().nullable(),
  after: z.json().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

export const auditQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().optional(),
});
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), next_cursor: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPageSchema>;
