import SqliteDatabase from 'better-sqlite3';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openTestStore } from '../../support/store-fixtures.ts';
import { sampleAttempt, sampleRequest } from '../../support/store-plain-fixtures.ts';

const HOUR = 3_600_000;

/** As the model tier guide has it, with SQLite's own spelling of NOW() - INTERVAL '24 hours'. */
const PROVIDER_DISTRIBUTION = `
SELECT
  provider,
  COUNT(*) as calls,
  SUM(cost_usd) as total_cost
FROM ai_analytics
WHERE created_at > datetime('now', '-24 hours')
GROUP BY provider
ORDER BY calls DESC;`;

const ROUTING_DECISIONS = `
-- Check orchestration logs
SELECT
  tier,
  provider,
  model,
  COUNT(*) as count
FROM orchestration_executions
WHERE created_at > datetime('now', '-24 hours')
GROUP BY tier, provider, model
ORDER BY count DESC;`;

async function filled() {
  const store = await openTestStore();
  const now = Date.now();
  const call = (id: string, hoursAgo: number, provider: string, costUsd: number) => {
    const at = now - hoursAgo * HOUR;
    const attempt = sampleAttempt({ provider, model: `${provider}-model`, cost_usd: costUsd, started_at: at });
    return sampleRequest({ id, started_at: at, provider, model: `${provider}-model`, attempt_list: [attempt] });
  };
  const failedOver = call('failed-over', 2, 'anthropic', 0.5);
  failedOver.attempt_list.unshift(
    sampleAttempt({ provider: 'moonshot', outcome: 'failure', cost_usd: 0.125, started_at: now - 2 * HOUR }),
  );
  failedOver.attempt_list = failedOver.attempt_list.map((attempt, index) => ({ ...attempt, index }));
  failedOver.tier = 'powerful';
  const requests = [
    call('a', 1, 'moonshot', 0.25),
    call('b', 20, 'moonshot', 0.25),
    call('c', 3, 'anthropic', 1),
    failedOver,
    call('too-old', 25, 'moonshot', 100),
  ];
  await Promise.all(requests.map((request) => store.writer.record(request)));
  const database = new SqliteDatabase(join(store.directory, 'switchyard.db'), { readonly: true });
  return { database, store };
}

describe('the views for analysts', () => {
  it('answer how calls and cost are spread over providers, a failed call under who failed', async () => {
    const { database } = await filled();
    expect(database.prepare(PROVIDER_DISTRIBUTION).all()).toEqual([
      { provider: 'moonshot', calls: 3, total_cost: 0.625 },
      { provider: 'anthropic', calls: 2, total_cost: 1.5 },
    ]);
    database.close();
  });

  it('answer which tier was served by whom', async () => {
    const { database } = await filled();
    expect(database.prepare(ROUTING_DECISIONS).all()).toEqual([
      { tier: 'balanced', provider: 'moonshot', model: 'moonshot-model', count: 2 },
      { tier: 'balanced', provider: 'anthropic', model: 'anthropic-model', count: 1 },
      { tier: 'powerful', provider: 'anthropic', model: 'anthropic-model', count: 1 },
    ]);
    database.close();
  });

  it('show a rate that was applied later', async () => {
    const store = await openTestStore();
    const at = Date.now() - HOUR;
    const usage = { ...sampleAttempt().usage, input_tokens: 1_000_000, output_tokens: 0 };
    const attempt = sampleAttempt({ cost_usd: 0, pricing_unknown: true, usage, started_at: at });
    await store.writer.record(sampleRequest({ started_at: at, attempt_list: [attempt] }));
    const rates = { input: 2, output: 8, cacheRead: null, cacheWrite: null };
    await store.writer.applyRates(
      { model: 'kimi-k2', rates, range: { since: 0, until: Date.now() } },
      { at, operator: 'ada', reason: 'the invoice came' },
    );
    const database = new SqliteDatabase(join(store.directory, 'switchyard.db'), { readonly: true });
    const columns = 'cost_usd, pricing_unknown';
    for (const view of ['ai_analytics', 'orchestration_executions']) {
      expect(database.prepare(`SELECT ${columns} FROM ${view}`).all()).toEqual([{ cost_usd: 2, pricing_unknown: 0 }]);
    }
    database.close();
  });
});
