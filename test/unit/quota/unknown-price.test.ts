import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReservationResult } from '../../../electron/engine/quota/types.ts';
import { QuotaStage, taken, type StageLimits } from '../../support/quota-stage.ts';

const DAY = { resetHour: 0, timeZone: 'UTC' };
const REFUSE = { ...DAY, unknownPrice: 'refuse' as const };
const HARD: StageLimits = { providers: { claude: { usd_per_day: 1 } }, callSites: { chat: { usd_per_day: 2 } } };

function unpriced(stage: QuotaStage, callSite: string | null = null): ReservationResult {
  return stage.quota.reserve({
    provider: 'claude',
    callSite,
    estimatedTokens: 1,
    estimatedCostMicroUsd: 0,
    pricingUnknown: true,
  });
}

describe('a request whose price nobody knows', () => {
  it('passes an open spending limit and is counted apart, over a restart and until the reset', async () => {
    const stage = new QuotaStage(HARD);
    taken(unpriced(stage, 'chat')).settle({ tokens: 9, costMicroUsd: 0 });
    taken(unpriced(stage)).release();
    expect(stage.status('claude', 'usd_per_day')).toMatchObject({ used: 0, unpriced_requests: 1 });
    stage.restart();
    expect(stage.status('claude', 'usd_per_day')).toMatchObject({ used: 0, unpriced_requests: 1 });
    expect(stage.status('chat', 'usd_per_day')).toMatchObject({ used: 0, unpriced_requests: 1 });
    await stage.clock.advance(12 * 3_600_000);
    expect(stage.status('claude', 'usd_per_day')).toMatchObject({ unpriced_requests: 0 });
  });

  it('does not pass one that is used up', () => {
    const stage = new QuotaStage(HARD);
    taken(stage.reserve('claude', null, 1_000_000));
    expect(unpriced(stage)).toMatchObject({ ok: false, code: 'budget_exhausted', limit: 'usd_per_day' });
  });

  it('is refused by a hard limit where the registry says so, with the way out, and known to decisions', () => {
    const stage = new QuotaStage({ ...HARD, budgets: REFUSE });
    const why = {
      code: 'budget_exhausted',
      reason: expect.stringMatching(/^no price is known .* set pricing on its entry$/) as string,
      retryAfterMs: 12 * 3_600_000,
    };
    expect(unpriced(stage)).toMatchObject({ ok: false, limit: 'usd_per_day', ...why });
    expect(stage.quota.headroom('claude', null, false, true)).toMatchObject({ open: false, ...why });
    expect(stage.quota.headroom('claude', null, false, false)).toEqual({ open: true });
    expect(stage.status('claude', 'usd_per_day').unpriced_requests).toBe(0);
  });

  it('is refused by the limit of its call site alone too', () => {
    const stage = new QuotaStage({ providers: { claude: {} }, callSites: HARD.callSites ?? {}, budgets: REFUSE });
    expect(unpriced(stage, 'chat')).toMatchObject({ ok: false, callSite: 'chat' });
    expect(unpriced(stage).ok).toBe(true);
    expect(stage.quota.limitsSpending('claude', 'chat')).toBe(true);
    expect(stage.quota.limitsSpending('claude', null)).toBe(false);
  });

  it('is not refused by a soft limit that stands alone', () => {
    const stage = new QuotaStage({ providers: { claude: { soft: { usd_per_day: 1 } } }, budgets: REFUSE });
    expect(unpriced(stage).ok).toBe(true);
    expect(stage.quota.limitsSpending('claude', null)).toBe(false);
  });

  it('is counted exactly, whatever is settled, released and restarted', async () => {
    const step = fc.constantFrom('reserve', 'settle', 'release', 'restart', 'move the reset');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const stage = new QuotaStage({ ...HARD, budgets: DAY });
        let open: ReturnType<typeof taken>[] = [];
        let expected = 0;
        let hour = 0;
        for (const one of steps) {
          if (one === 'reserve') {
            open.push(taken(unpriced(stage)));
            expected += 1;
          } else if (one === 'settle') open.shift()?.settle({ tokens: 1, costMicroUsd: 0 });
          else if (one === 'release') {
            if (open.length > 0) expected -= 1;
            open.shift()?.release();
          } else if (one === 'restart') {
            stage.restart();
            open = [];
          } else {
            // The clock stands at noon, so every one of these hours leaves the present day in its middle.
            hour = (hour + 1) % 12;
            stage.reload({ ...HARD, budgets: { ...DAY, resetHour: hour } });
          }
          expect(stage.status('claude', 'usd_per_day').unpriced_requests).toBe(expected);
        }
      }),
    );
  });
});
