import SqliteDatabase from 'better-sqlite3';
import * as fc from 'fast-check';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RequestDetail, RequestSummary } from '../../../shared/domain/request.ts';
import { openTestStore, requestsArbitrary } from '../../support/store-fixtures.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from '../../support/store-plain-fixtures.ts';

const START = Date.UTC(2026, 0, 15);

function summaryOf({ decision: _decision, attempt_list: _attempts, ...summary }: RequestDetail): RequestSummary {
  return summary;
}

async function storeWith(requests: readonly RequestDetail[]) {
  const store = await openTestStore();
  await Promise.all(requests.map((request) => store.writer.record(request)));
  return store;
}

describe('a recorded request', () => {
  it('reads back as it was recorded, with decision and attempts', async () => {
    await fc.assert(
      fc.asyncProperty(requestsArbitrary(START, START + 1000, 8), async (requests) => {
        const store = await storeWith(requests);
        for (const request of requests) expect(await store.reader.getRequest(request.id)).toEqual(request);
        await store.close();
      }),
      { numRuns: 10 },
    );
  });

  it('is there for the next query once its promise has resolved', async () => {
    const store = await openTestStore();
    await store.writer.record(sampleRequest());
    expect((await store.reader.listRequests({ limit: 10 })).requests).toEqual([summaryOf(sampleRequest())]);
  });

  it('has its durations in whole milliseconds', async () => {
    const store = await storeWith([sampleRequest({ duration_ms: 12.6, queue_ms: 0.4, first_token_ms: 3.5 })]);
    expect(await store.reader.getRequest('request-1')).toMatchObject({
      duration_ms: 13,
      queue_ms: 0,
      first_token_ms: 4,
    });
  });

  it('counts once even when it is recorded twice', async () => {
    const store = await storeWith([sampleRequest(), sampleRequest({ status: 'error' })]);
    const { totals } = await store.reader.costs({ since: 0, until: Date.UTC(2027, 0) }, 'provider', 'UTC');
    expect(totals).toMatchObject({ requests: 1, errors: 0 });
  });

  it('that nobody knows is null', async () => {
    const store = await openTestStore();
    expect(await store.reader.getRequest('nobody')).toBeNull();
  });
});

describe('the list of requests', () => {
  it('pages through all rows newest first, each once, while rows of equal time and new rows come in', async () => {
    const requests = Array.from({ length: 23 }, (_, index) =>
      sampleRequest({ id: `r${index}`, started_at: START + Math.floor(index / 4) }),
    );
    const store = await storeWith(requests);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.reader.listRequests({ limit: 5, ...(cursor ? { cursor } : {}) });
      seen.push(...page.requests.map(({ id }) => id));
      cursor = page.next_cursor ?? undefined;
      await store.writer.record(sampleRequest({ id: `late-${seen.length}`, started_at: START + 1000 }));
    } while (cursor);
    const expected = requests
      .toSorted((left, right) => right.started_at - left.started_at || (left.id < right.id ? 1 : -1))
      .map(({ id }) => id);
    expect(seen).toEqual(expected);
  });

  const rows = [
    sampleRequest({ id: 'plain', started_at: START + 1 }),
    sampleRequest({ id: 'claude', started_at: START + 2, provider: 'claude', model: 'haiku', call_site: 'chat' }),
    sampleRequest({
      id: 'failed',
      started_at: START + 3,
      status: 'error',
      provider: null,
      error_message: '100% Refused_',
    }),
    sampleRequest({ id: 'fell', started_at: START + 4, fallback_from: 'kimi', fallback_reason: 'timeout' }),
    sampleRequest({ id: 'resumed', started_at: START + 5, resumed: true, user: 'grace', origin: 'playground' }),
    sampleRequest({ id: 'agent', started_at: START + 6, agent_id: 'planner-7' }),
  ];
  it.each<[string, Parameters<Awaited<ReturnType<typeof openTestStore>>['reader']['listRequests']>[0], string[]]>([
    ['provider', { limit: 10, provider: 'claude' }, ['claude']],
    ['model', { limit: 10, model: 'haiku' }, ['claude']],
    ['call site', { limit: 10, call_site: 'chat' }, ['claude']],
    ['origin', { limit: 10, origin: 'playground' }, ['resumed']],
    ['status error', { limit: 10, status: 'error' }, ['failed']],
    ['status success', { limit: 2, status: 'success' }, ['agent', 'resumed']],
    ['fallback', { limit: 10, fallback: true }, ['resumed', 'fell']],
    ['no fallback', { limit: 10, fallback: false }, ['agent', 'failed', 'claude', 'plain']],
    ['range', { limit: 10, since: START + 2, until: START + 4 }, ['failed', 'claude']],
    ['search by id', { limit: 10, search: 'plain' }, ['plain']],
    ['search by a part of an id', { limit: 10, search: 'plai' }, []],
    ['search by user', { limit: 10, search: 'Grac' }, ['resumed']],
    ['search by agent', { limit: 10, search: 'planner' }, ['agent']],
    ['search by message', { limit: 10, search: 'refused' }, ['failed']],
    ['search with wildcards taken literally', { limit: 10, search: '100%' }, ['failed']],
    ['search for a wildcard that is nowhere', { limit: 10, search: 'p_anner' }, []],
    ['two filters', { limit: 10, fallback: true, search: 'grace' }, ['resumed']],
  ])('filters by %s', async (_, query, ids) => {
    const store = await storeWith(rows);
    expect((await store.reader.listRequests(query)).requests.map(({ id }) => id)).toEqual(ids);
  });

  it('refuses a cursor it did not give out', async () => {
    const store = await openTestStore();
    await expect(store.reader.listRequests({ limit: 5, cursor: 'rubbish' })).rejects.toMatchObject({
      name: 'StoreQueryError',
      code: 'invalid_cursor',
    });
  });
});

describe('the analytic views', () => {
  it('answer by provider and by tier, with a failed call under who failed', async () => {
    const now = Date.now();
    const store = await storeWith([
      sampleRequest({ id: 'a', started_at: now, attempt_list: [sampleAttempt({ started_at: now, cost_usd: 0.5 })] }),
      sampleRequest({
        id: 'b',
        started_at: now,
        provider: 'claude',
        model: 'haiku',
        decision: sampleDecision,
        attempt_list: [
          sampleAttempt({ started_at: now, outcome: 'failure', cost_usd: 0.25 }),
          sampleAttempt({ index: 1, started_at: now, provider: 'claude', model: 'haiku', cost_usd: 0.125 }),
        ],
      }),
      sampleRequest({ id: 'old', started_at: now - 48 * 3_600_000, attempt_list: [] }),
    ]);
    const database = new SqliteDatabase(join(store.directory, 'switchyard.db'), { readonly: true });
    const recent = `created_at > datetime('now', '-24 hours')`;
    expect(
      database
        .prepare(
          `SELECT provider, COUNT(*) AS calls, SUM(cost_usd) AS total_cost FROM ai_analytics
           WHERE ${recent} AND pricing_unknown = false GROUP BY provider ORDER BY calls DESC`,
        )
        .all(),
    ).toEqual([
      { provider: 'kimi', calls: 2, total_cost: 0.75 },
      { provider: 'claude', calls: 1, total_cost: 0.125 },
    ]);
    expect(
      database
        .prepare(
          `SELECT tier, provider, model, COUNT(*) AS count FROM orchestration_executions
           WHERE ${recent} GROUP BY tier, provider, model ORDER BY count DESC, provider`,
        )
        .all(),
    ).toEqual([
      { tier: 'balanced', provider: 'claude', model: 'haiku', count: 1 },
      { tier: 'balanced', provider: 'kimi', model: 'kimi-k2', count: 1 },
    ]);
    expect(
      database.prepare(`SELECT complexity FROM orchestration_executions WHERE request_id = 'b'`).pluck().get(),
    ).toBe(4.2);
    expect(database.prepare('SELECT count(*) FROM ai_analytics').pluck().get()).toBe(4);
    database.close();
  });
});
