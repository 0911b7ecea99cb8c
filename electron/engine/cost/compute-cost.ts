import { microUsdAt, roundMicroUsd, soundUsage, uncachedUsage } from '../../../shared/domain/pricing.ts';
import type { Usage } from '../../../shared/domain/request.ts';
import { adapterOfModelName } from '../registry/model-names.ts';
import { listPriceUsd } from './list-price.ts';
import type { Cost, PriceContext } from './types.ts';

/**
 * What one attempt cost. The registry's own rate comes first; a self-hosted server's tokens cost nothing, and that is
 * known; then the list price; else the price is unknown, which is a fact and not a zero.
 *
 * Without a context the vendor is told from the model's prefix and the price is today's. Cached tokens are a part of
 * the input. Rounded half up to whole micro-dollars, once.
 */
export function computeCost(model: string, usage: Usage, context?: PriceContext): Cost {
  const sound = soundUsage(usage);
  if (!context) {
    const adapter = adapterOfModelName(model);
    return costOf(adapter === null ? null : listPriceUsd(adapter, model, sound, Date.now()));
  }
  if (context.pricing) return costOf(microUsdAt(context.pricing, sound) / 1_000_000);
  if (context.deployment === 'self-hosted') return costOf(0);
  return costOf(listPriceUsd(context.adapter, model, sound, context.at));
}

/**
 * The most that a request can cost, for reserving a place in a budget before it is sent: all input fresh, all output used.
 * 0 with `pricingUnknown` where there is no rate.
 */
export function estimateCost(
  model: string,
  inputTokens: number,
  maximumOutputTokens: number,
  context: PriceContext,
): Cost {
  const usage: Usage = {
    input_tokens: inputTokens,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: maximumOutputTokens,
    reasoning_tokens: 0,
    estimated: true,
  };
  return computeCost(model, usage, context);
}

/** Whether anybody knows what tokens of a provider's model cost at a time in epoch milliseconds. */
export function priceKnown(config: Omit<PriceContext, 'at'>, model: string, at: number): boolean {
  const { adapter, deployment, pricing } = config;
  return !estimateCost(model, 1, 1, { adapter, deployment, pricing, at }).pricingUnknown;
}

/**
 * Whole micro-dollars that the cache saved: what the same input would have cost uncached, minus what it cost. Negative
 * where writing the cache cost more than reading it saved; 0 where the price is unknown or tokens cost nothing.
 */
export function cacheSavingsMicroUsd(model: string, usage: Usage, context: PriceContext): number {
  if (usage.cache_read_tokens === 0 && usage.cache_write_tokens === 0) return 0;
  const cached = computeCost(model, usage, context);
  const uncached = computeCost(model, uncachedUsage(soundUsage(usage)), context);
  return uncached.costMicroUsd - cached.costMicroUsd;
}

function costOf(usd: number | null): Cost {
  if (usd === null) return { costUsd: 0, costMicroUsd: 0, pricingUnknown: true };
  const costMicroUsd = roundMicroUsd(usd * 1_000_000);
  return { costUsd: costMicroUsd / 1_000_000, costMicroUsd, pricingUnknown: false };
}
