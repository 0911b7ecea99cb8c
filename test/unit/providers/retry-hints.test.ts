import { expect, test } from 'vitest';
import { parseDuration, retryAfterMs } from '../../../electron/engine/providers/retry-hints.ts';

const NOW = Date.parse('2026-11-20T12:00:00Z');

test.each<[string, Record<string, string>, number | null]>([
  ['nothing', {}, null],
  ['milliseconds before seconds', { 'retry-after-ms': '250', 'retry-after': '9' }, 250],
  ['seconds', { 'retry-after': '1.5' }, 1500],
  ['a date', { 'retry-after': 'Fri, 20 Nov 2026 12:00:10 GMT' }, 10_000],
  ['a date gone by', { 'retry-after': 'Fri, 20 Nov 2026 11:00:00 GMT' }, 0],
  ['nonsense', { 'retry-after': 'soon' }, null],
  ['a year', { 'retry-after': '31536000' }, 86_400_000],
  [
    'an OpenAI reset of a used-up limit',
    { 'x-ratelimit-remaining-tokens': '0', 'x-ratelimit-reset-tokens': '6m0s' },
    360_000,
  ],
  [
    'an OpenAI reset of a limit with room',
    { 'x-ratelimit-remaining-tokens': '5', 'x-ratelimit-reset-tokens': '6m0s' },
    null,
  ],
  [
    'an Anthropic reset',
    { 'anthropic-ratelimit-requests-remaining': '0', 'anthropic-ratelimit-requests-reset': '2026-11-20T12:00:30Z' },
    30_000,
  ],
])('%s', (_name, headers, expected) => {
  expect(retryAfterMs(headers, NOW)).toBe(expected);
});

test.each([
  ['20ms', 20],
  ['6m0s', 360_000],
  ['1h2m3.5s', 3_723_500],
  ['1d', 86_400_000],
  ['soon', null],
  ['', null],
])('duration %j', (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});
