import { describe, expect, it } from 'vitest';
import { onReadersClock } from '../../../shared/format/written-times.ts';

const NOW = Date.UTC(2026, 10, 20, 3, 12, 9);
const berlin = (text: string) => onReadersClock(text, NOW, 'Europe/Berlin');

describe('a sentence of the engine', () => {
  it.each([
    ['unhealthy since 03:12 UTC: connection refused', 'unhealthy since 04:12: connection refused'],
    ['rate limited until 03:12:09 UTC', 'rate limited until 04:12:09'],
    ['0 of 1 requests today; opens again at 00:00 UTC', '0 of 1 requests today; opens again at 01:00'],
    ['opens again at 06:00 GMT-5', 'opens again at 12:00'],
    ['opens again at 06:00 GMT+5:30', 'opens again at 01:30'],
    ['isolated since 2026-11-18 23:30 UTC', 'isolated since 19 Nov 00:30'],
    ['seen 2026-11-20T01:00:00Z', 'seen 02:00:00'],
    ['not running from 20 Nov 2026, 03:12:09 UTC to', 'not running from 20 Nov 2026, 04:12:09 CET to'],
    ['from 01:00 UTC to 02:00 UTC', 'from 02:00 to 03:00'],
  ])('shows %j as %j in Berlin', (text, shown) => {
    expect(berlin(text)).toBe(shown);
  });

  it.each(['127.0.0.1:43195', 'at gpu-1:8000 UTC', 'waited 03:12 minutes', 'http://h:10:30', '99:99 UTC', ''])(
    'is left as it is where no moment with a zone is written: %j',
    (text) => {
      expect(berlin(text)).toBe(text);
    },
  );

  it('reads a time without a date as the one nearest to when it was written, so that summer time is right', () => {
    const before = Date.UTC(2026, 2, 28, 23, 50);
    expect(onReadersClock('until 00:30 UTC', before, 'Europe/Berlin')).toBe('until 01:30');
    expect(onReadersClock('until 01:30 UTC', before, 'Europe/Berlin')).toBe('until 03:30');
  });
});
