import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { StoreQueryError } from '../../../electron/engine/store/query-error.ts';
import { createZoneCalendar } from '../../../electron/engine/store/time-zone.ts';

const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Asia/Kathmandu'];

describe('a zone calendar', () => {
  it.each([
    ['UTC', '2026-10-25T00:59:59Z', '2026-10-25', '2026-10-25T00:00+00:00'],
    ['Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-25', '2026-10-25T02:00+02:00'],
    ['Europe/Berlin', '2026-10-25T01:30:00Z', '2026-10-25', '2026-10-25T02:00+01:00'],
    ['Europe/Berlin', '2026-03-29T00:59:00Z', '2026-03-29', '2026-03-29T01:00+01:00'],
    ['Europe/Berlin', '2026-03-29T01:00:00Z', '2026-03-29', '2026-03-29T03:00+02:00'],
    ['America/New_York', '2026-01-01T04:59:00Z', '2025-12-31', '2025-12-31T23:00-05:00'],
    ['Asia/Kolkata', '2026-01-01T18:30:00Z', '2026-01-02', '2026-01-02T00:00+05:30'],
  ])('in %s names %s as %s and %s', (zone, instant, day, hour) => {
    const calendar = createZoneCalendar(zone);
    expect(calendar.dayOf(Date.parse(instant))).toBe(day);
    expect(calendar.hourOf(Date.parse(instant))).toBe(hour);
  });

  it('agrees with the platform on every day, also where clocks change', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ZONES),
        fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }),
        (zone, at) => {
          expect(createZoneCalendar(zone).dayOf(at)).toBe(new Date(at).toLocaleDateString('sv-SE', { timeZone: zone }));
        },
      ),
    );
  });

  it('names hours that parse back to their own start', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('UTC', 'Europe/Berlin', 'Asia/Kolkata'),
        fc.integer({ min: Date.UTC(2025, 0), max: Date.UTC(2027, 0) }),
        (zone, at) => {
          const start = Date.parse(createZoneCalendar(zone).hourOf(at));
          expect(at - start).toBeGreaterThanOrEqual(0);
          expect(at - start).toBeLessThan(3_600_000);
        },
      ),
    );
  });

  it('refuses a name that is no zone in one sentence', () => {
    expect(() => createZoneCalendar('Mars/Olympus')).toThrow(StoreQueryError);
    expect(() => createZoneCalendar('Mars/Olympus')).toThrow('"Mars/Olympus" is not an IANA time zone');
  });
});
