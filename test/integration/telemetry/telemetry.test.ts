import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { eventually, startPair, startTestEngine } from '../../support/engine-fixture.ts';
import type { Pair, TestEngine } from '../../support/engine-fixture.ts';
import { startCollector } from '../../support/telemetry-collector.ts';
import type { Collector, CollectorMood } from '../../support/telemetry-collector.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER_SPAN = '00f067aa0ba902b7';
const HEADERS = { traceparent: `00-${TRACE}-${CALLER_SPAN}-01`, tracestate: 'vendor=t61rcWkgMzE,other=1' };
/** No retries on the same provider, so that the second attempt is the fallback's. */
const NO_RETRY = '    retry: { max_retries: 0 }';
const QUICK = {
  OTEL_BSP_SCHEDULE_DELAY: '10',
  OTEL_METRIC_EXPORT_INTERVAL: '50',
  OTEL_EXPORTER_OTLP_TIMEOUT: '50',
};

let pair: Pair;
let collector: Collector;
let engine: TestEngine;
let lines: string[];

async function start(environment: Record<string, string>): Promise<void> {
  engine = await startTestEngine(pair.registry({ kimi: NO_RETRY }), {
    environment: { ...pair.environment, ...environment },
    logLevel: 'info',
    writeLog: (line) => lines.push(line),
  });
}

async function ask(headers: Record<string, string> = {}, body: object = {}): Promise<Response> {
  const answer = await fetch(`${engine.gatewayUrl}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'A private prompt' }], ...body }),
  });
  await answer.text();
  return answer;
}

const spansOf = (count: number) => eventually(() => (collector.spans.length >= count ? collector.spans : null));
const asked = (provider: Pair['kimi']) => provider.log.filter(({ method }) => method === 'POST');
const logged = (event: string) => lines.filter((line) => line.includes(`"event":"${event}"`));

async function metric(name: string): Promise<number> {
  const page = await (await fetch(`${engine.gatewayUrl}/metrics`)).text();
  return Number(
    page
      .split('\n')
      .find((line) => line.startsWith(`${name} `))
      ?.slice(name.length + 1) ?? 0,
  );
}

beforeEach(async () => {
  lines = [];
  pair = await startPair();
});
afterEach(async () => {
  await engine.stop();
  await pair.stop();
});

describe('with a collector', () => {
  beforeEach(async () => {
    collector = await startCollector();
    await start({
      ...QUICK,
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=red,authorization=Bearer%20otlp-secret-1',
      OTEL_SERVICE_NAME: 'gateway-of-the-test',
      OTEL_RESOURCE_ATTRIBUTES: 'team=serving',
    });
  });
  afterEach(() => collector.stop());

  it("a request is a span under the caller's, and each attempt one under the request", async () => {
    pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
    const answer = await ask(HEADERS);
    expect(answer.headers.get('x-switchyard-provider')).toBe('claude');
    const [request, first, second] = await spansOf(3);
    expect(request).toMatchObject({
      name: 'POST /v1/chat/completions',
      kind: 'server',
      traceId: TRACE,
      parentSpanId: CALLER_SPAN,
      failed: false,
      attributes: {
        'http.route': '/v1/chat/completions',
        'http.response.status_code': 200,
        'gen_ai.operation.name': 'chat',
        'gen_ai.request.model': 'auto',
        'gen_ai.response.model': 'claude-opus-4-20250514',
        'gen_ai.provider.name': 'anthropic',
        'switchyard.request.id': answer.headers.get('x-switchyard-request-id'),
        'switchyard.attempts': 2,
      },
      resource: { 'service.name': 'gateway-of-the-test', team: 'serving', 'service.version': '0.0.0-test' },
    });
    expect(request?.events).toContainEqual({
      name: 'switchyard.fallback',
      attributes: {
        'switchyard.fallback.from': 'kimi',
        'switchyard.fallback.to': 'claude',
        'switchyard.fallback.reason': 'error',
      },
    });
    expect(first).toMatchObject({
      name: 'chat kimi-k2',
      kind: 'client',
      traceId: TRACE,
      parentSpanId: request?.spanId,
      failed: true,
      attributes: { 'gen_ai.provider.name': 'vllm', 'error.type': 'server_error', 'server.port': pair.kimi.port },
    });
    expect(first?.events.map(({ name }) => name)).toEqual(['switchyard.failure']);
    expect(second).toMatchObject({
      name: 'chat claude-opus-4-20250514',
      parentSpanId: request?.spanId,
      failed: false,
      attributes: { 'gen_ai.provider.name': 'anthropic', 'switchyard.attempt.index': 1 },
    });
    expect(second?.attributes['gen_ai.usage.output_tokens']).toBeGreaterThan(0);
    for (const attempt of [first, second]) {
      expect((attempt?.startNs ?? 0n) <= (attempt?.endNs ?? 0n)).toBe(true);
      expect((request?.startNs ?? 0n) <= (attempt?.startNs ?? 0n)).toBe(true);
    }
    expect(JSON.stringify(collector.spans.map(({ attributes, events }) => ({ attributes, events })))).not.toContain(
      'private prompt',
    );
  });

  it('each provider is told the span of its own attempt, and the tracestate as it came', async () => {
    pair.kimi.faults.set([{ kind: 'status', status: 500 }]);
    await ask(HEADERS);
    const [, first, second] = await spansOf(3);
    expect(asked(pair.kimi)[0]?.headers).toMatchObject({
      traceparent: `00-${TRACE}-${first?.spanId}-01`,
      tracestate: HEADERS.tracestate,
    });
    expect(asked(pair.claude)[0]?.headers).toMatchObject({
      traceparent: `00-${TRACE}-${second?.spanId}-01`,
      tracestate: HEADERS.tracestate,
    });
  });

  it('a caller without a trace begins one, and so does one whose header is not valid', async () => {
    await ask();
    await ask({ traceparent: '00-zzz-1-01', tracestate: 'a=1' });
    const spans = await spansOf(4);
    const roots = spans.filter(({ kind }) => kind === 'server');
    expect(roots.map(({ parentSpanId }) => parentSpanId)).toEqual([null, null]);
    expect(new Set(roots.map(({ traceId }) => traceId)).size).toBe(2);
    expect(asked(pair.kimi)[1]?.headers['tracestate']).toBeUndefined();
    expect(asked(pair.kimi)[1]?.headers['traceparent']).toContain(`00-${roots[1]?.traceId}-`);
  });

  it('a comparison of the playground is a trace of its own for each target, which the provider is told', async () => {
    const { results } = await engine.api.compareWhole(
      { prompt: 'A private prompt', max_tokens: 5, targets: [{ provider: 'kimi' }, { provider: 'claude' }] },
      new AbortController().signal,
    );
    expect(results.map(({ outcome }) => outcome)).toEqual(['success', 'success']);
    const spans = await spansOf(4);
    const clients = spans.filter(({ kind }) => kind === 'client');
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(2);
    for (const provider of [pair.kimi, pair.claude]) {
      const told = asked(provider).map(({ headers }) => headers['traceparent']);
      expect(clients.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`)).toEqual(expect.arrayContaining(told));
      expect(told).toHaveLength(1);
    }
  });

  it('a paid probe is a span whose provider is told of it', async () => {
    await engine.stop();
    const paid = '    health_check: { method: test_request, interval_seconds: 600 }';
    engine = await startTestEngine(pair.registry({ claude: paid }), {
      environment: { ...pair.environment, ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url },
    });
    const [root, attempt] = await spansOf(2);
    expect(root).toMatchObject({ name: 'chat probe', parentSpanId: null });
    expect(attempt).toMatchObject({ kind: 'client', parentSpanId: root?.spanId });
    expect(asked(pair.claude).map(({ headers }) => headers['traceparent'])).toEqual([
      `00-${attempt?.traceId}-${attempt?.spanId}-01`,
    ]);
    const recorded = engine.api.recentRequests().map(({ id }) => id);
    expect(recorded).toContain(root?.attributes['switchyard.request.id']);
  });

  it('a trace that the caller does not record is not recorded here, and the next one is told so', async () => {
    await ask({ traceparent: `00-${TRACE}-${CALLER_SPAN}-00` });
    await ask(HEADERS);
    const spans = await spansOf(2);
    expect(spans).toHaveLength(2);
    expect(asked(pair.kimi)[0]?.headers['traceparent']).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-00$`));
  });

  it('a request that was turned away is a span without an error of ours', async () => {
    expect((await ask(HEADERS, { model: 'no-such-model' })).status).toBe(404);
    const [request] = await spansOf(1);
    expect(request).toMatchObject({
      traceId: TRACE,
      failed: false,
      attributes: { 'http.response.status_code': 404, 'error.type': 'model_not_found' },
    });
  });

  it('metrics go out under the names of the conventions, with their units and buckets', async () => {
    pair.kimi.faults.set([{ kind: 'status', status: 500, times: 1 }]);
    await ask({}, { stream: true });
    const named = (name: string) => collector.points().filter(({ metric: own }) => own === name);
    const durations = await eventually(() => {
      const points = named('gen_ai.client.operation.duration');
      return points.length === 2 ? points : null;
    });
    expect(durations[0]).toMatchObject({ unit: 's', count: 1 });
    expect(durations[0]?.bounds).toContain(0.64);
    expect(durations.map(({ attributes }) => attributes['error.type'])).toEqual(['server_error', undefined]);
    const tokens = named('gen_ai.client.token.usage');
    // The failed attempt reported no usage, so it has no tokens.
    expect(
      tokens.map(({ attributes }) => [attributes['gen_ai.token.type'], attributes['switchyard.provider']]),
    ).toEqual([
      ['input', 'claude'],
      ['output', 'claude'],
    ]);
    expect(named('gen_ai.server.request.duration')).toMatchObject([{ unit: 's', count: 1 }]);
    expect(named('gen_ai.server.time_to_first_token')).toMatchObject([{ unit: 's', count: 1 }]);
  });

  it('the configured headers are sent, and no secret of them is logged', async () => {
    await ask();
    await spansOf(2);
    expect(collector.requests[0]?.headers).toMatchObject({ 'x-tenant': 'red', authorization: 'Bearer otlp-secret-1' });
    expect(lines.join('')).not.toContain('otlp-secret-1');
  });
});

describe('without a collector', () => {
  it("nothing is recorded, and the caller's trace passes through unchanged", async () => {
    await start({});
    await ask(HEADERS);
    expect(asked(pair.kimi)[0]?.headers).toMatchObject(HEADERS);
  });

  it('is off where it is disabled', async () => {
    collector = await startCollector();
    await start({ ...QUICK, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SDK_DISABLED: 'true' });
    await ask(HEADERS);
    await engine.stop();
    expect(collector.requests).toEqual([]);
    expect(asked(pair.kimi)[0]?.headers).toMatchObject(HEADERS);
    await collector.stop();
  });
});

describe.each<[string, CollectorMood | 'dead']>([
  ['dead', 'dead'],
  ['answering 500', 'broken'],
  ['never answering', 'silent'],
])('with a collector that is %s', (_, mood) => {
  beforeEach(async () => {
    collector = await startCollector(0, mood === 'dead' ? 'well' : mood);
    if (mood === 'dead') await collector.stop();
    await start({ ...QUICK, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: `${collector.url}/v1/traces` });
  });
  afterEach(async () => {
    if (mood !== 'dead') await collector.stop();
  });

  it('requests are answered as ever; what is lost is counted, and told once', async () => {
    const dropped = 'switchyard_telemetry_spans_dropped_total{reason="export_failed"}';
    expect((await ask()).status).toBe(200);
    await eventually(async () => (await metric(dropped)) >= 2);
    expect((await ask()).status).toBe(200);
    await eventually(async () => (await metric(dropped)) >= 4);
    expect(logged('telemetry_export_failing')).toHaveLength(1);
    expect(logged('telemetry_export_failing')[0]).toContain(`${collector.url}/v1/traces`);
  });

  it('says so when the collector is there again', async () => {
    await ask();
    await eventually(() => logged('telemetry_export_failing').length > 0);
    if (mood === 'dead') collector = await startCollector(collector.port);
    else collector.mood = 'well';
    await eventually(async () => {
      await ask();
      return logged('telemetry_export_recovered').length > 0;
    });
    expect(logged('telemetry_export_failing')).toHaveLength(1);
    if (mood === 'dead') await collector.stop();
  });
});

describe('a queue that is full', () => {
  it('drops what finds no room, counts it, and the engine still stops', async () => {
    collector = await startCollector(0, 'silent');
    await start({
      OTEL_BSP_SCHEDULE_DELAY: '10',
      OTEL_BSP_MAX_QUEUE_SIZE: '4',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '2',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
    });
    await eventually(async () => {
      await ask();
      return (await metric('switchyard_telemetry_spans_dropped_total{reason="queue_full"}')) >= 4;
    });
    await engine.stop();
    await collector.stop();
    expect(collector.spans).toEqual([]);
  });
});
