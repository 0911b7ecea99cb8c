import type { IncomingHttpHeaders } from 'node:http';
import { taskSchema, tierSchema } from '../../../shared/domain/decision.ts';
import type { Task, Tier } from '../../../shared/domain/decision.ts';
import { inputSentence } from '../../../shared/format/input-sentence.ts';
import type { StreamFailover } from '../registry/types.ts';
import { LONGEST_NAME } from '../dialects/json.ts';
import { GatewayError } from './gateway-error.ts';

/** What a caller can ask for in `x-switchyard-…` request headers. */
export interface CallOptions {
  forceProvider: string | null;
  callSite: string | null;
  tier: Tier | null;
  /** 0 to 1. */
  effort: number | null;
  task: Task | null;
  noFallback: boolean;
  streamFailover: StreamFailover | null;
  /** The caller's own limit on the whole request. */
  timeoutMs: number | null;
  user: string | null;
}

/** Characters of a user that are kept. */
const LONGEST_USER = 200;

const LONGEST_TIMEOUT_MS = 24 * 60 * 60 * 1000;

/** Reads the request headers. Throws `GatewayError` `invalid_request` that names the header. */
export function readCallOptions(headers: IncomingHttpHeaders): CallOptions {
  return {
    forceProvider: read(headers, 'force-provider'),
    callSite: readName(headers, 'call-site'),
    tier: readTier(read(headers, 'tier')),
    effort: readNumber('effort', read(headers, 'effort'), 0, 1),
    task: readTask(read(headers, 'task')),
    noFallback: readFlag(read(headers, 'no-fallback')),
    streamFailover: readStreamFailover(read(headers, 'stream-failover')),
    timeoutMs: readNumber('timeout-ms', read(headers, 'timeout-ms'), 1, LONGEST_TIMEOUT_MS),
    user: userOf(read(headers, 'user')),
  };
}

function read(headers: IncomingHttpHeaders, name: string): string | null {
  const value = headers[`x-switchyard-${name}`];
  const text = (Array.isArray(value) ? value[0] : value)?.trim();
  return text ? text : null;
}

/** What of a user, as a header or a body names one, is kept; null where nobody is named. */
export function userOf(value: unknown): string | null {
  return typeof value === 'string' ? value.slice(0, LONGEST_USER) : null;
}

function readName(headers: IncomingHttpHeaders, name: string): string | null {
  const text = read(headers, name);
  return text !== null && text.length > LONGEST_NAME ? refuse(name, `at most ${LONGEST_NAME} characters`) : text;
}

function refuse(name: string, wanted: string): never {
  throw new GatewayError('invalid_request', `The header x-switchyard-${name} must be ${wanted}.`);
}

function readNumber(name: string, text: string | null, least: number, most: number): number | null {
  if (text === null) return null;
  const value = Number(text);
  if (!Number.isFinite(value) || value < least || value > most) refuse(name, `a number from ${least} to ${most}`);
  return value;
}

function readFlag(text: string | null): boolean {
  if (text === null || text === '0' || text.toLowerCase() === 'false') return false;
  if (text === '1' || text.toLowerCase() === 'true') return true;
  return refuse('no-fallback', '"true" or "false"');
}

function readTier(text: string | null): Tier | null {
  if (text === null) return null;
  const tier = tierSchema.safeParse(text);
  return tier.success ? tier.data : refuse('tier', '"fast", "balanced" or "powerful"');
}

function readStreamFailover(text: string | null): StreamFailover | null {
  if (text === null || text === 'resume' || text === 'buffer' || text === 'error') return text;
  return refuse('stream-failover', '"resume", "buffer" or "error"');
}

function readTask(text: string | null): Task | null {
  if (text === null) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return refuse('task', 'a JSON object');
  }
  const task = taskSchema.safeParse(value);
  if (task.success) return task.data;
  const { issues } = task.error;
  const sentence = inputSentence({ schema: taskSchema, value, issues, name: 'the task' });
  throw new GatewayError('invalid_request', `The header x-switchyard-task: ${sentence}`);
}
