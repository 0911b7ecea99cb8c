import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { localDays, uptimeByDay, uptimeOfDay } from '../../../electron/engine/operations/uptime.ts';
import type { LaneSpan } from '../../../shared/domain/history.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('the last days of a zone', () => {
  it.each([
    ['UTC', Date.UTC(2026, 10, 20, 12), [24, 24, 12]],
    ['Asia/Kolkata', Date.UTC(2026, 10, 20, 12), [24, 24, 17.5]],
    // Clocks went back on the 25th of October 2026 and forward on the 29th of March.
    ['Europe/Berlin', Date.UTC(2026, 9, 26, 11), [24, 25, 12]],
    ['Europe/Berlin', Date.UTC(2026, 2, 30, 10), [24, 23, 12]],
    ['UTC', Date.UTC(2026, 10, 20), [24, 24, 24]],
  ])('%s are calendar days, the last one until now', (zone, until, hours) => {
    const days = localDays(zone, until, 3);
    expect(days.map((day) => (day.until - day.since) / HOUR)).toEqual(hours);
    expect(days.at(-1)?.until).toBe(until);
    expect(days[1]?.since).toBe(days[0]?.until);
  });

  it('need a zone that exists', () => {
    expect(() => localDays('Mars/Olympus', 0, 1)).toThrow('"Mars/Olympus" is not an IANA time zone');
  });
});

describe('the uptime of a day', () => {
  const day = { since: 0, until: DAY };
  const span = (from: number, to: number, status: LaneSpan['status']): LaneSpan => ({ from, to, status, reason: '' });

  it('counts each state within the day alone, and what nobody saw as no data', () => {
    const spans = [
      span(-HOUR, 2 * HOUR, 'healthy'),
      span(2 * HOUR, 3 * HOUR, 'unhealthy'),
      span(3 * HOUR, 5 * HOUR, 'degraded'),
      span(5 * HOUR, 6 * HOUR, 'unknown'),
      span(6 * HOUR, 7 * HOUR, 'disabled'),
      span(20 * HOUR, 30 * HOUR, 'no_data'),
    ];
    expect(uptimeOfDay(spans, day)).toEqual({
      from: 0,
      to: DAY,
      healthy_ms: 2 * HOUR,
      down_ms: HOUR,
      degraded_ms: 2 * HOUR,
      off_ms: HOUR,
      no_data_ms: 18 * HOUR,
    });
  });

  it('adds up to the day, whatever the spans', () => {
    const states = fc.constantFrom<LaneSpan['status']>(
      'healthy',
      'degraded',
      'unhealthy',
      'unknown',
      'disabled',
      'no_data',
    );
    const cuts = fc.array(fc.tuple(fc.integer({ min: 1, max: DAY }), states), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, (lengths) => {
        let at = -HOUR;
        const spans = lengths.map(([length, status]) => span(at, (at += length), status));
        const { from, to, ...parts } = uptimeOfDay(spans, day);
        expect(Object.values(parts).reduce((sum, each) => sum + each, 0)).toBe(to - from);
        expect(Math.min(...Object.values(parts))).toBeGreaterThanOrEqual(0);
      }),
    );
  });

  it('is no data for a provider that was never recorded', async () => {
    const reader = { healthLanes: async () => [] };
    const answer = await uptimeByDay({ days: 2 }, { reader, now: DAY + HOUR, names: ['kimi'] });
    expect(answer.since).toBe(0);
    expect(answer.providers[0]?.days.map(({ no_data_ms: ms }) => ms)).toEqual([DAY, HOUR]);
  });
});
