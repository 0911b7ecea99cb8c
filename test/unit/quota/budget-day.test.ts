import { describe, expect, it } from 'vitest';
import { QuotaStage, taken } from '../../support/quota-stage.ts';

const HOUR = 3_600_000;
const stageAt = (start: string, resetHour: number, timeZone: string) =>
  new QuotaStage(
    { providers: { claude: { requests_per_day: 2 } }, budgets: { resetHour, timeZone } },
    Date.parse(start),
  );

describe('the day of the registry', () => {
  it.each([
    ['an ordinary day', '2026-06-10T10:00:00Z', 24],
    ['the day on which summer time begins', '2026-03-29T00:30:00+01:00', 23],
    ['the day on which it ends', '2026-10-25T00:30:00+02:00', 25],
  ])('%s is as long as the clocks on the wall make it', async (_, start, hours) => {
    const stage = stageAt(start, 0, 'Europe/Berlin');
    stage.admitted(2, 'claude');
    const { reset_at: reset } = stage.status('claude', 'requests_per_day');
    const begun = Date.parse(start) - (start.includes('T00:30') ? HOUR / 2 : 12 * HOUR);
    expect(reset).toBe(begun + hours * HOUR);
    await stage.clock.advance((reset ?? 0) - stage.clock.now() - 1);
    expect(stage.admitted(1, 'claude')).toBe(0);
    await stage.clock.advance(1);
    expect(stage.admitted(3, 'claude')).toBe(2);
  });

  it('starts anew at its hour, also where the day has no such hour', async () => {
    // 02:30 does not exist on that day: clocks go from 02:00 to 03:00, at 01:00 UTC.
    const stage = stageAt('2026-03-28T23:00:00Z', 2, 'Europe/Berlin');
    stage.admitted(2, 'claude');
    expect(stage.status('claude', 'requests_per_day').reset_at).toBe(Date.parse('2026-03-29T01:00:00Z'));
    await stage.clock.advance(2 * HOUR);
    expect(stage.admitted(3, 'claude')).toBe(2);
  });

  it('that is edited takes what was used along, and cuts at the new hour', async () => {
    const stage = stageAt('2026-11-03T10:00:00Z', 0, 'UTC');
    const open = taken(stage.reserve('claude'));
    stage.admitted(1, 'claude');
    stage.reload({ ...stage.limits, budgets: { resetHour: 6, timeZone: 'UTC' } });
    expect(stage.admitted(1, 'claude')).toBe(0);
    expect(stage.told.map(([name]) => name)).toEqual(['quota_exhausted']);
    expect(stage.status('claude', 'requests_per_day').reset_at).toBe(Date.parse('2026-11-04T06:00:00Z'));
    open.release();
    expect(stage.status('claude', 'requests_per_day').used).toBe(1);
    await stage.clock.advance(20 * HOUR);
    expect(stage.admitted(3, 'claude')).toBe(2);
  });

  it.each([
    ['later', '2026-11-03T10:00:00Z', 0, 6],
    ['earlier', '2026-11-03T10:00:00Z', 6, 0],
    ['later than now', '2026-11-03T10:00:00Z', 0, 20],
  ])('that is edited to %s while nothing runs never gives the budget twice', (_, start, before, after) => {
    const stage = stageAt(start, before, 'UTC');
    stage.admitted(2, 'claude');
    stage.limits = { ...stage.limits, budgets: { resetHour: after, timeZone: 'UTC' } };
    stage.restart();
    expect(stage.admitted(2, 'claude')).toBe(0);
  });

  it('that was edited does not bring back a day that is over', async () => {
    const stage = stageAt('2026-11-03T03:00:00Z', 0, 'UTC');
    stage.admitted(2, 'claude');
    stage.reload({ ...stage.limits, budgets: { resetHour: 6, timeZone: 'UTC' } });
    await stage.clock.advance(4 * HOUR);
    stage.restart();
    expect(stage.admitted(3, 'claude')).toBe(2);
  });
});
