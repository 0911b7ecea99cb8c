import { describe, expect, it } from 'vitest';
import { parseAnthropicRequest } from '../../../electron/engine/dialects/anthropic/parse-request.ts';
import { parseOpenAiRequest } from '../../../electron/engine/dialects/openai/parse-request.ts';
import type { JsonObject } from '../../../electron/engine/dialects/types.ts';
import { prefixKey } from '../../../electron/engine/gateway/prefix-key.ts';

const SYSTEM = { role: 'system', content: 'Be brief.' };
const FIRST = { role: 'user', content: 'What is a breaker?' };

function keyOf(messages: JsonObject[], more: JsonObject = {}): string {
  return prefixKey(parseOpenAiRequest({ model: 'auto', messages, ...more }));
}

describe('the key of a conversation', () => {
  it('is the same on every turn', () => {
    const later = [SYSTEM, FIRST, { role: 'assistant', content: 'A switch.' }, { role: 'user', content: 'Why?' }];
    expect(keyOf(later)).toBe(keyOf([SYSTEM, FIRST]));
  });

  it('differs by the first question and by the system prompt', () => {
    const keys = [
      keyOf([SYSTEM, FIRST]),
      keyOf([FIRST]),
      keyOf([SYSTEM, { role: 'user', content: 'What is a fuse?' }]),
      keyOf([
        { role: 'system', content: 'Be brief.What' },
        { role: 'user', content: ' is a breaker?' },
      ]),
    ];
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('is the same in both dialects', () => {
    const anthropic = parseAnthropicRequest({ model: 'auto', max_tokens: 9, system: 'Be brief.', messages: [FIRST] });
    expect(prefixKey(anthropic)).toBe(keyOf([SYSTEM, FIRST]));
  });

  it("is the caller's own where it gives one", () => {
    const own = { prompt_cache_key: 'ticket-7' };
    expect(keyOf([FIRST], own)).toBe(keyOf([SYSTEM, { role: 'user', content: 'else' }], own));
  });
});
