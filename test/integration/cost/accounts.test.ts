import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { OperatorError } from '../../../electron/engine/operations/operator-error.ts';
import { startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let engine: TestEngine;

/** The vLLM of the pair, and the same server as an API whose price nobody knows. */
const registry = (endpoint: string) => `
models:
  own:
    adapter: vllm
    endpoint: ${endpoint}
    infrastructure_usd_per_hour: 3600
  house:
    adapter: openai
    endpoint: ${endpoint}
    model: kimi-k2
    provider_kwargs: { api_key_env: HOUSE_KEY }
    health_check: { enabled: false }
routing: { primary: own, fallback_chain: [own, house] }
policy: { default_model: claude-haiku-4-5-20251001 }
`;

beforeEach(async () => {
  pair = await startPair();
  engine = await startTestEngine(registry(pair.kimi.url), { environment: { HOUSE_KEY: 'key-of-the-house' } });
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

async function ask(provider: string, agent: string) {
  const client = new OpenAI({ baseURL: `${engine.gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
  const headers = { 'x-switchyard-task': JSON.stringify({ agent_id: agent }) };
  const messages = [{ role: 'user' as const, content: 'What is a circuit breaker? [[tokens:40]]' }];
  const { usage } = await client.chat.completions.create({ model: provider, messages }, { headers });
  return { input: usage?.prompt_tokens ?? 0, output: usage?.completion_tokens ?? 0 };
}

const note = { operator: 'ada', reason: 'the invoice came' };

describe('costs of a running engine', () => {
  it('hold what was free against the default model, and show the machine apart', async () => {
    const { input, output } = await ask('own', 'triage');
    const costs = await engine.api.costs({ group_by: 'agent', since: '1h' });
    const reference = (input * 1 + output * 5) / 1e6;
    expect(costs).toMatchObject({
      reference: { model: 'claude-haiku-4-5-20251001', pricing_unknown: false },
      totals: { requests: 1, cost_usd: 0, reference_cost_usd: reference, savings_usd: reference },
      rows: [{ key: 'triage', requests: 1 }],
      amortised: { rows: [{ provider: 'own', usd_per_hour: 3600 }] },
    });
    const dearer = await engine.api.costs({
      group_by: 'agent',
      since: '1h',
      reference_model: 'claude-opus-4-20250514',
    });
    expect(dearer.totals.reference_cost_usd).toBe((input * 15 + output * 75) / 1e6);
    const unknown = await engine.api.costs({ group_by: 'agent', since: '1h', reference_model: 'a-model-of-nobody' });
    expect(unknown).toMatchObject({
      reference: { model: 'a-model-of-nobody', pricing_unknown: true },
      totals: { savings_usd: 0 },
    });
  });

  it('take a price later: previewed, applied, audited', async () => {
    const { input, output } = await ask('house', 'triage');
    const costs = () => engine.api.costs({ group_by: 'provider', since: '1h' });
    expect((await costs()).totals).toMatchObject({ requests: 1, cost_usd: 0, pricing_unknown_requests: 1 });

    const application = { model: 'kimi-k2', pricing: { input: 3, output: 11 }, ...note };
    const cost = (input * 3 + output * 11) / 1e6;
    const outcome = { model: 'kimi-k2', attempts: 1, requests: 1, requests_now_known: 1, cost_usd: cost };
    expect(await engine.api.applyPrice({ ...application, dry_run: true })).toMatchObject({ ...outcome, dry_run: true });
    expect((await costs()).totals).toMatchObject({ cost_usd: 0, pricing_unknown_requests: 1 });
    expect((await engine.api.audit({ limit: 10 })).entries).toEqual([]);

    expect(await engine.api.applyPrice({ ...application, dry_run: false })).toMatchObject({
      ...outcome,
      dry_run: false,
    });
    expect((await costs()).rows).toMatchObject([
      { key: 'house', requests: 1, cost_usd: cost, pricing_unknown_requests: 0 },
    ]);
    const { requests } = await engine.api.listRequests({ limit: 1 });
    expect(requests).toMatchObject([{ cost_usd: cost, pricing_unknown: false }]);
    expect((await engine.api.audit({ limit: 10 })).entries).toMatchObject([
      { ...note, action: 'price.apply', target: 'kimi-k2', after: { complete: true, cost_usd: cost } },
    ]);
  });

  it('refuse a price for a model that nobody used without one, and name the nearest that somebody did', async () => {
    const application = { pricing: { input: 3, output: 11 }, ...note, dry_run: false };
    const apply = (model: string) => engine.api.applyPrice({ ...application, model });
    await expect(apply('kimi-k2')).rejects.toThrow(
      'No stored request of "kimi-k2" in this range is of unknown price, so nothing was changed; every price is known there.',
    );
    await ask('house', 'triage');
    await expect(apply('kimmi-k2')).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('so nothing was changed; did you mean "kimi-k2"?'),
    });
    await expect(apply('another')).rejects.toThrow('so nothing was changed; of unknown price are kimi-k2.');
    expect(await engine.api.applyPrice({ ...application, model: 'kimmi-k2', dry_run: true })).toMatchObject({
      attempts: 0,
    });
    expect((await engine.api.audit({ limit: 10 })).entries).toEqual([]);
    await apply('kimi-k2');
    await expect(apply('kimi-k2')).rejects.toThrow('every price is known there');
    expect((await engine.api.audit({ limit: 10 })).entries).toHaveLength(1);
  });

  it('refuse a range that is none', async () => {
    const backwards = {
      model: 'm',
      pricing: { input: 1, output: 1 },
      ...note,
      dry_run: true,
      since: '1h',
      until: '2h',
    };
    await expect(engine.api.applyPrice(backwards)).rejects.toThrow(OperatorError);
  });

  it('say how reliable each provider was', async () => {
    await ask('own', 'triage');
    const { providers } = await engine.api.reliability({ since: '1h' });
    expect(providers).toMatchObject([{ provider: 'own', requests: 1, attempts: 1, failed_attempts: 0 }]);
    expect(providers[0]?.latency_ms?.p95).toBeGreaterThan(0);
  });
});
