import { createHash } from 'node:crypto';
import type { Weighted } from './traffic-share.ts';

/** A number in [0, 1), evenly spread over texts. */
export function unitOf(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE() / 2 ** 32;
}

/**
 * The member that a key belongs to: rendezvous hashing with weights (Thaler and Ravishankar; weights after Resch). When a
 * member goes, only its own keys move; when it comes back, they return.
 */
export function memberOfKey(key: string, members: readonly Weighted[]): string | null {
  let best: { name: string; score: number } | null = null;
  for (const { name, weight } of members) {
    // Above 0 and below 1, so that the logarithm is finite and not 0.
    const draw = (unitOf(`${key} ${name}`) * (2 ** 32 - 1) + 0.5) / 2 ** 32;
    const score = -weight / Math.log(draw);
    if (best === null || score > best.score) best = { name, score };
  }
  return best?.name ?? null;
}
