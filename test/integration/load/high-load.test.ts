import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/engine-fixture.ts';
import { chat, clientOf, inferences, LoadStage } from '../../support/load-fixtures.ts';

const stage = new LoadStage();
afterEach(() => stage.strike());

const KEY = 'key-of-claude';

async function pair(highLoad: string, limits = '') {
  const kimi = await stage.vllm('kimi');
  const claude = await stage.provider({
    name: 'claude',
    kind: 'anthropic',
    models: [{ id: 'claude-opus-4-20250514', contextWindow: 200_000 }],
    apiKey: KEY,
  });
  const engine = await stage.engine(
    `
models:
  kimi: {endpoint: "${kimi.url}", adapter: vllm, priority: 1${limits}}
  claude:
    provider_class: ClaudeOpusProvider
    priority: 2
    usage_policy: {use_when: [kimi_unhealthy, explicit_user_request]}
routing: {high_load: ${highLoad}}
`,
    { environment: { ANTHROPIC_API_KEY: KEY, ANTHROPIC_BASE_URL: claude.url } },
  );
  return { kimi, claude, engine, client: clientOf(engine) };
}

type Pair = Awaited<ReturnType<typeof pair>>;

/** Fills the one place that the primary has, until the function that comes back is called. */
async function fill({ kimi, engine, client }: Pair): Promise<() => Promise<void>> {
  kimi.faults.set([{ kind: 'silence', times: 1 }]);
  const leaving = new AbortController();
  const hanging = client.chat.completions.create(chat('wait'), { signal: leaving.signal }).catch(() => null);
  await eventually(() => engine.api.status().providers[0]?.gauges.in_flight === 1);
  return async () => {
    leaving.abort();
    await hanging;
  };
}

describe('a full primary', () => {
  it('lets a request wait, and serves it as soon as there is a place', async () => {
    const stageOf = await pair('{mode: never}', ', limits: {max_concurrent: 1, queue_timeout_ms: 60000}');
    const { engine, client, kimi } = stageOf;
    const letGo = await fill(stageOf);
    const waiting = client.chat.completions.create(chat()).withResponse();
    await eventually(() => engine.api.status().providers[0]?.gauges.queued === 1);
    await letGo();
    const { response } = await waiting;
    expect(response.headers.get('x-switchyard-provider')).toBe('kimi');
    expect(inferences(kimi)).toHaveLength(2);
  });

  it('refuses with 429 and retry-after once the queue limit is over, where cost comes first', async () => {
    const stageOf = await pair('{mode: never}', ', limits: {max_concurrent: 1, queue_timeout_ms: 30}');
    const { client, claude } = stageOf;
    const letGo = await fill(stageOf);
    const error = await client.chat.completions.create(chat()).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ status: 429, code: 'rate_limited' });
    const { headers } = error as { headers: Headers };
    expect(Number(headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(inferences(claude)).toEqual([]);
    await letGo();
  });

  it('spills to the fallback then, where latency comes first', async () => {
    const stageOf = await pair('{mode: latency}', ', limits: {max_concurrent: 1, queue_timeout_ms: 30}');
    const { client, claude, engine } = stageOf;
    const letGo = await fill(stageOf);
    const { response } = await client.chat.completions.create(chat()).withResponse();
    expect(response.headers.get('x-switchyard-provider')).toBe('claude');
    expect(response.headers.get('x-switchyard-fallback-from')).toBe('kimi');
    expect(inferences(claude)).toHaveLength(1);
    const row = await engine.api.getRequest(response.headers.get('x-switchyard-request-id') ?? '');
    expect(row.queue_ms).toBeGreaterThanOrEqual(29);
    await letGo();
  });
});

describe('a slow primary', () => {
  /** Every answer takes at least 60 ms, three times the threshold. */
  async function slowDown(stageOf: Pair, requests: number): Promise<void> {
    stageOf.kimi.faults.set([{ kind: 'slow_first_token', delay_ms: 60 }]);
    for (let count = 0; count < requests; count += 1) await stageOf.client.chat.completions.create(chat());
  }

  it('loses new requests to the fallback where latency comes first, and says why', async () => {
    const stageOf = await pair('{mode: latency, threshold_seconds: 0.02}');
    await slowDown(stageOf, 5);
    expect(inferences(stageOf.kimi)).toHaveLength(5);
    const { response } = await stageOf.client.chat.completions.create(chat()).withResponse();
    expect(response.headers.get('x-switchyard-provider')).toBe('claude');
    expect(response.headers.get('x-switchyard-route-reason')).toContain('recent latency');
    expect(inferences(stageOf.kimi)).toHaveLength(5);
  });

  it('is asked all the same when it is asked for by name', async () => {
    const stageOf = await pair('{mode: latency, threshold_seconds: 0.02}');
    await slowDown(stageOf, 5);
    const { response } = await stageOf.client.chat.completions.create(chat('hello', 'kimi')).withResponse();
    expect(response.headers.get('x-switchyard-provider')).toBe('kimi');
  });

  it('keeps its requests where cost comes first', async () => {
    const stageOf = await pair('{mode: never, threshold_seconds: 0.02}');
    await slowDown(stageOf, 7);
    expect(inferences(stageOf.kimi)).toHaveLength(7);
    expect(inferences(stageOf.claude)).toEqual([]);
  });
});
