/** A slow provider is well again below this share of the threshold, so that one near it does not flap. */
const WELL_BELOW = 0.8;

/**
 * Whether a provider counts as slow, given whether it did before and its recent p95 in milliseconds. With nothing measured
 * (null: traffic has been elsewhere for the length of the window) nobody knows, and it may be asked again.
 */
export function isSlow(wasSlow: boolean, latencyMs: number | null, thresholdMs: number): boolean {
  if (latencyMs === null) return false;
  return wasSlow ? latencyMs >= thresholdMs * WELL_BELOW : latencyMs > thresholdMs;
}
