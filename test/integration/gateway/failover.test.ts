import OpenAI from 'openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';

let pair: Pair;
let engine: TestEngine;

beforeEach(async () => {
  pair = await startPair();
});

afterEach(async () => {
  await engine?.stop();
  await pair.stop();
});

const QUICK = `    retry: { max_retries: 1, base_ms: 1, max_ms: 5 }
    breaker: { failures: 3, error_rate: 1, window_seconds: 60, open_seconds: 60, ramp_seconds: 1 }`;

async function start(changes: Parameters<Pair['registry']>[0] = {}, environment = pair.environment): Promise<OpenAI> {
  engine = await startTestEngine(pair.registry({ kimi: QUICK, ...changes }), { environment });
  return new OpenAI({ baseURL: `${engine.gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
}

const ask = {
  model: 'auto',
  messages: [{ role: 'user' as const, content: 'What is a circuit breaker? [[tokens:40]]' }],
};

async function readStream(client: OpenAI, headers: Record<string, string> = {}) {
  const { data, response } = await client.chat.completions.create({ ...ask, stream: true }, { headers }).withResponse();
  let text = '';
  let finish: string | null = null;
  const ids = new Set<string>();
  for await (const chunk of data) {
    ids.add(chunk.id);
    text += chunk.choices[0]?.delta.content ?? '';
    finish = chunk.choices[0]?.finish_reason ?? finish;
  }
  return { text, finish, ids, headers: response.headers };
}

function inferences(provider: Pair['kimi']): number {
  return provider.log.filter((entry) => entry.path.endsWith('/chat/completions') || entry.path.endsWith('/messages'))
    .length;
}

describe('with a healthy primary', () => {
  it('answers whole and streamed from the primary, and says so in the headers', async () => {
    const client = await start();
    const { data, response } = await client.chat.completions.create(ask).withResponse();
    expect(data.choices[0]?.message.content).toBeTruthy();
    expect(data.model).toBe('kimi-k2');
    expect(response.headers.get('x-switchyard-provider')).toBe('kimi');
    expect(response.headers.get('x-switchyard-model')).toBe('kimi-k2');
    expect(response.headers.get('x-switchyard-attempts')).toBe('1');
    expect(response.headers.get('x-switchyard-cost-usd')).toBe('0.000000');
    expect(response.headers.get('x-switchyard-pricing-unknown')).toBe('false');
    expect(response.headers.get('x-switchyard-fallback-from')).toBeNull();

    const streamed = await readStream(client);
    expect(streamed.text).toBe(data.choices[0]?.message.content);
    expect(streamed.finish).toBe('stop');
    expect(streamed.ids.size).toBe(1);
    expect(streamed.headers.get('x-switchyard-provider')).toBe('kimi');
    expect(inferences(pair.claude)).toBe(0);
  });

  it('records each request durably with its decision, attempt, tokens and cost before the answer ends', async () => {
    const client = await start();
    const { response } = await client.chat.completions.create(ask).withResponse();
    const id = response.headers.get('x-switchyard-request-id') ?? '';
    const row = await engine.api.getRequest(id);
    expect(row).toMatchObject({
      status: 'success',
      provider: 'kimi',
      model: 'kimi-k2',
      attempts: 1,
      cost_usd: 0,
      pricing_unknown: false,
    });
    expect(row.usage.input_tokens).toBeGreaterThan(0);
    expect(row.usage.output_tokens).toBeGreaterThan(0);
    expect(row.decision?.candidates.map(({ provider, eligible }) => [provider, eligible])).toEqual([
      ['kimi', true],
      ['claude', true],
    ]);
    expect(row.decision?.reason).toBe(response.headers.get('x-switchyard-route-reason'));
  });
});

describe.each([{ streamed: false }, { streamed: true }])(
  'when the primary fails (streamed: $streamed)',
  ({ streamed }) => {
    async function answer(client: OpenAI): Promise<{ text: string; headers: Headers }> {
      if (streamed) return await readStream(client);
      const { data, response } = await client.chat.completions.create(ask).withResponse();
      return { text: data.choices[0]?.message.content ?? '', headers: response.headers };
    }

    it.each([
      { fault: { kind: 'status', status: 500 } as const, reason: 'error', asked: 2 },
      { fault: { kind: 'overloaded' } as const, reason: 'error', asked: 1 },
      { fault: { kind: 'rate_limited' } as const, reason: 'error', asked: 1 },
      { fault: { kind: 'exhausted' } as const, reason: 'error', asked: 1 },
      { fault: { kind: 'wrong_key' } as const, reason: 'error', asked: 1 },
    ])('with $fault.kind, the caller gets the whole answer from the fallback', async ({ fault, reason, asked }) => {
      const client = await start();
      pair.kimi.faults.set([fault]);
      const { text, headers } = await answer(client);
      expect(text.length).toBeGreaterThan(20);
      expect(headers.get('x-switchyard-provider')).toBe('claude');
      expect(headers.get('x-switchyard-fallback-from')).toBe('kimi');
      expect(headers.get('x-switchyard-fallback-reason')).toBe(reason);
      expect(inferences(pair.kimi)).toBe(asked);
      expect(inferences(pair.claude)).toBe(1);
      const row = await engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
      expect(row).toMatchObject({
        status: 'success',
        provider: 'claude',
        fallback_from: 'kimi',
        fallback_reason: reason,
        attempts: asked + 1,
      });
      expect(row.cost_usd).toBeGreaterThan(0);

      pair.kimi.faults.clear();
      const after = await answer(client);
      expect(after.text.length).toBeGreaterThan(20);
    });

    it('that is reset before its headers is asked again on a fresh connection, then left', async () => {
      const client = await start();
      pair.kimi.faults.set([{ kind: 'reset_before_headers' }]);
      const { text, headers } = await answer(client);
      expect(text.length).toBeGreaterThan(20);
      expect(headers.get('x-switchyard-provider')).toBe('claude');
      // Once, once more where the connection had been a kept one, and the one retry that the registry allows.
      expect([2, 3]).toContain(inferences(pair.kimi));
      engine.api.resetBreaker('kimi', { operator: 'test', reason: 'the next request starts from a clean slate' });
      pair.kimi.faults.clear();
      await answer(client);
      pair.kimi.faults.set([{ kind: 'reset_before_headers', times: 1 }]);
      const second = await answer(client);
      expect(second.headers.get('x-switchyard-provider')).toBe('kimi');
    });

    it('leaves a silent primary after its limit and does not ask it again for that request', async () => {
      const client = await start({ kimi: `${QUICK}\n    timeouts: { first_token_ms: 60, total_ms: 120 }` });
      pair.kimi.faults.set([{ kind: 'silence' }]);
      const { text, headers } = await answer(client);
      expect(text.length).toBeGreaterThan(20);
      expect(headers.get('x-switchyard-provider')).toBe('claude');
      expect(headers.get('x-switchyard-fallback-reason')).toBe('timeout');
      expect(inferences(pair.kimi)).toBe(1);
    });

    it('answers a content-filter refusal and an invalid request with the provider’s reason, and asks nobody else', async () => {
      const client = await start();
      pair.kimi.faults.set([{ kind: 'content_filter', style: 'reject' }]);
      const error = await answer(client).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(OpenAI.BadRequestError);
      expect(inferences(pair.claude)).toBe(0);
      expect(engine.api.status().providers[0]?.breaker.state).toBe('closed');
    });

    it('answers 502 with the last upstream reason inside when everybody fails', async () => {
      const client = await start();
      pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
      pair.claude.faults.set([{ kind: 'status', status: 500 }]);
      const error = await answer(client).catch((caught: unknown) => caught);
      if (!(error instanceof OpenAI.APIError)) throw new Error('An API error was expected.');
      expect(error.status).toBe(502);
      expect(error.code).toBe('upstream_failure');
      expect(error.message).toContain('claude');
    });
  },
);

describe('a primary that dies', () => {
  it('is left at once, taken out by its breaker, shown as an episode, and used again when it is back', async () => {
    const client = await start({
      kimi: '    retry: { max_retries: 0 }\n    health_check: { interval_seconds: 1 }\n    breaker: { failures: 2, open_seconds: 1, ramp_seconds: 1 }',
    });
    await client.chat.completions.create(ask);
    await pair.kimi.crash();
    for (let count = 0; count < 5; count += 1) {
      const { text, headers } = await readStream(client);
      expect(text.length).toBeGreaterThan(20);
      expect(headers.get('x-switchyard-provider')).toBe('claude');
    }
    const status = engine.api.status();
    expect(status).toMatchObject({ verdict: 'fallback', serving: 'claude', primary: 'kimi' });
    expect(status.cause).not.toBe('');
    expect(engine.api.openEpisodes()).toHaveLength(1);

    await pair.kimi.restart();
    await eventually(() => engine.api.status().verdict === 'primary');
    const { headers } = await readStream(client, { 'x-switchyard-force-provider': 'kimi' });
    expect(headers.get('x-switchyard-provider')).toBe('kimi');
    const { episodes, events } = await engine.api.fallbacks({});
    expect(episodes).toHaveLength(1);
    expect(episodes[0]).toMatchObject({
      from_provider: 'kimi',
      to_provider: 'claude',
      requests: 5,
      failed_requests: 0,
    });
    expect(episodes[0]?.ended_at).not.toBeNull();
    expect(episodes[0]?.cost_usd).toBeGreaterThan(0);
    expect(events).toHaveLength(5);
  });

  it('cut in the middle of a stream, never lets the answer look complete', async () => {
    const client = await start({ routing: '  stream_failover: error' });
    pair.kimi.faults.set([{ kind: 'cut', after_tokens: 10 }]);
    const error = await readStream(client).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(Error);
    const { requests } = await engine.api.listRequests({ limit: 1 });
    expect(requests[0]).toMatchObject({ status: 'error', failure_class: 'truncated', provider: null });
  });

  it('cut in the middle of a buffered stream, is replaced unseen', async () => {
    const client = await start({ routing: '  stream_failover: buffer' });
    pair.kimi.faults.set([{ kind: 'cut', after_tokens: 10 }]);
    const { text, finish, headers } = await readStream(client);
    expect(text.length).toBeGreaterThan(20);
    expect(finish).toBe('stop');
    expect(headers.get('x-switchyard-provider')).toBe('claude');
  });
});

describe('the caller', () => {
  it('leaving aborts the upstream and is nobody’s failure', async () => {
    const client = await start();
    pair.kimi.faults.set([{ kind: 'stall', after_tokens: 3 }]);
    const stream = await client.chat.completions.create({ ...ask, stream: true });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    stream.controller.abort();
    // The simulator ends its entry when the connection closes; a stalled stream never ends by itself.
    await eventually(() => pair.kimi.log.some(({ fault, endedAt }) => fault === 'stall' && endedAt !== null));
    const row = await eventually(async () => (await engine.api.listRequests({ limit: 1 })).requests[0]);
    expect(row).toMatchObject({ status: 'cancelled', http_status: 499, error_code: 'caller_left' });
    const kimi = engine.api.status().providers.find(({ name }) => name === 'kimi');
    expect(kimi).toMatchObject({ breaker: { state: 'closed' }, gauges: { in_flight: 0, error_rate: null } });
  });

  it('with a shorter timeout of its own gets 504 and does not hurt the provider’s standing', async () => {
    const client = await start();
    pair.kimi.faults.set([{ kind: 'silence' }]);
    const error = await client.chat.completions
      .create(ask, { headers: { 'x-switchyard-timeout-ms': '50' } })
      .catch((caught: unknown) => caught);
    if (!(error instanceof OpenAI.APIError)) throw new Error('An API error was expected.');
    expect([error.status, error.code]).toEqual([504, 'upstream_timeout']);
    const kimi = engine.api.status().providers.find(({ name }) => name === 'kimi');
    expect(kimi).toMatchObject({ breaker: { state: 'closed' }, health: { status: 'healthy' } });
  });

  it('can force a provider, name one, and forbid the fallback', async () => {
    const client = await start();
    const forced = await client.chat.completions
      .create(ask, { headers: { 'x-switchyard-force-provider': 'claude' } })
      .withResponse();
    expect(forced.response.headers.get('x-switchyard-provider')).toBe('claude');
    const named = await client.chat.completions.create({ ...ask, model: 'claude' }).withResponse();
    expect(named.response.headers.get('x-switchyard-provider')).toBe('claude');
    pair.kimi.faults.set([{ kind: 'status', status: 503 }]);
    const error = await client.chat.completions
      .create(ask, { headers: { 'x-switchyard-no-fallback': 'true' } })
      .catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(OpenAI.InternalServerError);
  });
});

describe('budgets', () => {
  it('close the fallback: the request fails with 429 budget_exhausted and a retry-after', async () => {
    const client = await start({ claude: '    limits: { requests_per_day: 2 }' });
    await pair.kimi.crash();
    await client.chat.completions.create(ask);
    await client.chat.completions.create(ask);
    const error = await client.chat.completions.create(ask).catch((caught: unknown) => caught);
    if (!(error instanceof OpenAI.APIError)) throw new Error('An API error was expected.');
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(error.code).toBe('budget_exhausted');
    expect(Number(error.headers?.get('retry-after'))).toBeGreaterThan(0);
    expect(inferences(pair.claude)).toBe(2);
  });

  it('are exact for callers that come all at once, and count on after a restart', async () => {
    const limited = { claude: '    limits: { requests_per_day: 10 }' };
    const client = await start(limited);
    await pair.kimi.crash();
    const burst = async (callers: number, through: OpenAI) => {
      const answers = await Promise.allSettled(
        Array.from({ length: callers }, () => through.chat.completions.create(ask)),
      );
      return answers.filter(({ status }) => status === 'fulfilled').length;
    };
    const before = await burst(6, client);
    expect(before).toBe(6);
    await engine.stop({ keepData: true });
    engine = await startTestEngine(pair.registry({ kimi: QUICK, ...limited }), {
      environment: pair.environment,
      dataDirectory: engine.dataDirectory,
    });
    const again = new OpenAI({ baseURL: `${engine.gatewayUrl}/v1`, apiKey: 'unused', maxRetries: 0 });
    expect(await burst(20, again)).toBe(4);
  });
});
