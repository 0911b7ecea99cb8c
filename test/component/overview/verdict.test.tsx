import { describe, expect, it } from 'vitest';
import type { Status } from '../../../shared/domain/status.ts';
import { budgetSentence, resetWords, usedOfLimit } from '../../../renderer/features/overview/quota-words.ts';
import { latestChanges } from '../../../renderer/features/overview/latest-changes.ts';
import { providerCurves } from '../../../renderer/features/overview/series-points.ts';
import { uptimeBuckets } from '../../../renderer/features/overview/uptime.ts';
import { verdictSentence, verdictWords, whyNotServing } from '../../../renderer/features/overview/verdict.ts';
import { aFallbackStatus, aProvider, aQuota, aStatus, consoleFixture } from '../../support/console-fixtures.ts';

const NOW = Date.UTC(2026, 10, 20, 3, 19);
const HOUR = 3_600_000;
const UTC = 'UTC';
const statusOf = (scenario: Parameters<typeof consoleFixture>[0]): Status => {
  const { status } = consoleFixture(scenario, NOW);
  if (!status) throw new Error(`The scenario ${scenario} has a status.`);
  return status;
};

describe('the verdict', () => {
  it('says who serves instead of whom, since when, why, for how much and how long', () => {
    expect(verdictSentence(aFallbackStatus(NOW), NOW, UTC)).toBe(
      'Serving from Claude Opus since 03:12 (7 min). Kimi K2 is unreachable: connection refused ×3. 12.40 USD/h instead of 0. Budget lasts until 04:06.',
    );
  });

  it('says in words what the registry name and the breaker say', () => {
    const status = aFallbackStatus(NOW, { cause: 'breaker open: 3 failures in a row, the last: connection reset' });
    expect(verdictWords(status, NOW, UTC).details[0]).toBe(
      'Kimi K2 is unreachable: connection refused, 3 probes in a row.',
    );
    const healthyProbe = status.providers.map((provider) =>
      provider.name === status.primary
        ? {
            ...provider,
            health: { ...provider.health, status: 'healthy' as const, reason: '' },
            breaker: { ...provider.breaker, state: 'open' as const },
          }
        : provider,
    );
    const broken = { ...status, providers: healthyProbe, cause: 'kimi_k2: no first token within 8 s' };
    expect(verdictWords(broken, NOW, UTC).details[0]).toBe(
      'Kimi K2 does not answer in time: no first token within 8 s.',
    );
  });

  it('tells every moment on the clock of the viewer, those of the engine too', () => {
    const cause = 'kimi_k2: unhealthy since 03:12 UTC; next trial at 03:20:30 UTC';
    const unwell = { status: 'unhealthy' as const, reason: 'rate limited until 03:25:00 UTC' };
    const status = aFallbackStatus(NOW, { cause });
    const providers = status.providers.map((provider) => ({ ...provider, health: { ...provider.health, ...unwell } }));
    const berlin = (changes: Partial<Status>) => verdictSentence({ ...status, ...changes }, NOW, 'Europe/Berlin');
    expect(berlin({ providers })).toContain('rate limited until 04:25:00.');
    expect(berlin({ providers, verdict: 'down' })).toContain('Claude Opus: rate limited until 04:25:00.');
    expect(berlin({})).toContain('since 04:12 (7 min)');
    expect(berlin({ primary: 'gone' })).toContain('Unhealthy since 04:12; next trial at 04:20:30.');
  });

  it('names the day of what has lasted longer than one', () => {
    expect(verdictSentence(aStatus(NOW), NOW, UTC)).toBe(
      'Serving from Kimi K2 since 17 Nov, 22:19 (2 d 5 h). 4.2 /s, first token in 388 ms at p95. 0 USD/h.',
    );
  });

  it("gives each provider's reason when nobody can serve", () => {
    const words = verdictWords(statusOf('down'), NOW, UTC);
    expect(words).toMatchObject({
      mark: 'unhealthy',
      label: 'ALL DOWN',
      headline: 'Nobody can serve since 03:17 (1 min).',
    });
    expect(words.details).toEqual([
      'Kimi K2: connection refused, 3 probes in a row.',
      'Claude Opus: its budget is used up until 12:19.',
    ]);
  });

  it('tells who forced it, until when and why', () => {
    const words = verdictWords(statusOf('forced'), NOW, UTC);
    expect(words).toMatchObject({ mark: 'forced', label: 'FORCED BY HAND' });
    expect(words.details[0]).toBe(
      'ana forced it until 03:31: INC-2291: answers from the new Kimi build are cut short.',
    );
  });

  it('goes on in the middle of a sentence as the operator wrote it', () => {
    const { override } = statusOf('forced');
    const reason = override && { ...override, reason: 'upgrade of the model server.' };
    const words = verdictWords({ ...statusOf('forced'), override: reason }, NOW, UTC);
    expect(words.details[0]).toBe('ana forced it until 03:31: upgrade of the model server.');
  });

  it('does not call it forced where only a call site is', () => {
    const override = statusOf('forced').override;
    const words = verdictWords(
      aStatus(NOW, { override: override && { ...override, scope: 'call-site:X', provider: 'kimi_k2' } }),
      NOW,
      UTC,
    );
    expect(words.mark).toBe('healthy');
  });

  it('is amber while the primary serves but is degraded', () => {
    const status = aStatus(NOW);
    const providers = status.providers.map((provider) =>
      provider.role === 'primary'
        ? { ...provider, health: { ...provider.health, status: 'degraded' as const, reason: 'p95 first token 11 s' } }
        : provider,
    );
    expect(verdictWords({ ...status, providers }, NOW, UTC)).toMatchObject({
      mark: 'degraded',
      label: 'PRIMARY DEGRADED',
    });
    expect(verdictSentence({ ...status, providers }, NOW, UTC)).toContain('P95 first token 11 s.');
  });

  it('is no alarm on a first run', () => {
    expect(verdictWords(statusOf('first-run'), NOW, UTC)).toMatchObject({ mark: 'unknown', label: 'NOT SET UP YET' });
  });

  it('never turns an unknown price into a zero', () => {
    expect(verdictSentence(aStatus(NOW, { pricing_unknown_last_hour: 37 }), NOW, UTC)).toContain(
      '0 USD/h (37 requests of the last hour unpriced).',
    );
  });
});

describe('why a provider takes nothing', () => {
  const breaker = aProvider(NOW).breaker;
  it.each([
    ['its key ANTHROPIC_API_KEY is missing', { key: 'missing' as const }],
    ['taken out by ana: maintenance', { isolation: { operator: 'ana', reason: 'maintenance', since: NOW } }],
    [
      'its breaker is open, 5 failures in a row',
      { breaker: { ...breaker, state: 'open' as const, reason: '5 failures in a row' } },
    ],
    ['healthy, but the policy sends it no requests', {}],
    ['rate limited until 03:20:00', { breaker: { ...breaker, cooling_until: NOW + 60_000 } }],
  ])('%s', (expected, changes) => {
    expect(whyNotServing(aProvider(NOW, changes), UTC)).toBe(expected);
  });
});

describe('budgets in words', () => {
  it('write use and period', () => {
    expect(usedOfLimit(aQuota(NOW))).toBe('212 of 1,000 /day');
    expect(usedOfLimit(aQuota(NOW, { limit: 'usd_per_day', used: 18.2, limit_value: 60 }))).toBe(
      '18.20 of 60.00 USD/day',
    );
  });

  it('say when a budget resets, ends, or is used up', () => {
    expect(resetWords(aQuota(NOW), NOW)).toBe('resets in 9 h');
    expect(resetWords(aQuota(NOW, { exhausted: true }), NOW)).toBe('used up, resets in 9 h');
    expect(resetWords(aQuota(NOW, { limit: 'requests_per_second' }), NOW)).toBe('');
  });

  it('take the tightest budget for the sentence, and none that outlasts its reset', () => {
    const later = aQuota(NOW, { projected_exhaustion_at: NOW + 5 * HOUR });
    const sooner = aQuota(NOW, { limit: 'usd_per_day', projected_exhaustion_at: NOW + HOUR });
    expect(budgetSentence([later, sooner], UTC)).toBe('Budget lasts until 04:19.');
    expect(budgetSentence([aQuota(NOW)], UTC)).toBeNull();
    expect(budgetSentence([aQuota(NOW, { exhausted: true })], UTC)).toBe('Its budget is used up until 12:19.');
  });
});

describe('curves', () => {
  const { series } = consoleFixture('fallback', NOW);

  it('leave out providers without traffic and the bucket that is still filling', () => {
    const last = series.since + 59 * series.step_ms;
    const curves = providerCurves({ ...series, until: last + 1000 });
    expect(curves.map(({ provider }) => provider)).toEqual(['kimi_k2', 'claude_opus']);
    expect(curves[0]?.rate.at(-1)?.at).toBe(last - series.step_ms);
  });

  it('are rates, with a gap where nothing was answered', () => {
    const [kimi, claude] = providerCurves(series);
    expect(kimi?.rate[0]?.value).toBeCloseTo((series.providers[0]?.points[0]?.requests ?? 0) / 60);
    expect(kimi?.firstToken.at(-1)?.value).toBeNull();
    expect(claude?.cost.at(-1)?.value).toBeGreaterThan(10);
  });
});

describe('the latest changes', () => {
  const span = (from: number, status: 'healthy' | 'unhealthy' | 'no_data', reason = '') => ({
    from,
    to: from + 10,
    status,
    reason,
  });
  const history = {
    since: 0,
    until: 100,
    events: [],
    events_truncated: false,
    episodes: [],
    lanes: [
      {
        provider: 'kimi_k2',
        spans: [span(0, 'healthy'), span(10, 'unhealthy', 'refused'), span(20, 'no_data'), span(30, 'healthy')],
      },
      { provider: 'claude_opus', spans: [span(0, 'healthy'), span(50, 'no_data'), span(60, 'healthy')] },
    ],
  };

  it('are those between two known states, newest first', () => {
    expect(latestChanges(history, [], 4)).toEqual([
      { provider: 'kimi_k2', at: 30, status: 'healthy', reason: '' },
      { provider: 'kimi_k2', at: 10, status: 'unhealthy', reason: 'refused' },
    ]);
    expect(latestChanges(history, [], 1)).toHaveLength(1);
    expect(latestChanges(undefined, [], 4)).toEqual([]);
  });

  it('hold what the live status has and the history has not yet', () => {
    const health = { ...aProvider(NOW).health, status: 'unhealthy' as const, since: 90, reason: 'reset' };
    const live = [aProvider(NOW, { name: 'claude_opus', health }), aProvider(NOW, { name: 'kimi_k2' })];
    expect(latestChanges(history, live, 1)).toEqual([
      { provider: 'claude_opus', at: 90, status: 'unhealthy', reason: 'reset' },
    ]);
    expect(latestChanges(undefined, live, 4)).toHaveLength(1);
  });
});

describe('uptime buckets', () => {
  it('take the gravest state, and are no data where nothing was recorded', () => {
    const spans = [
      { from: 0, to: 25, status: 'healthy' as const, reason: '' },
      { from: 25, to: 30, status: 'unhealthy' as const, reason: '' },
      { from: 30, to: 75, status: 'healthy' as const, reason: '' },
    ];
    expect(uptimeBuckets(spans, 0, 100, 4).map(({ status }) => status)).toEqual([
      'healthy',
      'unhealthy',
      'healthy',
      'no_data',
    ]);
  });
});
