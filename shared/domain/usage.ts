import type { Usage } from './request.ts';

/** No tokens at all. */
export const NO_USAGE: Usage = {
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  estimated: false,
};

/** Tokens of both; estimated when either is. */
export function addUsage(sum: Usage, usage: Usage): Usage {
  const hourLong = (sum.cache_write_1h_tokens ?? 0) + (usage.cache_write_1h_tokens ?? 0);
  return {
    input_tokens: sum.input_tokens + usage.input_tokens,
    cache_read_tokens: sum.cache_read_tokens + usage.cache_read_tokens,
    cache_write_tokens: sum.cache_write_tokens + usage.cache_write_tokens,
    ...(hourLong > 0 && { cache_write_1h_tokens: hourLong }),
    output_tokens: sum.output_tokens + usage.output_tokens,
    reasoning_tokens: sum.reasoning_tokens + usage.reasoning_tokens,
    estimated: sum.estimated || usage.estimated,
  };
}
