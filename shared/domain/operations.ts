import { z } from 'zod';

/** What an override covers: `all`, `call-site:NAME` or `model:NAME`. */
const overrideScopeSchema = z
  .string()
  .regex(/^(all|call-site:.+|model:.+)$/, 'scope is "all", "call-site:NAME" or "model:NAME"');

export const MAXIMUM_OVERRIDE_SECONDS = 24 * 60 * 60;

/** Body of `PUT /api/override`. */
export const overrideRequestSchema = z.object({
  provider: z.string().min(1),
  ttl_seconds: z.number().int().min(1).max(MAXIMUM_OVERRIDE_SECONDS),
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

/** Who stands in the audit for what happens by itself. */
const BY_ITSELF = 'switchyard';

/** The row for something an operator had set until a time, which has come. `ended` is what stood until then. */
export function expiryEntry(action: string, target: string, ended: object): Omit<AuditEntry, 'id' | 'at'> {
  const before = JSON.parse(JSON.stringify(ended)) as AuditEntry['before'];
  return { operator: BY_ITSELF, action, target, reason: 'Its time was over.', before, after: null };
}

export const auditQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  cursor: z.string().optional(),
  /** How the action begins: `override.` for all about overrides. */
  action: z.string().max(100).optional(),
  operator: z.string().max(100).optional(),
  target: z.string().max(500).optional(),
  /** That one entry, wherever it stands in the list. */
  id: z.coerce.number().int().positive().optional(),
  /** As in every range: epoch milliseconds, ISO 8601, or a duration back from now. */
  since: z.string().optional(),
  until: z.string().optional(),
});
export type AuditQuery = z.infer<typeof auditQuerySchema>;
export const auditPageSchema = z.object({ entries: z.array(auditEntrySchema), next_cursor: z.string().nullable() });
export type AuditPage = z.infer<typeof auditPageSchema>;

const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, 'a hash is 64 hexadecimal digits');

/** One row of the audit as somebody noted it elsewhere. */
const auditProofSchema = z.object({ id: z.number().int(), hash: sha256Schema });
export type AuditProof = z.infer<typeof auditProofSchema>;

/** `expect` is `ID:HASH` of a row that was noted elsewhere, which the chain must hold. */
export const auditVerifyQuerySchema = z.object({
  expect: z
    .string()
    .regex(/^\d+:[0-9a-f]{64}$/, 'expect is ID:HASH as an earlier verification gave it')
    .optional(),
});
export type AuditVerifyQuery = z.infer<typeof auditVerifyQuerySchema>;

/** Answer of `GET /api/audit/verify`: whether the audit is what was written. */
export const auditVerificationSchema = z.object({
  ok: z.boolean(),
  /** Rows that hold, from the first one on. */
  entries: z.number().int(),
  /** The last of them: note it elsewhere, and a later verification can be held against it. Null for an empty audit. */
  last: auditProofSchema.nullable(),
  /** The first row that does not hold, and why in a sentence; null when all do. */
  broken: z.object({ id: z.number().int().nullable(), reason: z.string() }).nullable(),
  elapsed_ms: z.number(),
});
export type AuditVerification = z.infer<typeof auditVerificationSchema>;

export const auditExportQuerySchema = z.object({
  since: z.string().optional(),
  until: z.string().optional(),
  format: z.enum(['json', 'csv', 'md']).default('json'),
});
export type AuditExportQuery = z.infer<typeof auditExportQuerySchema>;
export type AuditFormat = AuditExportQuery['format'];

/** A row with what chains it to the one before. */
export type ChainedAuditEntry = AuditEntry & { prev_hash: string; hash: string };
