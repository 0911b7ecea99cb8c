import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostFigures, CostGroup } from '../../../shared/domain/history.ts';
import type { Attempt, RequestDetail, Usage } from '../../../shared/domain/request.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';
import { openTestStore, requestsArbitrary } from '../../support/store-fixtures.ts';
import { noUsage, sampleAttempt, sampleRequest } from '../../support/store-plain-fixtures.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const GROUPS: CostGroup[] = ['provider', 'model', 'tier', 'call_site', 'agent', 'day', 'hour'];

/** Figures straight from the rows, counted without any of the store's own code. */
function figuresFromRows(
  requests: readonly RequestDetail[],
  groupBy: CostGroup,
  zone: string,
): Map<string, CostFigures> {
  const groups = new Map<string, CostFigures & { micro: number; saved: number }>();
  const at = (key: string) => {
    const figures = groups.get(key) ?? { ...emptyFigures, micro: 0, saved: 0 };
    groups.set(key, figures);
    return figures;
  };
  for (const request of requests) {
    const keyOf = (provider: string, model: string) => {
      if (groupBy === 'provider') return provider;
      if (groupBy === 'model') return model;
      if (groupBy === 'tier') return request.tier ?? '';
      if (groupBy === 'call_site') return request.call_site ?? '';
      if (groupBy === 'agent') return request.agent_id ?? '';
      return localTime(request.started_at, zone, groupBy);
    };
    const own = at(keyOf(request.provider ?? '', request.model ?? ''));
    own.requests += 1;
    own.errors += ['error', 'timeout'].includes(request.status) ? 1 : 0;
    own.pricing_unknown_requests += request.pricing_unknown ? 1 : 0;
    const parts: { figures: typeof own; usage: Usage; cost: number; saved: number | null }[] =
      request.attempt_list.length === 0
        ? [{ figures: own, usage: request.usage, cost: request.cost_usd, saved: savedOn(request) }]
        : request.attempt_list.map((attempt) => ({
            figures:
              attempt.outcome === 'success' && attempt.provider === request.provider
                ? own
                : at(keyOf(attempt.provider, attempt.model)),
            usage: attempt.usage,
            cost: attempt.cost_usd,
            saved: savedOn(attempt),
          }));
    const unlisted = parts.some(({ usage, saved }) => saved === null && usage.input_tokens + usage.output_tokens > 0);
    own.list_price_unknown_requests += unlisted ? 1 : 0;
    for (const { figures, usage, cost, saved } of parts) {
      figures.micro += Math.round(cost * 1e6);
      figures.saved += usage.input_tokens + usage.output_tokens > 0 ? (saved ?? 0) : 0;
      figures.input_tokens += usage.input_tokens;
      figures.cache_read_tokens += usage.cache_read_tokens;
      figures.cache_write_tokens += usage.cache_write_tokens;
      figures.output_tokens += usage.output_tokens;
      figures.reasoning_tokens += usage.reasoning_tokens;
    }
  }
  return new Map(
    [...groups].map(([key, { micro, saved, ...figures }]) => [
      key,
      { ...figures, cost_usd: micro / 1e6, list_savings_usd: saved / 1e6 },
    ]),
  );
}

/** Every listed model saves 5 micro-dollars a call in these tests; what has no price is held against nothing. */
function savedOn({
  model,
  pricing_unknown: unknown,
}: Pick<RequestDetail, 'model' | 'pricing_unknown'> | Attempt): number | null {
  return unknown ? null : listed({ model: model ?? '' });
}

function listed({ model }: Pick<Attempt, 'model'>): number | null {
  return model === 'kimi-k2' ? null : 5;
}

const emptyFigures: CostFigures = {
  requests: 0,
  errors: 0,
  input_tokens: 0,
  cache_read_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  cost_usd: 0,
  pricing_unknown_requests: 0,
  cache_savings_usd: 0,
  list_savings_usd: 0,
  list_price_unknown_requests: 0,
  reference_cost_usd: 0,
  savings_usd: 0,
};

function localTime(at: number, zone: string, group: 'day' | 'hour'): string {
  const day = new Date(at).toLocaleDateString('sv-SE', { timeZone: zone });
  if (group === 'day') return day;
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone,
    hour: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  const part = (type: string) => parts.formatToParts(at).find((candidate) => candidate.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${day}T${part('hour')}:00${offset}`;
}

function microSum(rows: readonly CostFigures[]): number {
  return rows.reduce((sum, row) => sum + Math.round(row.cost_usd * 1e6), 0);
}

// Berlin leaves summer time on 25 October 2026 and New York on 1 November; Lord Howe moved by half an hour on the 4th.
const SINCE = Date.UTC(2026, 9, 3);
const UNTIL = Date.UTC(2026, 10, 3);

describe('costs from rollups', () => {
  it('equal the sum of the rows, for every grouping and zone, over changes of the clocks', async () => {
    const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe');
    await fc.assert(
      fc.asyncProperty(
        requestsArbitrary(SINCE, UNTIL, 60),
        zones,
        fc.nat(40),
        fc.nat(40),
        async (requests, zone, a, b) => {
          const store = await openTestStore({ savings: { list: listed } });
          await Promise.all(requests.map((request) => store.writer.record(request)));
          // Whole minutes, so that the range means the same for rows and rollups.
          const since = SINCE + a * 7 * 61 * MINUTE;
          const until = UNTIL - b * 5 * 67 * MINUTE;
          const inside = requests.filter(({ started_at: at }) => at >= since && at < until);
          for (const groupBy of GROUPS) {
            const { rows, totals } = await store.reader.costs({ since, until }, groupBy, zone);
            const expected = figuresFromRows(inside, groupBy, zone);
            expect(new Map(rows.map(({ key, ...figures }) => [key, figures]))).toEqual(expected);
            expect(microSum(rows)).toBe(Math.round(totals.cost_usd * 1e6));
            expect(rows.reduce((sum, row) => sum + row.requests, 0)).toBe(inside.length);
            expect(totals.requests).toBe(inside.length);
          }
          await store.close();
        },
      ),
      { numRuns: 15 },
    );
  });

  it('give the repeated hour of autumn two rows', async () => {
    const store = await openTestStore();
    const start = Date.UTC(2026, 9, 25, 0);
    await Promise.all(
      [0, 1, 2].map((hour) =>
        store.writer.record(sampleRequest({ id: `r${hour}`, started_at: start + hour * HOUR + 5 * MINUTE })),
      ),
    );
    const { rows } = await store.reader.costs({ since: start, until: start + DAY }, 'hour', 'Europe/Berlin');
    expect(rows.map(({ key }) => key)).toEqual([
      '2026-10-25T02:00+02:00',
      '2026-10-25T02:00+01:00',
      '2026-10-25T03:00+01:00',
    ]);
  });

  it('include the minutes that hold the edges of the range', async () => {
    const store = await openTestStore();
    await store.writer.record(sampleRequest({ started_at: SINCE + 30_000 }));
    const within = (since: number, until: number) => store.reader.costs({ since, until }, 'provider', 'UTC');
    expect((await within(SINCE + 45_000, SINCE + HOUR)).totals.requests).toBe(1);
    expect((await within(SINCE + MINUTE, SINCE + HOUR)).totals.requests).toBe(0);
    expect((await within(SINCE - HOUR, SINCE)).totals.requests).toBe(0);
    expect((await within(SINCE - HOUR, SINCE + 1)).totals.requests).toBe(1);
  });

  it('still add up when minute and hour rollups are gone', async () => {
    const clock = createStoreTestClock(SINCE);
    const store = await openTestStore({ clock });
    const times = [0, 30 * MINUTE, HOUR, 5.5 * HOUR, 23 * HOUR, 40 * HOUR, 20 * DAY];
    await Promise.all(
      times.map((offset, index) => store.writer.record(sampleRequest({ id: `r${index}`, started_at: SINCE + offset }))),
    );
    const ask = (groupBy: CostGroup, zone: string) =>
      store.reader.costs({ since: 0, until: SINCE + 900 * DAY }, groupBy, zone);
    for (const passed of [0, 16, 450]) {
      clock.set(SINCE + passed * DAY);
      store.writer.purge(0);
      for (const groupBy of GROUPS) {
        for (const zone of ['UTC', 'Asia/Kolkata', 'America/New_York']) {
          const { rows, totals } = await ask(groupBy, zone);
          expect(totals).toMatchObject({ requests: times.length, cost_usd: (times.length * 1500) / 1e6 });
          expect(microSum(rows)).toBe(Math.round(totals.cost_usd * 1e6));
        }
      }
    }
    // Only day rollups are left of the first day: one row, in the hour that holds the middle of the day.
    expect((await ask('hour', 'UTC')).rows[0]).toMatchObject({ key: '2026-10-03T12:00+00:00', requests: 5 });
  });

  it('show an unknown price as a count beside the sum', async () => {
    const store = await openTestStore();
    await store.writer.record(sampleRequest({ id: 'a', started_at: SINCE }));
    await store.writer.record(
      sampleRequest({
        id: 'b',
        started_at: SINCE,
        attempt_list: [sampleAttempt({ cost_usd: 0, pricing_unknown: true })],
      }),
    );
    const { totals } = await store.reader.costs({ since: SINCE, until: UNTIL }, 'provider', 'UTC');
    expect(totals).toMatchObject({ requests: 2, cost_usd: 0.0015, pricing_unknown_requests: 1 });
  });

  it.each(['provider', 'model', 'tier', 'call_site', 'agent', 'day', 'hour'] as const)(
    'name the models without a price beside every grouping, by %s too, and they add up to the totals',
    async (group) => {
      const store = await openTestStore();
      const unpriced = { cost_usd: 0, pricing_unknown: true };
      for (const [id, model, known] of [
        ['a', 'house', false],
        ['b', 'house', false],
        ['c', 'other', false],
        ['d', 'priced', true],
      ] as const) {
        const attempt = sampleAttempt({ model, ...(known ? {} : unpriced) });
        await store.writer.record(
          sampleRequest({ id, model, started_at: SINCE, pricing_unknown: !known, attempt_list: [attempt] }),
        );
      }
      const { unpriced: models, totals } = await store.reader.costs({ since: SINCE, until: UNTIL }, group, 'UTC');
      expect(models).toEqual([
        { model: 'house', requests: 2 },
        { model: 'other', requests: 1 },
      ]);
      expect(totals.pricing_unknown_requests).toBe(3);
    },
  );

  it('sort groups from the dearest down', async () => {
    const store = await openTestStore();
    for (const [provider, cost] of [
      ['kimi', 0],
      ['claude', 2],
      ['gpt', 1],
    ] as const) {
      const attempt = sampleAttempt({ provider, cost_usd: cost, usage: noUsage });
      await store.writer.record(sampleRequest({ id: provider, provider, started_at: SINCE, attempt_list: [attempt] }));
    }
    const { rows } = await store.reader.costs({ since: SINCE, until: UNTIL }, 'provider', 'UTC');
    expect(rows.map(({ key }) => key)).toEqual(['claude', 'gpt', 'kimi']);
  });

  it('are empty for an empty store, and refuse an unknown zone', async () => {
    const store = await openTestStore();
    expect(await store.reader.costs({ since: 0, until: UNTIL }, 'day', 'UTC')).toEqual({
      rows: [],
      totals: emptyFigures,
      unpriced: [],
      amortised: { rows: [], cost_usd: 0 },
    });
    await expect(store.reader.costs({ since: 0, until: UNTIL }, 'day', 'Nowhere')).rejects.toMatchObject({
      code: 'invalid_time_zone',
    });
  });
});

describe('series', () => {
  it('have every bucket for every provider, with gaps as zeros and nulls', async () => {
    const store = await openTestStore();
    const attempt = (latency: number) => [sampleAttempt({ first_token_ms: latency / 10, duration_ms: latency })];
    for (const [index, latency] of [1000, 1000, 1000, 20_000].entries()) {
      await store.writer.record(
        sampleRequest({ id: `r${index}`, started_at: SINCE + 90_000, attempt_list: attempt(latency) }),
      );
    }
    await store.writer.record(
      sampleRequest({ id: 'lost', started_at: SINCE, provider: null, status: 'error', attempt_list: [] }),
    );
    const series = await store.reader.series({ since: SINCE + 5000, until: SINCE + 3 * MINUTE }, 3);
    expect(series).toMatchObject({ since: SINCE, until: SINCE + 3 * MINUTE, step_ms: MINUTE });
    expect(series.providers.map(({ provider }) => provider)).toEqual(['', 'kimi']);
    expect(series.providers.every(({ points }) => points.map(({ at }) => at - SINCE).join() === '0,60000,120000')).toBe(
      true,
    );
    const [empty, full] = series.providers[1]?.points ?? [];
    expect(empty).toEqual({
      at: SINCE,
      requests: 0,
      errors: 0,
      cost_usd: 0,
      pricing_unknown_requests: 0,
      output_tokens: 0,
      first_token_ms: null,
      latency_ms: null,
    });
    expect(full).toMatchObject({ requests: 4, errors: 0, cost_usd: 0.006, output_tokens: 80 });
    expect(full?.latency_ms?.p50).toBeGreaterThan(900);
    expect(full?.latency_ms?.p50).toBeLessThan(1100);
    expect(full?.latency_ms?.p95).toBeGreaterThan(18_000);
    expect(full?.first_token_ms?.p50).toBeLessThan(110);
    expect(series.providers[0]?.points[0]).toMatchObject({ requests: 1, errors: 1, latency_ms: null });
    const plain = await store.reader.series({ since: SINCE + 5000, until: SINCE + 3 * MINUTE }, 3, false);
    expect(plain.providers[1]?.points[1]).toEqual({ ...full, latency_ms: null, first_token_ms: null });
  });

  it('add up to the costs of the same range at every step', async () => {
    const store = await openTestStore();
    await Promise.all(
      Array.from({ length: 200 }, (_, index) =>
        store.writer.record(sampleRequest({ id: `r${index}`, started_at: SINCE + index * 77 * MINUTE })),
      ),
    );
    for (const buckets of [2, 10, 50, 300]) {
      const series = await store.reader.series({ since: SINCE, until: SINCE + 11 * DAY }, buckets);
      const points = series.providers.flatMap((provider) => provider.points);
      expect(points.reduce((sum, point) => sum + point.requests, 0)).toBe(200);
      expect(points.reduce((sum, point) => sum + Math.round(point.cost_usd * 1e6), 0)).toBe(200 * 1500);
      expect(points.length).toBeLessThanOrEqual(buckets);
    }
  });
});
