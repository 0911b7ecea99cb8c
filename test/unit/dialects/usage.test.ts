import { describe, expect, it } from 'vitest';
import { readAnthropicUsage, readOpenAiUsage } from '../../../electron/engine/dialects/usage.ts';
import { addUsage, NO_USAGE } from '../../../shared/domain/usage.ts';

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
    const usage = readAnthropicUsage(block).usage ?? NO_USAGE;
    const plain = readAnthropicUsage({ input_tokens: 1, output_tokens: 1 }).usage ?? NO_USAGE;
    expect(addUsage(usage, usage).cache_write_1h_tokens).toBe(1000);
    expect(addUsage(plain, plain)).not.toHaveProperty('cache_write_1h_tokens');
  });
});

describe('counts that cannot be', () => {
  it.each(['prompt_tokens', 'completion_tokens', 'cached_tokens'])('%s beyond a billion is no report', (name) => {
    const usage = { prompt_tokens: 5, completion_tokens: 5, [name]: 1e300 };
    expect(readOpenAiUsage(usage, { reasoningOnTop: false })).toBeNull();
  });

  it.each(['input_tokens', 'output_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'])(
    '%s beyond a billion is no report',
    (name) => expect(readAnthropicUsage({ input_tokens: 5, output_tokens: 5, [name]: 1e300 }).usage).toBeNull(),
  );
});
