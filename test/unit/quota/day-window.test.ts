import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clockTime, dayWindow } from '../../../electron/engine/quota/day-window.ts';

const HOUR = 3_600_000;
const iso = (at: number): string => new Date(at).toISOString();

describe('the day of counting', () => {
  it.each([
    ['UTC midnight', '2026-03-10T15:00:00Z', 0, 'UTC', '2026-03-10T00:00:00.000Z', 24],
    ['the very instant it begins', '2026-03-10T00:00:00Z', 0, 'UTC', '2026-03-10T00:00:00.000Z', 24],
    ['the instant before', '2026-03-09T23:59:59.999Z', 0, 'UTC', '2026-03-09T00:00:00.000Z', 24],
    ['a reset at six, before six', '2026-03-10T05:00:00Z', 6, 'UTC', '2026-03-09T06:00:00.000Z', 24],
    ['a zone ahead', '2026-01-10T23:30:00Z', 0, 'Europe/Berlin', '2026-01-10T23:00:00.000Z', 24],
    ['a zone behind', '2026-01-10T03:00:00Z', 0, 'America/New_York', '2026-01-09T05:00:00.000Z', 24],
    ['half-hour zone', '2026-01-10T20:00:00Z', 0, 'Asia/Kolkata', '2026-01-10T18:30:00.000Z', 24],
    ['the short day of spring', '2026-03-29T12:00:00Z', 0, 'Europe/Berlin', '2026-03-28T23:00:00.000Z', 23],
    ['the long day of autumn', '2026-10-25T12:00:00Z', 0, 'Europe/Berlin', '2026-10-24T22:00:00.000Z', 25],
    ['a reset hour that is skipped', '2026-03-29T12:00:00Z', 2, 'Europe/Berlin', '2026-03-29T01:00:00.000Z', 23],
    ['a reset hour that comes twice', '2026-10-25T12:00:00Z', 2, 'Europe/Berlin', '2026-10-25T00:00:00.000Z', 25],
    ['the second of the two hours', '2026-10-25T01:30:00Z', 2, 'Europe/Berlin', '2026-10-25T00:00:00.000Z', 25],
    ['a midnight that is skipped', '2026-09-06T12:00:00Z', 0, 'America/Santiago', '2026-09-06T04:00:00.000Z', 23],
  ])('%s', (_, now, resetHour, timeZone, start, hours) => {
    const window = dayWindow(Date.parse(now), { resetHour, timeZone });
    expect(iso(window.start)).toBe(start);
    expect((window.end - window.start) / HOUR).toBe(hours);
  });

  it('holds now, is 22 to 26 hours long, and touches its neighbours, in every zone at every hour', () => {
    const zones = [
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'America/Santiago',
      'Asia/Tehran',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }),
        fc.integer({ min: 0, max: 23 }),
        fc.constantFrom(...zones),
        (now, resetHour, timeZone) => {
          const rule = { resetHour, timeZone };
          const { start, end } = dayWindow(now, rule);
          expect(start).toBeLessThanOrEqual(now);
          expect(end).toBeGreaterThan(now);
          expect((end - start) / HOUR).toBeGreaterThanOrEqual(22);
          expect((end - start) / HOUR).toBeLessThanOrEqual(26);
          expect(dayWindow(end, rule).start).toBe(end);
          expect(dayWindow(start - 1, rule).end).toBe(start);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('refuses a zone that does not exist', () => {
    expect(() => dayWindow(0, { resetHour: 0, timeZone: 'Mars/Olympus' })).toThrow(RangeError);
  });

  it('is named by its zone', () => {
    const at = Date.parse('2026-07-10T04:00:00Z');
    expect(clockTime(at, { resetHour: 4, timeZone: 'UTC' })).toBe('04:00 UTC');
    expect(clockTime(at, { resetHour: 6, timeZone: 'Europe/Berlin' })).toBe('06:00 GMT+2');
  });
});
