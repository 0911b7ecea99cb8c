import { describe, expect, it } from 'vitest';
import { QuotaStage, taken } from '../../support/quota-stage.ts';

const HOUR = 3_600_000;

describe('a soft limit', () => {
  it('is told of once a day when it is reached, and refuses nothing', async () => {
    const stage = new QuotaStage({
      providers: { claude: { requests_per_day: 10, soft: { requests_per_day: 8 } } },
    });
    expect(stage.admitted(7, 'claude')).toBe(7);
    expect(stage.told).toEqual([]);
    expect(stage.status('claude', 'requests_per_day')).toMatchObject({ soft_limit: 8, soft_exceeded: false });
    expect(stage.admitted(5, 'claude')).toBe(3);
    expect(stage.told.map(([name]) => name)).toEqual(['quota_soft_exceeded', 'quota_exhausted']);
    expect(stage.told[0]?.[1]).toMatchObject({ name: 'claude', used: 8, soft_limit: 8, soft_exceeded: true });
    await stage.clock.advance(12 * HOUR);
    expect(stage.admitted(8, 'claude')).toBe(8);
    expect(stage.told.filter(([name]) => name === 'quota_soft_exceeded')).toHaveLength(2);
  });

  it('is told of once a day, also by another start', async () => {
    const stage = new QuotaStage({ providers: { claude: { soft: { requests_per_day: 2 } } } });
    stage.admitted(3, 'claude');
    stage.restart();
    stage.admitted(1, 'claude');
    expect(stage.told).toHaveLength(1);
    await stage.clock.advance(12 * HOUR);
    stage.restart();
    stage.admitted(2, 'claude');
    expect(stage.told).toHaveLength(2);
  });

  it('that an edit puts below what is used is told of once, over a restart without a request', () => {
    const limits = (soft: number) => ({ providers: { claude: { soft: { requests_per_day: soft } } } });
    const stage = new QuotaStage(limits(9));
    stage.admitted(3, 'claude');
    stage.reload(limits(2));
    stage.restart();
    expect(stage.told).toHaveLength(1);
  });

  it('alone only alerts: the status says that nothing is enforced', () => {
    const stage = new QuotaStage({ callSites: { chat: { soft: { usd_per_day: 1 } } } });
    taken(stage.reserve('claude', 'chat', 5_000_000)).settle({ tokens: 1, costMicroUsd: 3_000_000 });
    expect(stage.admitted(20, 'claude', 'chat')).toBe(20);
    expect(stage.status('chat', 'usd_per_day')).toMatchObject({
      used: 3,
      limit_value: 1,
      remaining: 0,
      enforced: false,
      exhausted: false,
      soft_exceeded: true,
    });
    expect(stage.told.map(([name]) => name)).toEqual(['quota_soft_exceeded']);
  });

  it('that was edited upwards is told of again when it is reached again', () => {
    const limits = (soft: number) => ({ providers: { claude: { soft: { requests_per_day: soft } } } });
    const stage = new QuotaStage(limits(2));
    stage.admitted(3, 'claude');
    stage.reload(limits(5));
    expect(stage.told).toHaveLength(1);
    stage.admitted(2, 'claude');
    expect(stage.told).toHaveLength(2);
  });
});
