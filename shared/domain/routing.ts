import { z } from 'zod';
import { tierSchema } from './decision.ts';
import { operatorNoteSchema } from './operations.ts';

/**
 * Where an effective value comes from. What is stored in the console wins over the environment, the environment over the
 * file, the file over the default.
 */
const routingSourceSchema = z.enum(['file', 'stored', 'environment', 'default']);

/** One setting of routing, policy or tiers as it holds now. Values are in the registry file's own words and units. */
const routingSettingSchema = z.object({
  /** As the registry file and its problems name it, such as `routing.primary`. */
  path: z.string(),
  value: z.json().nullable(),
  /** What the file says; null where it says nothing. */
  file_value: z.json().nullable(),
  source: routingSourceSchema,
  /** The environment key that gives or would give the value; null where there is none. */
  env: z.string().nullable(),
});
export type RoutingSetting = z.infer<typeof routingSettingSchema>;

/** One setting that differs between two versions. */
const routingDifferenceSchema = z.object({
  path: z.string(),
  /** Null where the setting did not exist. */
  before: z.json().nullable(),
  after: z.json().nullable(),
  before_source: routingSourceSchema.nullable(),
  after_source: routingSourceSchema.nullable(),
});
export type RoutingDifference = z.infer<typeof routingDifferenceSchema>;

/** A part of the registry file in its own form: `{ routing?, policy?, tiers? }`, with only the keys that may be stored. */
const routingDocumentSchema = z.record(z.string(), z.json());
export type RoutingDocument = z.infer<typeof routingDocumentSchema>;

/** One stored version. Versions count from 1 and are never changed; version 0 is the file alone. */
const routingVersionSchema = z.object({
  version: z.number().int(),
  at: z.number().int(),
  operator: z.string(),
  reason: z.string(),
  /** The version that this one brought back; null for an ordinary change. */
  restores: z.number().int().nullable(),
  diff: z.array(routingDifferenceSchema),
});
export type RoutingVersion = z.infer<typeof routingVersionSchema>;

/** A tier whose model its vendor no longer serves. */
const retiredTierSchema = z.object({
  tier: tierSchema,
  provider: z.string(),
  model: z.string(),
  /** Date or year, as far as the vendor's own pages tell. */
  retired: z.string(),
  replacement: z.string(),
});

/** A place of the configuration, tiers included, that names a model its vendor no longer serves. */
const retiredUseSchema = retiredTierSchema.omit({ tier: true, provider: true }).extend({
  /** The setting to change, as the registry file or the environment names it. */
  setting: z.string(),
  /** The model that the vendor answers with instead, at its price; null where it answers with an error. */
  redirected: z.string().nullable(),
});

/** A restricted model that was asked for and replaced. */
const restrictedUseSchema = z.object({
  model: z.string(),
  replaced_by: z.string(),
  requests: z.number().int(),
});

/** Answer of `GET /api/routing`, and of the calls that change it. */
export const routingStateSchema = z.object({
  /** The stored version that holds; 0 for the file alone. The next change names it as `expected_version`. */
  version: z.number().int(),
  /** Version of the whole effective configuration, as in the status. */
  config_version: z.string(),
  path: z.string().nullable(),
  /** Why the stored version is not in effect (it does not fit the file); null when it is. */
  set_aside: z.string().nullable(),
  settings: z.array(routingSettingSchema),
  /** What is stored, as it stands above the file. */
  stored: routingDocumentSchema,
  /** The effective configuration in the registry file's form. */
  effective: routingDocumentSchema,
  providers: z.array(z.string()),
  retired_tiers: z.array(retiredTierSchema),
  retired_models: z.array(retiredUseSchema),
  restricted: z.object({
    /** Since when the replacements are counted. */
    since: z.number().int(),
    requests: z.number().int(),
    /** The most frequent ones. */
    models: z.array(restrictedUseSchema),
  }),
});
export type RoutingState = z.infer<typeof routingStateSchema>;

/**
 * Body of `PUT /api/routing`. `changes` is a merge patch (RFC 7396) on what is stored: mappings are merged, lists and
 * values replaced, and null takes a stored value away, so that the file's shows again.
 */
export const routingChangeSchema = operatorNoteSchema.extend({
  changes: routingDocumentSchema,
  /** The version that the change was made on; another one in effect is a conflict. */
  expected_version: z.number().int().min(0),
});
export type RoutingChange = z.infer<typeof routingChangeSchema>;

/** Body of `POST /api/routing/check`: a change as `PUT /api/routing` takes it, which is tried and not stored. */
export const routingCheckSchema = z.object({ changes: routingDocumentSchema });
export type RoutingCheck = z.infer<typeof routingCheckSchema>;

/** What a change would do. With problems it would be refused, and there is no difference. */
export const routingCheckResultSchema = z.object({
  /** Sentences that name the setting and what is wrong with it. */
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
  diff: z.array(routingDifferenceSchema),
});
export type RoutingCheckResult = z.infer<typeof routingCheckResultSchema>;

/** Body of `POST /api/routing/rollback`. */
export const routingRollbackSchema = operatorNoteSchema.extend({
  /** 0 is the file alone. */
  version: z.number().int().min(0),
  expected_version: z.number().int().min(0).optional(),
});
export type RoutingRollback = z.infer<typeof routingRollbackSchema>;

export const routingHistoryQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(500).default(50),
  /** Only versions before this one. */
  before: z.coerce.number().int().min(1).optional(),
});
export type RoutingHistoryQuery = z.infer<typeof routingHistoryQuerySchema>;

/** Answer of `GET /api/routing/history`, newest first. */
export const routingHistorySchema = z.object({
  current: z.number().int(),
  versions: z.array(routingVersionSchema),
});
export type RoutingHistory = z.infer<typeof routingHistorySchema>;
