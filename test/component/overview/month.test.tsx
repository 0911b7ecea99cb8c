import { screen, within } from '@testing-library/react';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AlertList } from '../../../renderer/features/overview/AlertList.tsx';
import { OverviewView } from '../../../renderer/features/overview/OverviewView.tsx';
import { ProviderQuotas } from '../../../renderer/features/overview/ProviderQuotas.tsx';
import { dayBuckets, daysSummary, spansSummary } from '../../../renderer/features/overview/uptime.ts';
import { watchedLanes } from '../../../renderer/state/watched-lanes.ts';
import type { LaneSpan } from '../../../shared/domain/history.ts';
import type { DayUptime } from '../../../shared/domain/provider.ts';
import { fixtureCalls } from '../../support/console-client.ts';
import { aProvider, aQuota, consoleFixture } from '../../support/console-fixtures.ts';
import { loadFixture, renderInConsole, resetConsole } from '../../support/console-harness.tsx';

beforeEach(resetConsole);
afterEach(resetConsole);

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FROM = Date.UTC(2026, 10, 20);

function aDay(changes: Partial<DayUptime> = {}): DayUptime {
  const parts = { healthy_ms: DAY, degraded_ms: 0, down_ms: 0, off_ms: 0, no_data_ms: 0, ...changes };
  return { from: FROM, to: FROM + DAY, ...parts };
}

describe('a day of the month', () => {
  it.each([
    ['a healthy day', aDay(), 'healthy', '20 Nov: 100 % up'],
    [
      'a minute down',
      aDay({ healthy_ms: DAY - 60_000, down_ms: 60_000 }),
      'degraded',
      '20 Nov: 99.93 % up, 1 min down',
    ],
    ['an hour down', aDay({ healthy_ms: 23 * HOUR, down_ms: HOUR }), 'unhealthy', '20 Nov: 95.8 % up, 1 h down'],
    [
      'two hours degraded',
      aDay({ healthy_ms: 22 * HOUR, degraded_ms: 2 * HOUR }),
      'degraded',
      '20 Nov: 100 % up, 2 h degraded',
    ],
    ['a day on which nothing ran', aDay({ healthy_ms: 0, no_data_ms: DAY }), 'no_data', '20 Nov: no data'],
    [
      'half a day without data',
      aDay({ healthy_ms: DAY / 2, no_data_ms: DAY / 2 }),
      'healthy',
      '20 Nov: 100 % up, no data for 12 h',
    ],
    ['a day off', aDay({ healthy_ms: 0, off_ms: DAY }), 'disabled', '20 Nov: off'],
    [
      'down for all that is known of it',
      aDay({ healthy_ms: 0, down_ms: HOUR, no_data_ms: 23 * HOUR }),
      'unhealthy',
      '20 Nov: 0.0 % up, 1 h down, no data for 23 h',
    ],
  ] as const)('%s', (_, day, status, detail) => {
    expect(dayBuckets([day], 'UTC')).toEqual([{ from: day.from, to: day.to, status, detail }]);
  });

  it('counts towards the month by its known time, and is never rounded up to all of it', () => {
    expect(daysSummary([aDay({ healthy_ms: 0, no_data_ms: DAY }), aDay()])).toBe('100 % up');
    expect(daysSummary([aDay({ healthy_ms: DAY - 1000, down_ms: 1000 })])).toBe('99.99 % up');
    expect(daysSummary([])).toBe('no data');
  });
});

describe('the last 24 hours', () => {
  const span = (status: LaneSpan['status'], from: number, to: number): LaneSpan => ({ status, from, to, reason: '' });

  it.each([
    ['a short outage by its length', [span('healthy', 0, 990), span('unhealthy', 990, 1000)], '99.00 % up'],
    ['only what lies within them', [span('unhealthy', -5000, 100), span('degraded', 100, 1000)], '90.0 % up'],
    ['nothing that is not known', [span('no_data', 0, 900), span('healthy', 900, 1000)], '100 % up'],
    ['no data at all', [span('disabled', 0, 1000)], 'no data'],
  ])('sum up %s', (_, spans, expected) => {
    expect(spansSummary(spans, 0, 1000)).toBe(expected);
  });
});

describe('the overview', () => {
  it('has the month beside the day, without data told from down', async () => {
    const fixture = consoleFixture('healthy', Date.now());
    loadFixture(fixture);
    const days = [
      aDay({ healthy_ms: 0, no_data_ms: DAY }),
      { ...aDay({ healthy_ms: 23 * HOUR, down_ms: HOUR }), from: FROM + DAY, to: FROM + 2 * DAY },
    ];
    renderInConsole(<OverviewView />, {
      ...fixtureCalls(fixture),
      uptime: async () => ({
        time_zone: 'UTC',
        since: FROM,
        until: FROM + DAY,
        providers: [{ provider: 'kimi_k2', days }],
      }),
    });
    const bar = await screen.findByRole('img', { name: 'Kimi K2, last 30 days: 95.8 % up' });
    expect(within(bar).getByTitle('20 Nov: no data')).toBeTruthy();
    expect(screen.getByText('30 d 95.8 % up')).toBeTruthy();
  });

  it('stands without the month', async () => {
    const fixture = consoleFixture('healthy', Date.now());
    loadFixture(fixture);
    renderInConsole(<OverviewView />, fixtureCalls(fixture));
    expect(await screen.findByRole('img', { name: /Kimi K2, last 24 h/ })).toBeTruthy();
    expect(screen.queryByText(/^30 d/)).toBeNull();
  });

  it('leads from what fires to its place', () => {
    const alert = {
      id: 'a7',
      name: 'PrimaryModelDown',
      severity: 'critical' as const,
      summary: 'Down.',
      since: FROM,
      acknowledged_by: null,
    };
    renderInConsole(<AlertList alerts={[alert]} changes={[]} />);
    expect(screen.getByRole('link', { name: 'PrimaryModelDown' }).getAttribute('href')).toBe('/alerts?alert=a7');
    expect(screen.getByRole('link', { name: 'All alerts' })).toBeTruthy();
  });
});

describe('the limits on a card', () => {
  it.each([
    ['a soft limit passed', { used: 900, soft_limit: 800, soft_exceeded: true }, 'over the soft limit', 'text-warn'],
    ['used up', { used: 1000, exhausted: true }, /^used up/, 'text-bad'],
    ['well within', { used: 10 }, /^resets in/, 'text-ink-faint'],
  ] as const)('%s', (_, changes, words, tone) => {
    const quota = [aQuota(Date.now(), changes)];
    renderInConsole(<ProviderQuotas provider={aProvider(Date.now(), { quota })} />);
    expect(screen.getByText(words).className).toContain(tone);
  });

  it('a soft limit that stands alone never turns red: it refuses nothing', () => {
    const quota = [aQuota(Date.now(), { used: 1200, enforced: false, soft_exceeded: true, soft_limit: 1000 })];
    renderInConsole(<ProviderQuotas provider={aProvider(Date.now(), { quota })} />);
    expect(screen.getByRole('meter').querySelector('.bg-bad')).toBeNull();
    expect(screen.getByRole('meter').querySelector('.bg-warn')).toBeTruthy();
  });
});

describe('a provider that has never changed', () => {
  const range = { since: 0, until: DAY };
  const provider = aProvider(DAY, { name: 'kimi' });
  const watched = { ...provider, health: { ...provider.health, since: 2 * HOUR } };

  it('has a lane since it is watched, and no data before', () => {
    const [lane] = watchedLanes([], [watched], range, 5 * HOUR);
    expect(lane?.spans.map(({ from, to, status }) => [from / HOUR, to / HOUR, status])).toEqual([
      [0, 5, 'no_data'],
      [5, 24, 'healthy'],
    ]);
  });

  it('has one state over a range that began later', () => {
    const [lane] = watchedLanes([], [watched], { since: 6 * HOUR, until: DAY }, 5 * HOUR);
    expect(lane?.spans.map(({ status }) => status)).toEqual(['healthy']);
  });

  it('leaves recorded lanes alone, and makes none for one that is off', () => {
    const recorded = [{ provider: 'kimi', spans: [] }];
    const off = { ...aProvider(DAY, { name: 'off' }), health: { ...provider.health, status: 'disabled' as const } };
    expect(watchedLanes(recorded, [watched, off], range, 0)).toEqual(recorded);
  });
});
