import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { readPage, type ReadPage } from '../../support/metrics-page.ts';

const SCRAPERS = 8;
const STREAMS = 240;
const AT_ONCE = 24;
const UNKNOWN_MODELS = 10_000;

let pair: Pair;
let engine: TestEngine;

beforeAll(async () => {
  pair = await startPair();
  engine = await startTestEngine(pair.registry({ kimi: '    usage_policy: { max_concurrent_requests: 100 }' }), {
    environment: pair.environment,
  });
});
afterAll(async () => {
  await engine.stop();
  await pair.stop();
});

async function scrape(): Promise<ReadPage> {
  const response = await fetch(`${engine.gatewayUrl}/metrics`);
  expect(response.status).toBe(200);
  return readPage(await response.text());
}

async function send(body: object, headers: Record<string, string> = {}): Promise<{ status: number; text: string }> {
  const response = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ messages: [{ role: 'user', content: 'Hello [[tokens:20]]' }], ...body }),
  });
  return { status: response.status, text: await response.text() };
}

/** Does a numbered thing so many times, some of them at once. */
async function each(count: number, atOnce: number, run: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
}

const total = ({ samples }: ReadPage, start: string) =>
  [...samples].filter(([series]) => series.startsWith(start)).reduce((sum, [, value]) => sum + value, 0);

describe('many scrapes at once while requests stream', () => {
  it('read whole pages whose counters only rise, and hurt no request', { timeout: 60_000 }, async () => {
    let streaming = true;
    let pages = 0;
    const fallen: string[] = [];
    const scraper = async (): Promise<void> => {
      let before = await scrape();
      while (streaming) {
        const page = await scrape();
        pages += 1;
        for (const series of before.rising) {
          const [was = 0, is = -1] = [before.samples.get(series), page.samples.get(series)];
          if (is < was) fallen.push(`${series}: ${was} then ${is}`);
        }
        before = page;
      }
    };
    const scrapers = Promise.all(Array.from({ length: SCRAPERS }, scraper));
    const whole = { count: 0 };
    await each(STREAMS, AT_ONCE, async () => {
      const { status, text } = await send({ model: 'auto', stream: true });
      if (status === 200 && text.trimEnd().endsWith('data: [DONE]')) whole.count += 1;
    });
    streaming = false;
    await scrapers;
    expect(whole.count).toBe(STREAMS);
    expect(fallen).toEqual([]);
    expect(pages).toBeGreaterThan(SCRAPERS);
    const last = await eventually(async () => {
      const page = await scrape();
      return total(page, 'switchyard_requests_total{') === STREAMS ? page : null;
    });
    expect(last.samples.get('llm_requests_total{model_name="kimi",status="success"}')).toBe(STREAMS);
    expect(last.samples.get('llm_inference_latency_seconds_count{model_name="kimi"}')).toBe(STREAMS);
  });
});

describe('callers who name what they like', () => {
  const HOSTILE = [
    'a"b',
    'a\\b',
    'a\nllm_requests_total{model_name="kimi"} 999999',
    '"} 1\n# TYPE x counter\nx 1',
    '\u0000\u001b[31m',
    '{}=,',
    '💥'.repeat(2_000),
    '__proto__',
    'constructor',
  ];

  it('do not make the number of series grow', { timeout: 120_000 }, async () => {
    // Each way to be refused has been gone once, so that its own series are there.
    await send({ model: 'unknown-of-the-first' });
    const before = await scrape();
    const statuses = new Set<number>();
    await each(UNKNOWN_MODELS, AT_ONCE, async (index) => {
      statuses.add((await send({ model: `unknown-${index}` })).status);
    });
    for (const name of HOSTILE) {
      statuses.add((await send({ model: name })).status);
      const header = encodeURIComponent(name).slice(0, 2_000);
      await send({ model: 'auto', user: name }, { 'x-switchyard-call-site': header, 'x-switchyard-agent-id': header });
    }
    expect([...statuses].every((status) => status >= 400 && status < 500)).toBe(true);
    const after = await scrape();
    const names = new Set(before.samples.keys());
    const added = [...after.samples.keys()].filter((series) => !names.has(series));
    expect(added.filter((series) => after.rising.has(series))).toEqual([]);
    // Gauges tell of the registry's entries alone.
    expect(added.filter((series) => !/model_name="(?:kimi|claude)"/.test(series))).toEqual([]);
    expect(after.samples.get('llm_requests_total{model_name="kimi",status="success"}')).toBeLessThan(STREAMS + 50);
  });
});
