import { calcPrice } from '@pydantic/genai-prices';
import type { AdapterKind } from '../../../shared/domain/provider.ts';
import type { Rates } from '../../../shared/domain/pricing.ts';
import type { Usage } from '../../../shared/domain/request.ts';

/** Ids of the price list (genai-prices' `providers/*.yml`). Servers of one's own and unnamed APIs have no list price. */
const PRICE_LIST_IDS: Readonly<Record<AdapterKind, string | null>> = {
  anthropic: 'anthropic',
  openai: 'openai',
  moonshot: 'moonshotai',
  xai: 'x-ai',
  vllm: null,
  'openai-compatible': null,
};

/**
 * USD by the bundled list prices of `@pydantic/genai-prices`, which are never updated over the network: a price changes
 * with a release. Null when the list does not know the model at that vendor. Where a model has no rate for cached tokens
 * they cost what fresh input costs.
 */
export function listPriceUsd(adapter: AdapterKind, model: string, usage: Usage, at: number): number | null {
  const providerId = PRICE_LIST_IDS[adapter];
  if (providerId === null) return null;
  const tokens = {
    input_tokens: usage.input_tokens,
    cache_read_tokens: usage.cache_read_tokens,
    cache_write_tokens: usage.cache_write_tokens,
    cache_write_1h_tokens: usage.cache_write_1h_tokens ?? 0,
    output_tokens: usage.output_tokens,
  };
  try {
    return calcPrice(tokens, model, { providerId, timestamp: new Date(at) })?.total_price ?? null;
  } catch {
    // The list throws for entries that do not fit the usage. A price that cannot be computed is not known; it must not
    // cost the caller an answer that is already there.
    return null;
  }
}

const ONE_OF_EACH = { input_tokens: 1, output_tokens: 1 };

/** A price of the list: a number, or a base with dearer steps for long contexts. */
type ListRate = number | { base: number } | undefined;

/**
 * The list's rates in USD per million tokens for a request of ordinary length, long-context steps left out. Null when the
 * list does not know the model at that vendor, or has no rate for its input or output.
 */
export function listRates(adapter: AdapterKind, model: string, at: number): Rates | null {
  const providerId = PRICE_LIST_IDS[adapter];
  if (providerId === null) return null;
  try {
    const prices = calcPrice(ONE_OF_EACH, model, { providerId, timestamp: new Date(at) })?.model_price;
    const input = baseRate(prices?.input_mtok);
    const output = baseRate(prices?.output_mtok);
    if (input === null || output === null) return null;
    return {
      input,
      output,
      cacheRead: baseRate(prices?.cache_read_mtok),
      cacheWrite: baseRate(prices?.cache_write_mtok),
    };
  } catch {
    return null;
  }
}

function baseRate(rate: ListRate): number | null {
  if (rate === undefined) return null;
  return typeof rate === 'number' ? rate : rate.base;
}
