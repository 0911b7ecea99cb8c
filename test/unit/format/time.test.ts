import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatAbsolute,
  formatClock,
  formatClockSeconds,
  formatDay,
  formatRelative,
  parseInstant,
} from '../../../shared/format/time.ts';

const NOW = Date.UTC(2026, 10, 20, 3, 12, 9);

describe('formatRelative', () => {
  it.each([
    [0, 'just now'],
    [999, 'just now'],
    [12_000, '12 s ago'],
    [7 * 60_000, '7 min ago'],
    [23.9 * 3_600_000, '23 h ago'],
    [24 * 3_600_000, '19 Nov 03:12'],
    [-12 * 60_000, 'in 12 min'],
    [-48 * 3_600_000, '22 Nov 03:12'],
  ])('%d ms before now reads %s', (distance, words) => {
    expect(formatRelative(NOW - distance, NOW, 'UTC')).toBe(words);
  });
});

describe('absolute times', () => {
  it('name the zone they are in', () => {
    expect(formatAbsolute(NOW, 'UTC')).toBe('20 Nov 2026, 03:12:09 UTC');
    expect(formatAbsolute(NOW, 'Asia/Kolkata')).toBe('20 Nov 2026, 08:42:09 GMT+5:30');
  });

  it('count midnight as 00', () => {
    expect(formatClock(Date.UTC(2026, 0, 1), 'UTC')).toBe('00:00');
    expect(formatClockSeconds(Date.UTC(2026, 0, 1, 23, 59, 58), 'UTC')).toBe('23:59:58');
  });

  it('cut the day in the zone asked for', () => {
    expect(formatDay(Date.UTC(2026, 10, 20, 23, 30), 'UTC')).toBe('20 Nov');
    expect(formatDay(Date.UTC(2026, 10, 20, 23, 30), 'Europe/Berlin')).toBe('21 Nov');
  });
});

describe('parseInstant', () => {
  it.each([
    ['now', NOW],
    ['24h', NOW - 86_400_000],
    ['7d', NOW - 604_800_000],
    ['1763600000000', 1_763_600_000_000],
    ['0', 0],
    ['2026-11-20', Date.UTC(2026, 10, 20)],
    ['2026-11-20T03:12', Date.UTC(2026, 10, 20, 3, 12)],
    ['2026-11-20 03:12:09', NOW],
    ['2026-11-20T03:12:09.5Z', NOW + 500],
    ['2026-11-20T04:12:09+01:00', NOW],
  ])('%s is %d', (text, at) => {
    expect(parseInstant(text, NOW)).toBe(at);
  });

  it.each(['', 'yesterday', '2026-13-45', '2026-11-20T25:00Z', '24', '-24h', '12x'])(
    'answers %j with a time or one sentence',
    (text) => {
      if (/^\d+$/.test(text)) expect(parseInstant(text, NOW)).toBe(Number(text));
      else expect(() => parseInstant(text, NOW)).toThrow(/^".*" is not a time: .*\.$/);
    },
  );

  it('reads back what toISOString wrote', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), (at) => {
        expect(parseInstant(new Date(at).toISOString(), NOW)).toBe(at);
        expect(parseInstant(String(at), NOW)).toBe(at);
      }),
    );
  });
});
