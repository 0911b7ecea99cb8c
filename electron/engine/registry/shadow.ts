import type { RegistryFile } from './schema.ts';
import type { ShadowConfig } from './types.ts';

const SHARE = 0.1;
/** Spending that nobody has thought about stays small. */
const USD_PER_DAY = 5;
const MAX_CONCURRENT = 2;

/** The section `experiments.shadow`, with what it leaves out; null where it is not there or names no provider. */
export function buildShadow(file: RegistryFile['experiments']): ShadowConfig | null {
  const shadow = file?.shadow;
  if (shadow?.provider === undefined) return null;
  return {
    // It costs money, so it has to be asked for.
    enabled: shadow.enabled ?? false,
    provider: shadow.provider,
    model: shadow.model ?? null,
    share: shadow.share ?? SHARE,
    callSites: shadow.call_sites ?? null,
    usdPerDay: shadow.usd_per_day ?? USD_PER_DAY,
    requestsPerDay: shadow.requests_per_day ?? null,
    maxConcurrent: shadow.max_concurrent ?? MAX_CONCURRENT,
    until: shadow.until === undefined ? null : Date.parse(shadow.until),
  };
}
