import { z } from 'zod';

/** What a value of the environment is for. */
const keyPurposeSchema = z.enum(['provider', 'notification', 'gateway', 'console']);

/** A secret of the environment: whether it is there and who needs it, never its value or any part of it. */
const keyStandingSchema = z.object({
  /** The name of the environment variable. */
  env: z.string(),
  purpose: keyPurposeSchema,
  present: z.boolean(),
  /** Registry names of the providers that use it; empty for what is no provider's, or for an API nobody has asked for. */
  providers: z.array(z.string()),
});
export type KeyStanding = z.infer<typeof keyStandingSchema>;

/**
 * Answer of `GET /api/settings`: how this installation is set up. It holds no secret: keys are named, addresses come
 * without user, password, path parameters or query.
 */
export const settingsSchema = z.object({
  at: z.number().int(),
  version: z.string(),
  environment: z.enum(['development', 'staging', 'production']),
  simulated: z.boolean(),
  started_at: z.number().int(),
  gateway: z.object({
    url: z.string(),
    /** Whether clients have to send a key. */
    key_required: z.boolean(),
  }),
  keys: z.array(keyStandingSchema),
  config: z.object({
    /** Null for the built-in registry. */
    path: z.string().nullable(),
    version: z.string(),
    loaded_at: z.number().int(),
    /** Why the newest edit was refused; null when the file on disk is the one running. */
    error: z.string().nullable(),
    /** The `.env` that is read beside the registry; null for the built-in one. */
    env_file: z.object({ path: z.string(), exists: z.boolean() }).nullable(),
    /** Version of what is stored in the console above the file; 0 where nothing is. */
    stored_version: z.number().int(),
  }),
  storage: z.object({
    driver: z.enum(['sqlite', 'postgres']),
    data_directory: z.string(),
    /** Bytes of the database with what waits beside it to be written into it; null where they can not be read. */
    database_bytes: z.number().nullable(),
    /** Bytes free where the data lie; null where that can not be read. */
    free_bytes: z.number().nullable(),
    retention_days: z.number(),
    /** About how many requests are kept: what was recorded since the oldest, exact while nothing is deleted out of turn. */
    requests_kept: z.number().int(),
    oldest_request_at: z.number().int().nullable(),
    audit_entries: z.number().int(),
  }),
  monitoring: z.object({
    metrics_url: z.string(),
    /** The further listener for metrics alone; null where `PROMETHEUS_PORT` is not set. */
    prometheus_port: z.number().int().nullable(),
    /** Built from `GRAFANA_PORT`; null where it is not set. */
    grafana_url: z.string().nullable(),
    /** OpenTelemetry as the environment asked for it when the engine started; addresses without any secret. */
    otlp: z.object({
      /** Where spans are sent; null where they are sent nowhere. */
      traces: z.string().nullable(),
      metrics: z.string().nullable(),
      /** An endpoint is set, and `OTEL_SDK_DISABLED` keeps everything from being sent. */
      disabled: z.boolean(),
      /** Settings that were set aside, a sentence each. */
      problems: z.array(z.string()),
    }),
  }),
});
export type Settings = z.infer<typeof settingsSchema>;
