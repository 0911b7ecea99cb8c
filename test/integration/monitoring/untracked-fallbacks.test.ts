import { afterEach, beforeEach, expect, it } from 'vitest';
import { startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
});

afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

async function fallBackOnce(tracked: boolean): Promise<{ provider: string | null; events: number; counted: string[] }> {
  const registry = pair.registry({ kimi: '    retry: { max_retries: 0 }\n' });
  engine = await startTestEngine(`${registry}monitoring: { track_fallback_usage: ${tracked} }\n`, {
    environment: pair.environment,
  });
  pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
  const response = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'Hello' }] }),
  });
  await response.text();
  const { events } = await engine.api.fallbacks({ since: '1h' });
  const metrics = await (await fetch(`${engine.gatewayUrl}/metrics`)).text();
  const counted = metrics
    .split('\n')
    .filter((line) => line.startsWith('llm_fallback_events_total{') && !line.endsWith(' 0'));
  return { provider: response.headers.get('x-switchyard-provider'), events: events.length, counted };
}

it('writes down and counts each fallback', async () => {
  const { events, counted } = await fallBackOnce(true);
  expect(events).toBe(1);
  expect(counted).toEqual(['llm_fallback_events_total{from_model="kimi",to_model="claude",reason="error"} 1']);
});

it('writes down and counts none where the registry does not track them, and falls back all the same', async () => {
  expect(await fallBackOnce(false)).toEqual({ provider: 'claude', events: 0, counted: [] });
});
