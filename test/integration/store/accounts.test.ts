import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CostBasis } from '../../../electron/engine/store/types.ts';
import type { CostGroup, CostRow } from '../../../shared/domain/history.ts';
import { rateUsage, type Rates } from '../../../shared/domain/pricing.ts';
import type { RequestDetail } from '../../../shared/domain/request.ts';
import { createStoreTestClock } from '../../support/store-clock.ts';
import { openTestStore, requestsArbitrary } from '../../support/store-fixtures.ts';
import { noUsage, sampleAttempt, sampleRequest } from '../../support/store-plain-fixtures.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const GROUPS: CostGroup[] = ['provider', 'model', 'tier', 'call_site', 'agent', 'day', 'hour'];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Australia/Adelaide'];
// Berlin's clocks go back on 25 October 2026, New York's on 1 November, Adelaide's went forward on the 4th.
const SINCE = Date.UTC(2026, 9, 3);
const UNTIL = Date.UTC(2026, 10, 3);
const ALL = { since: SINCE, until: UNTIL };
const HAIKU: Rates = { input: 1, output: 5, cacheRead: 0.1, cacheWrite: 1.25 };
const BASIS: CostBasis = { reference: HAIKU, infrastructure: [] };

const FIGURES = [
  'requests',
  'errors',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'reasoning_tokens',
  'cost_usd',
  'pricing_unknown_requests',
  'cache_savings_usd',
  'list_savings_usd',
  'list_price_unknown_requests',
  'reference_cost_usd',
  'savings_usd',
] as const satisfies readonly (keyof CostRow)[];
const micro = (value: number) => Math.round(value * 1e6);

async function recorded(requests: readonly RequestDetail[], cacheSavings = () => 3) {
  const store = await openTestStore({ savings: { cache: cacheSavings } });
  await Promise.all(requests.map((request) => store.writer.record(request)));
  return store;
}

describe('the sum of the parts', () => {
  it('is the whole, the same one for every grouping and zone, over changes of the clocks', async () => {
    await fc.assert(
      fc.asyncProperty(requestsArbitrary(SINCE, UNTIL, 40), fc.constantFrom(...ZONES), async (requests, zone) => {
        const store = await recorded(requests);
        const whole = (await store.reader.costs(ALL, 'provider', 'UTC', BASIS)).totals;
        for (const group of GROUPS) {
          const { rows, totals } = await store.reader.costs(ALL, group, zone, BASIS);
          expect(totals).toEqual(whole);
          for (const name of FIGURES) {
            expect(rows.reduce((sum, row) => sum + micro(row[name]), 0)).toBe(micro(totals[name]));
          }
        }
        await store.close();
      }),
      { numRuns: 12 },
    );
  });

  it('is additive: two halves of the time cost what the whole costs', async () => {
    await fc.assert(
      fc.asyncProperty(
        requestsArbitrary(SINCE, UNTIL, 40),
        fc.integer({ min: 1, max: 30 * 24 * 60 }),
        async (requests, minute) => {
          const store = await recorded(requests);
          const cut = SINCE + minute * 60_000;
          const of = async (range: { since: number; until: number }) =>
            (await store.reader.costs(range, 'provider', 'UTC')).totals;
          const [whole, before, after] = [
            await of(ALL),
            await of({ since: SINCE, until: cut }),
            await of({ since: cut, until: UNTIL }),
          ];
          for (const name of ['requests', 'cost_usd', 'input_tokens', 'cache_savings_usd'] as const) {
            expect(micro(before[name]) + micro(after[name])).toBe(micro(whole[name]));
          }
          await store.close();
        },
      ),
      { numRuns: 12 },
    );
  });
});

describe('savings', () => {
  const answered = sampleAttempt({
    cost_usd: 0,
    usage: { ...noUsage, input_tokens: 1000, cache_read_tokens: 400, output_tokens: 100 },
  });

  it('hold the tokens of known price that were of use against the reference model', async () => {
    const store = await recorded([
      sampleRequest({ id: 'free', started_at: SINCE, attempt_list: [answered] }),
      sampleRequest({ id: 'unknown', started_at: SINCE, attempt_list: [{ ...answered, pricing_unknown: true }] }),
      sampleRequest({
        id: 'failed',
        started_at: SINCE,
        status: 'error',
        provider: null,
        model: null,
        attempt_list: [{ ...answered, outcome: 'failure', cost_usd: 0.0001 }],
      }),
    ]);
    const { totals } = await store.reader.costs(ALL, 'provider', 'UTC', BASIS);
    expect(totals).toMatchObject({
      reference_cost_usd: (600 + 40 + 500) / 1e6,
      cost_usd: 0.0001,
      savings_usd: (1140 - 100) / 1e6,
      pricing_unknown_requests: 1,
    });
  });

  it('are nothing while the price of the reference is unknown', async () => {
    const store = await recorded([sampleRequest({ started_at: SINCE, attempt_list: [answered] })]);
    const { totals } = await store.reader.costs(ALL, 'provider', 'UTC', { reference: null, infrastructure: [] });
    expect(totals).toMatchObject({ reference_cost_usd: 0, savings_usd: 0 });
  });

  it('leave what machines cost apart, by the time that Switchyard ran in the range', async () => {
    const store = await recorded([sampleRequest({ started_at: SINCE })]);
    store.writer.markAlive(SINCE - HOUR, SINCE + 90 * 60_000);
    store.writer.markAlive(SINCE + 3 * HOUR, SINCE + 4 * HOUR);
    const infrastructure = [
      { provider: 'kimi', usdPerHour: 4.5 },
      { provider: 'spare', usdPerHour: 1.333333 },
    ];
    const { totals, amortised } = await store.reader.costs(ALL, 'provider', 'UTC', { reference: null, infrastructure });
    expect(amortised).toEqual({
      rows: [
        { provider: 'kimi', usd_per_hour: 4.5, hours: 2.5, cost_usd: 11.25 },
        { provider: 'spare', usd_per_hour: 1.333333, hours: 2.5, cost_usd: 3.333333 },
      ],
      cost_usd: 14.583333,
    });
    expect(totals.cost_usd).toBe(0.0015);
  });
});

describe('agents', () => {
  const execution = (agent: string, turn: number, at = SINCE) =>
    sampleRequest({ id: `${agent} ${turn} ${at}`, agent_id: agent, started_at: at + turn });

  it('of a day that is over keep the 1,000 most used by name; no cent is lost', async () => {
    const clock = createStoreTestClock(SINCE + 30 * HOUR);
    const store = await openTestStore({ clock });
    const rare = Array.from({ length: 30 }, (_, index) => execution(`rare-${index}`, 0));
    const common = Array.from({ length: 1000 }, (_, index) => [
      execution(`common-${index}`, 1),
      execution(`common-${index}`, 2),
    ]);
    await Promise.all([...rare, ...common.flat()].map((request) => store.writer.record(request)));
    const ask = (until = SINCE + DAY) => store.reader.costs({ since: SINCE, until }, 'agent', 'UTC');
    expect((await ask()).rows).toHaveLength(1001);
    clock.advance(HOUR);
    for (const until of [SINCE + DAY, SINCE + HOUR, SINCE + 60_000]) {
      const { rows, totals } = await ask(until);
      expect(rows.find(({ key }) => key === '(other)')?.requests).toBe(30);
      expect(rows.filter(({ key }) => key.startsWith('common')).length).toBe(1000);
      expect(totals).toMatchObject({ requests: 2030, cost_usd: (2030 * 1500) / 1e6 });
    }
    // A late one of that day finds no place any more; an agent with a place keeps it.
    await store.writer.record(execution('late', 9));
    await store.writer.record(execution('common-7', 9));
    const { rows } = await ask();
    expect(rows.find(({ key }) => key === '(other)')?.requests).toBe(31);
    expect(rows.find(({ key }) => key === 'common-7')?.requests).toBe(3);
  });

  it('are told apart again after a restart', async () => {
    const first = await recorded([execution('triage', 1), execution('drafts', 1)]);
    await first.close();
    const second = await openTestStore({ directory: first.directory });
    await second.writer.record(execution('triage', 2));
    const { rows } = await second.reader.costs(ALL, 'agent', 'UTC');
    expect(rows.map(({ key, requests }) => [key, requests])).toEqual([
      ['triage', 2],
      ['drafts', 1],
    ]);
  });
});

describe('a rate for what had no price', () => {
  const rates: Rates = { input: 2.5, output: 7.77, cacheRead: 0.3, cacheWrite: null };
  const note = { at: SINCE, operator: 'ada', reason: 'the invoice came' };
  const savings = (request: RequestDetail['attempt_list'][number]) =>
    rateUsage(rates, request.usage).cacheSavingsMicroUsd;

  /** Requests as the gateway writes them: their price is unknown when one of their attempts' is. */
  const consistent = (request: RequestDetail): RequestDetail => {
    const attempts = request.attempt_list.map((attempt) => ({
      ...attempt,
      cost_usd: attempt.pricing_unknown ? 0 : attempt.cost_usd,
    }));
    if (attempts.length === 0) return { ...request, cost_usd: request.pricing_unknown ? 0 : request.cost_usd };
    return {
      ...request,
      attempt_list: attempts,
      cost_usd: attempts.reduce((sum, { cost_usd: cost }) => sum + micro(cost), 0) / 1e6,
      pricing_unknown: attempts.some(({ pricing_unknown: unknown }) => unknown),
    };
  };

  it('gives what recording with it from the start would have given, in rows, rollups and views', async () => {
    await fc.assert(
      fc.asyncProperty(requestsArbitrary(SINCE, UNTIL, 40), async (arbitrary) => {
        const requests = arbitrary.map(consistent);
        const model = 'kimi-k2';
        const charged = (request: RequestDetail, attempt: RequestDetail['attempt_list'][number]) =>
          attempt.outcome === 'success' && attempt.provider === request.provider
            ? (request.model ?? '')
            : attempt.model;
        const priced = new Set<unknown>();
        const price = <Part extends { usage: RequestDetail['usage'] }>(part: Part) => {
          const done = { ...part, cost_usd: rateUsage(rates, part.usage).costMicroUsd / 1e6, pricing_unknown: false };
          priced.add(done.usage);
          return done;
        };
        const expected = requests.map((request) => {
          if (request.attempt_list.length === 0) {
            return request.pricing_unknown && request.model === model ? price(request) : request;
          }
          const attempts = request.attempt_list.map((attempt) =>
            attempt.pricing_unknown && charged(request, attempt) === model ? price(attempt) : attempt,
          );
          return consistent({ ...request, attempt_list: attempts });
        });
        const later = await recorded(requests, () => 0);
        const preview = await later.reader.previewRates({ model, rates, range: ALL });
        expect(await later.writer.applyRates({ model, rates, range: ALL }, note)).toEqual(preview);
        const scratch = await openTestStore({
          savings: {
            cache: (use) => (priced.has(use.usage) ? rateUsage(rates, use.usage).cacheSavingsMicroUsd : 0),
          },
        });
        await Promise.all(expected.map((request) => scratch.writer.record(request)));
        for (const group of GROUPS) {
          const [is, should] = await Promise.all(
            [later, scratch].map((store) => store.reader.costs(ALL, group, 'Europe/Berlin', BASIS)),
          );
          expect(is).toEqual(should);
        }
        for (const request of expected) expect(await later.reader.getRequest(request.id)).toEqual(request);
        // Doing it again finds nothing left to do.
        expect(await later.reader.previewRates({ model, rates, range: ALL })).toMatchObject({
          attempts: 0,
          cost_usd: 0,
        });
        await Promise.all([later.close(), scratch.close()]);
      }),
      { numRuns: 12 },
    );
  });

  const unknown = (id: string, at: number, changes: Partial<RequestDetail> = {}) => {
    const usage = { ...noUsage, input_tokens: 1_000_000, cache_read_tokens: 500_000 };
    const attempt = sampleAttempt({ model: 'house', usage, cost_usd: 0, pricing_unknown: true, started_at: at });
    return sampleRequest({ id, model: 'house', started_at: at, attempt_list: [attempt], ...changes });
  };

  it('holds for its range and its model alone, and leaves an audit row with before and after', async () => {
    const store = await recorded([
      unknown('early', SINCE),
      unknown('inside', SINCE + DAY),
      unknown('other', SINCE + DAY, {
        model: 'other',
        attempt_list: [sampleAttempt({ model: 'other', cost_usd: 0, pricing_unknown: true })],
      }),
    ]);
    const range = { since: SINCE + HOUR, until: UNTIL };
    const counts = { attempts: 1, requests: 1, requests_now_known: 1, cost_usd: 1.4 };
    expect(await store.writer.applyRates({ model: 'house', rates, range }, note)).toEqual(counts);
    const { totals } = await store.reader.costs(ALL, 'agent', 'UTC');
    expect(totals).toMatchObject({
      cost_usd: 1.4,
      pricing_unknown_requests: 2,
      cache_savings_usd: 1.1 + 2 * 3e-6 - 2 * 3e-6,
    });
    expect((await store.reader.audit(1, null)).entries[0]).toMatchObject({
      ...note,
      action: 'price.apply',
      target: 'house',
      before: { pricing_unknown: true, attempts: 1, requests: 1, cost_usd: 0 },
      after: {
        pricing: { input: 2.5, output: 7.77, cache_read: 0.3, cache_write: null },
        ...range,
        ...counts,
        complete: true,
      },
    });
    expect(savings(unknown('x', 0).attempt_list[0] ?? sampleAttempt())).toBe(1_100_000);
  });

  it('goes through many batches while new requests are recorded', async () => {
    const store = await recorded(Array.from({ length: 950 }, (_, index) => unknown(`old-${index}`, SINCE + index)));
    const running = store.writer.applyRates({ model: 'house', rates, range: ALL }, note);
    const fresh = Array.from({ length: 20 }, (_, index) =>
      store.writer.record(sampleRequest({ id: `new-${index}`, started_at: SINCE })),
    );
    await Promise.all(fresh);
    expect(await running).toEqual({ attempts: 950, requests: 950, requests_now_known: 950, cost_usd: 950 * 1.4 });
    const { totals } = await store.reader.costs(ALL, 'provider', 'UTC');
    expect(totals).toMatchObject({ requests: 970, pricing_unknown_requests: 0 });
    expect(micro(totals.cost_usd)).toBe(950 * 1_400_000 + 20 * 1500);
    expect((await store.reader.audit(10, null)).entries).toHaveLength(1);
  });

  it('leaves a request with another unknown price unknown, and its known part priced', async () => {
    const attempts = [
      sampleAttempt({ model: 'other', outcome: 'failure', cost_usd: 0, pricing_unknown: true }),
      sampleAttempt({
        index: 1,
        model: 'house',
        cost_usd: 0,
        pricing_unknown: true,
        usage: { ...noUsage, input_tokens: 400_000 },
      }),
    ];
    const store = await recorded([sampleRequest({ model: 'house', started_at: SINCE, attempt_list: attempts })]);
    expect(await store.writer.applyRates({ model: 'house', rates, range: ALL }, note)).toEqual({
      attempts: 1,
      requests: 1,
      requests_now_known: 0,
      cost_usd: 1,
    });
    expect(await store.reader.getRequest('request-1')).toMatchObject({ cost_usd: 1, pricing_unknown: true });
    expect((await store.reader.costs(ALL, 'provider', 'UTC')).totals).toMatchObject({
      cost_usd: 1,
      pricing_unknown_requests: 1,
    });
  });
});

describe('reliability', () => {
  it('counts calls and failures under who was asked, with latencies of what succeeded', async () => {
    const store = await recorded(
      [0, 1, 2, 3].map((index) =>
        sampleRequest({
          id: `r${index}`,
          started_at: SINCE + index * 26 * HOUR,
          provider: 'claude',
          attempt_list: [
            sampleAttempt({ outcome: 'failure', failure_class: 'unreachable' }),
            sampleAttempt({
              index: 1,
              provider: 'claude',
              first_token_ms: 100,
              duration_ms: index === 3 ? 9000 : 1000,
            }),
          ],
        }),
      ),
    );
    const { providers } = await store.reader.reliability({ since: SINCE, until: SINCE + 10 * DAY });
    expect(providers).toMatchObject([
      { provider: 'claude', requests: 4, attempts: 4, failed_attempts: 0 },
      { provider: 'kimi', requests: 0, attempts: 4, failed_attempts: 4, latency_ms: null, first_token_ms: null },
    ]);
    const [claude] = providers;
    expect(Math.abs((claude?.latency_ms?.p50 ?? 0) - 1000)).toBeLessThan(50);
    expect(Math.abs((claude?.latency_ms?.p95 ?? 0) - 9000)).toBeLessThan(450);
    expect((await store.reader.reliability({ since: SINCE + 20 * DAY, until: UNTIL })).providers).toEqual([]);
  });
});
