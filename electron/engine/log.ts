import { printable } from '../../shared/format/printable.ts';
import type { Clock } from './clock.ts';

const LOG_LEVELS = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * Everything a log line may say besides its event. A closed list of small values on purpose: there is no field for a
 * body, a header, a key or an object, so none can get into a log.
 */
export interface LogFields {
  request_id?: string;
  provider?: string;
  from_provider?: string;
  to_provider?: string;
  model?: string;
  call_site?: string;
  operator?: string;
  rule?: string;
  status?: string | number;
  code?: string;
  failure_class?: string;
  /** A sentence of our own or an upstream's. */
  reason?: string;
  attempts?: number;
  duration_ms?: number;
  cost_usd?: number;
  tokens?: number;
  count?: number;
  version?: string;
  /** A file of ours. */
  path?: string;
  host?: string;
  port?: number;
  /** Logged without credentials and query. */
  url?: string;
  limit?: string;
  signal?: string;
  /** Of whatever was thrown, name and message are logged. */
  error?: unknown;
}

/** Writes one JSON object a line. `event` is a fixed snake_case word, such as `provider_unhealthy`. */
export interface Logger {
  debug(event: string, fields?: LogFields): void;
  info(event: string, fields?: LogFields): void;
  warn(event: string, fields?: LogFields): void;
  error(event: string, fields?: LogFields): void;
}

export interface LoggerOptions {
  /** Lines below it are not written. */
  level: LogLevel;
  /** Takes one whole line, its line feed included; stderr in the hosts. */
  write: (line: string) => void;
  clock: Pick<Clock, 'now'>;
  /** Secrets in use now; none of them is ever written, whoever quotes it. */
  secrets?: () => readonly string[];
}

const FIELD_NAMES: ReadonlySet<string> = new Set<keyof LogFields>([
  'request_id',
  'provider',
  'from_provider',
  'to_provider',
  'model',
  'call_site',
  'operator',
  'rule',
  'status',
  'code',
  'failure_class',
  'reason',
  'attempts',
  'duration_ms',
  'cost_usd',
  'tokens',
  'count',
  'version',
  'path',
  'host',
  'port',
  'url',
  'limit',
  'signal',
  'error',
]);

const LONGEST_VALUE = 500;

/**
 * What looks like a secret, should an upstream's message quote one: vendor keys (`sk-…`, `sk-ant-…`, `xai-…`), bearer
 * tokens, Slack webhooks, credentials in a URL, and `key=`/`token=` parameters.
 */
const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(sk|xai|pk|rk)-[\w-]{6,}/g, '$1-[redacted]'],
  [/\b(bearer|basic)\s+[\w.~+/=-]{6,}/gi, '$1 [redacted]'],
  [/(hooks\.slack\.com\/services\/)\S+/g, '$1[redacted]'],
  [/(\/\/)[^/\s@]+@/g, '$1[redacted]@'],
  [/\b((?:api[_-]?key|key|token|secret|password)["']?\s*[=:]\s*["']?)[^\s"'&,}]{4,}/gi, '$1[redacted]'],
];

/** Builds a logger of JSON lines: `time` (ISO 8601, UTC), `level`, `event`, then the fields. */
export function createLogger({ level, write, clock, secrets = () => [] }: LoggerOptions): Logger {
  const lowest = LOG_LEVELS.indexOf(level);
  const log =
    (own: LogLevel) =>
    (event: string, fields: LogFields = {}): void => {
      if (LOG_LEVELS.indexOf(own) < lowest) return;
      const time = new Date(clock.now()).toISOString();
      write(printable(`${JSON.stringify({ time, level: own, event, ...cleaned(fields, secrets()) })}\n`));
    };
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') };
}

/** A text without these secrets and without anything that looks like one. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  const spared = secrets.reduce((current, secret) => current.replaceAll(secret, '[redacted]'), text);
  return SECRETS.reduce((current, [pattern, instead]) => current.replace(pattern, instead), spared);
}

/** The same, cut to a line's length. */
export function redact(text: string, secrets: readonly string[] = []): string {
  const clean = withoutSecrets(text, secrets);
  return clean.length > LONGEST_VALUE ? `${clean.slice(0, LONGEST_VALUE)}…` : clean;
}

function cleaned(fields: LogFields, secrets: readonly string[]): Record<string, string | number | boolean> {
  const result: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!FIELD_NAMES.has(name) || value === undefined || value === null) continue;
    const clean = name === 'error' ? describeError(value) : name === 'url' ? withoutQuery(value) : value;
    if (typeof clean === 'string') result[name] = redact(clean, secrets);
    else if (typeof clean === 'number' || typeof clean === 'boolean') result[name] = clean;
  }
  return result;
}

function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : 'something that is not an error was thrown';
}

function withoutQuery(value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  return url === null ? '[not a URL]' : `${url.origin}${url.pathname}`;
}
