import { afterEach, beforeEach, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

const ONE_PLACE = '    limits: { max_concurrent: 1, queue_timeout_ms: 1 }\n';
const FOR_LATENCY = '  high_load: { mode: latency, threshold_seconds: 600 }\n';
const SITES =
  'policy: { call_sites: { jobs: { model: auto, objective: throughput }, chat: { model: auto, objective: latency } } }\n';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
  const registry = pair.registry({ kimi: ONE_PLACE, routing: FOR_LATENCY });
  engine = await startTestEngine(registry + SITES, { environment: pair.environment });
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

async function ask(callSite: string, signal?: AbortSignal): Promise<Response> {
  return await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'x-switchyard-call-site': callSite },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
    ...(signal && { signal }),
  });
}

it('sends what waits for a full primary to the fallback, but not from a call site whose objective is throughput', async () => {
  pair.kimi.faults.set([{ kind: 'silence' }]);
  const leaving = new AbortController();
  const first = ask('chat', leaving.signal).catch(() => null);
  const inFlight = () => engine.api.status().providers.find(({ name }) => name === 'kimi')?.gauges.in_flight;
  await eventually(() => inFlight() === 1);
  expect((await ask('chat')).headers.get('x-switchyard-provider')).toBe('claude');
  const waited = await ask('jobs');
  expect(waited.status).toBe(429);
  expect(await waited.json()).toMatchObject({ error: { code: 'rate_limited' } });
  leaving.abort();
  await first;
});
