import type { Usage } from '../../../shared/domain/request.ts';
import type { Pricing } from '../registry/types.ts';
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
  if (context.pricing) return costOf(registryPriceUsd(context.pricing, sound));
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

/** USD per million tokens times tokens. Cached tokens without a rate of their own cost what fresh input costs. */
function registryPriceUsd(pricing: Pricing, usage: Usage): number {
  const fresh = usage.input_tokens - usage.cache_read_tokens - usage.cache_write_tokens;
  const microUsd =
    fresh * pricing.input +
    usage.cache_read_tokens * (pricing.cacheRead ?? pricing.input) +
    usage.cache_write_tokens * (pricing.cacheWrite ?? pricing.input) +
    usage.output_tokens * pricing.output;
  return microUsd / 1_000_000;
}

function costOf(usd: number | null): Cost {
  if (usd === null) return { costUsd: 0, costMicroUsd: 0, pricingUnknown: true };
  return { costUsd: usd, costMicroUsd: toMicroUsd(usd), pricingUnknown: false };
}

/** Half up; twelve digits first, so that 0.0000005 USD, which no binary fraction holds, is not rounded down. */
function toMicroUsd(usd: number): number {
  return Math.floor(Number((usd * 1_000_000).toPrecision(12)) + 0.5);
}

/** Usage as a vendor reports it, made fit to be multiplied: nothing negative, and no more cached than there was input. */
function soundUsage(usage: Usage): Usage {
  const input = atLeastZero(usage.input_tokens);
  const cacheRead = Math.min(atLeastZero(usage.cache_read_tokens), input);
  return {
    ...usage,
    input_tokens: input,
    cache_read_tokens: cacheRead,
    cache_write_tokens: Math.min(atLeastZero(usage.cache_write_tokens), input - cacheRead),
    output_tokens: atLeastZero(usage.output_tokens),
  };
}

function atLeastZero(tokens: number): number {
  return Number.isFinite(tokens) ? Math.max(0, tokens) : 0;
}
