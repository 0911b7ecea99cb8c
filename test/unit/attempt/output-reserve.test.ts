import { expect, it } from 'vitest';
import { outputTokensOf } from '../../../electron/engine/attempt/output-reserve.ts';
import { CAPABLE } from '../../support/router-fixtures.ts';

it.each([
  ['what the caller allows', 700, 0.9, 'anthropic' as const, null, 700],
  ['what the effort allows', null, 0.9, 'openai' as const, null, 8192],
  ['what Anthropic is sent for callers who set nothing', null, null, 'anthropic' as const, null, 4096],
  ['a guess where nobody limits it', null, null, 'openai' as const, null, 1024],
  ['never more than the model makes', 9000, null, 'openai' as const, 512, 512],
])('the output reserved for a request is %s', (_, maxTokens, effort, dialect, maximumOutputTokens, expected) => {
  const provider = {
    dialect,
    capabilities: () => ({ ...CAPABLE, maximumOutputTokens }),
    effortToParams: () => ({ temperature: null, maxTokens: 8192, thinking: null, reasoningEffort: null }),
  };
  expect(outputTokensOf({ maxTokens }, effort, provider, 'm')).toBe(expected);
});
