import { describe, expect, it } from 'vitest';
import { readAnthropicUsage } from '../../../electron/engine/dialects/usage.ts';
import { addUsage } from '../../../shared/domain/usage.ts';

describe('what Anthropic reports of its cache', () => {
  const block = {
    input_tokens: 100,
    cache_read_input_tokens: 30,
    cache_creation_input_tokens: 2000,
    cache_creation: { ephemeral_5m_input_tokens: 1500, ephemeral_1h_input_tokens: 500 },
    output_tokens: 1,
  };

  it('is a part of the input, with what is kept for an hour told apart', () => {
    expect(readAnthropicUsage(block).usage).toMatchObject({
      input_tokens: 2130,
      cache_read_tokens: 30,
      cache_write_tokens: 2000,
      cache_write_1h_tokens: 500,
    });
  });

  it('stays known where a later block of the stream leaves it out', () => {
    const { merged } = readAnthropicUsage(block);
    const { usage } = readAnthropicUsage({ output_tokens: 200, cache_creation: null }, merged);
    expect(usage).toMatchObject({ output_tokens: 200, cache_write_1h_tokens: 500 });
  });

  it('adds up over attempts, and is left out where nothing is kept for an hour', () => {
    const { usage } = readAnthropicUsage(block);
    const { usage: plain } = readAnthropicUsage({ input_tokens: 1, output_tokens: 1 });
    expect(addUsage(usage, usage).cache_write_1h_tokens).toBe(1000);
    expect(addUsage(plain, plain)).not.toHaveProperty('cache_write_1h_tokens');
  });
});
