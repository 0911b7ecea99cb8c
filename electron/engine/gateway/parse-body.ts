import type { JsonObject } from '../dialects/types.ts';
import { GatewayError } from './gateway-error.ts';

/**
 * How deep arrays and objects may lie in each other. JSON.parse takes any depth, but what walks the value afterwards is
 * recursive; the deepest schemas in use have a few dozen levels.
 */
export const MAXIMUM_DEPTH = 256;

/** A request body as a JSON object. Throws `GatewayError` `invalid_request` for anything else, and for one nested too deep. */
export function parseBody(body: Buffer): JsonObject {
  if (body.length === 0) throw new GatewayError('invalid_request', 'The request has no body; send a JSON object.');
  const value = parse(body.toString('utf8'));
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new GatewayError('invalid_request', 'The request body must be a JSON object.');
  }
  if (isDeeperThan(value, MAXIMUM_DEPTH)) {
    throw new GatewayError('invalid_request', `The request body is nested deeper than ${MAXIMUM_DEPTH} levels.`);
  }
  return value as JsonObject;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'not JSON';
    throw new GatewayError('invalid_request', `The request body is not valid JSON: ${detail}.`);
  }
}

/** Whether something lies deeper than `levels` below; never goes deeper than that itself. */
function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && isDeeperThan(part, levels - 1)) return true;
  }
  return false;
}
