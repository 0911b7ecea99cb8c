import { describe, expect, it } from 'vitest';
import { requestDetailSchema } from '../../../shared/domain/request.ts';
import { demoHistory } from '../../../electron/simulator/history.ts';
import { createRandom } from '../../../electron/simulator/random.ts';
import { nextCall } from '../../../electron/simulator/traffic-calls.ts';
import { waveAt } from '../../../electron/simulator/traffic.ts';

const NOW = Date.UTC(2026, 10, 20, 15, 30);
const history = demoHistory(NOW, 5);

describe('the demo history', () => {
  it('is of moderate size, in order, and wholly in the past week', () => {
    expect(history.requests.length).toBeGreaterThan(15_000);
    expect(history.requests.length).toBeLessThan(40_000);
    const times = history.requests.map((request) => request.started_at);
    expect(times).toEqual([...times].sort((left, right) => left - right));
    expect(times[0]).toBeGreaterThan(NOW - 7 * 86_400_000);
    const ends = history.requests.map((request) => request.started_at + request.duration_ms);
    expect(Math.max(...ends)).toBeLessThan(NOW);
    const lastDay = times.filter((at) => at > NOW - 86_400_000).length;
    expect(lastDay).toBeGreaterThan(2500);
  });

  it('holds rows as the store takes them, each with its own id', () => {
    for (const request of history.requests.filter((_, index) => index % 50 === 0)) requestDetailSchema.parse(request);
    expect(new Set(history.requests.map((request) => request.id)).size).toBe(history.requests.length);
  });

  it('is the same for the same seed', () => {
    expect(demoHistory(NOW, 5).requests.slice(0, 200)).toEqual(history.requests.slice(0, 200));
    expect(demoHistory(NOW, 6).requests[0]?.id).not.toBe(history.requests[0]?.id);
  });

  it('has two episodes whose figures are those of their requests', () => {
    expect(history.episodes).toHaveLength(2);
    const requests = history.episodes.reduce((sum, episode) => sum + episode.requests, 0);
    const cost = history.episodes.reduce((sum, episode) => sum + episode.cost_usd, 0);
    const touched = history.requests.filter((request) => request.fallback_from !== null);
    expect(requests).toBe(touched.length);
    expect(requests).toBe(history.fallbackEvents.length);
    expect(requests).toBeGreaterThan(20);
    expect(cost).toBeCloseTo(
      touched.reduce((sum, request) => sum + request.cost_usd, 0),
      6,
    );
    for (const episode of history.episodes) expect(episode.cost_usd).toBeGreaterThan(0);
  });

  it('has health that joins up, and every provider starts unknown', () => {
    const last = new Map<string, string>();
    for (const transition of history.transitions) {
      expect(transition.from_status).toBe(last.get(transition.provider) ?? 'unknown');
      last.set(transition.provider, transition.to_status);
    }
    expect([...last.values()]).toEqual(['healthy', 'healthy', 'healthy', 'healthy', 'healthy']);
  });

  it('has an experiment beside it, whose pairs join its requests and keep to the budget of each day', () => {
    const { copies, pairs, since, today } = history.shadows;
    expect(pairs.length).toBeGreaterThan(100);
    expect(pairs.length).toBeLessThan(2000);
    const clients = new Map(history.requests.map((request) => [request.id, request]));
    const rows = new Map(copies.map((copy) => [copy.id, copy]));
    for (const pair of pairs) {
      expect(clients.get(pair.original.request_id)).toMatchObject({
        provider: 'kimi_k2_self_hosted',
        status: 'success',
      });
      expect(rows.get(pair.shadow.request_id)).toMatchObject({ origin: 'shadow', cost_usd: pair.shadow.cost_usd });
      expect(pair.at).toBeGreaterThan(since);
      expect(pair.at).toBeLessThan(NOW);
    }
    requestDetailSchema.parse(copies[0]);
    const perDay = Map.groupBy(copies, ({ started_at: at }) => Math.floor(at / 86_400_000));
    for (const day of perDay.values()) {
      expect(day.reduce((sum, { cost_usd: usd }) => sum + usd, 0)).toBeLessThan(5.1);
    }
    expect(today.costMicroUsd).toBeGreaterThan(0);
    expect(today.costMicroUsd).toBeLessThan(2_100_000);
  });

  it('prices each row by the list, and says where no list knows the model', () => {
    const claude = history.requests.find(
      (request) => request.provider === 'claude_opus_api' && request.status === 'success',
    );
    const { input_tokens: input, output_tokens: output } = claude?.usage ?? { input_tokens: 0, output_tokens: 0 };
    expect(claude?.cost_usd).toBeCloseTo((input * 5 + output * 25) / 1e6, 6);
    const unknown = history.requests.filter((request) => request.pricing_unknown);
    expect(unknown.length).toBeGreaterThan(20);
    expect(new Set(unknown.map((request) => request.model))).toEqual(new Set(['grok-5-preview']));
    expect(unknown.every((request) => request.cost_usd === 0)).toBe(true);
  });
});

describe('the traffic mix', () => {
  const random = createRandom(3);
  const calls = Array.from({ length: 3000 }, () => nextCall(random, { anthropicDialect: false }));

  it('keeps to the OpenAI dialect unless told otherwise', () => {
    expect(new Set(calls.map((call) => call.path))).toEqual(new Set(['/v1/chat/completions']));
    const both = Array.from({ length: 300 }, () => nextCall(random, { anthropicDialect: true }));
    const messages = both.filter((call) => call.path === '/v1/messages');
    expect(messages.length).toBeGreaterThan(20);
    for (const call of messages)
      expect(call.body).toMatchObject({
        max_tokens: expect.any(Number),
        messages: [{ role: 'user' }, ...(call.body.messages as unknown[]).slice(1)],
      });
  });

  it('has streams, whole answers, tools, several turns, tasks, users and early leavers', () => {
    const share = (test: (call: (typeof calls)[number]) => boolean): number => calls.filter(test).length / calls.length;
    expect(share((call) => call.streamed)).toBeGreaterThan(0.4);
    expect(share((call) => !call.streamed)).toBeGreaterThan(0.25);
    expect(share((call) => call.body.tools !== undefined)).toBeGreaterThan(0.1);
    expect(share((call) => Array.isArray(call.body.messages) && call.body.messages.length > 3)).toBeGreaterThan(0.2);
    expect(share((call) => call.headers['x-switchyard-task'] !== undefined)).toBeGreaterThan(0.1);
    expect(share((call) => call.headers['x-switchyard-user'] !== undefined)).toBe(1);
    expect(share((call) => call.leavesAfterMs !== null)).toBeGreaterThan(0.005);
    expect(share((call) => call.body.model === 'grok_preview_api')).toBeLessThan(0.03);
  });

  it('rises and falls around its average and never stops', () => {
    const points = Array.from({ length: 8460 }, (_, second) => waveAt(second * 1000));
    expect(points.reduce((sum, value) => sum + value, 0) / points.length).toBeCloseTo(1, 1);
    expect(Math.min(...points)).toBeGreaterThan(0.4);
  });
});
