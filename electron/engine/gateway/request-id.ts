import type { Random } from '../clock.ts';

/**
 * A request id: `req_`, then ten characters of the time in milliseconds (base 32, so that ids sort by time), then twelve
 * of chance (60 bits).
 */
export function newRequestId(now: number, random: Random): string {
  let chance = '';
  for (let count = 0; count < 12; count += 1) chance += Math.floor(random() * 32).toString(32);
  return `req_${now.toString(32).padStart(10, '0')}${chance}`;
}
