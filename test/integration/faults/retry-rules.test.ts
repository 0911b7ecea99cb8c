import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/engine-fixture.ts';
import { createCaller, errorFacts, failureOf } from '../../support/faults-callers.ts';
import type { Caller } from '../../support/faults-callers.ts';
import { asked, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage, StageOptions } from '../../support/faults-stage.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import type { ManualClock } from '../../support/manual-clock.ts';

let stage: Stage;
let caller: Caller;

afterEach(async () => {
  await stage.stop();
});

/** With the engine's clock in the test's hand: time passes only when the test says so. */
async function startWithManualClock(options: StageOptions): Promise<ManualClock> {
  const clock = createManualClock();
  stage = await startStage({ ...options, engine: { clock, random: () => 0.5, ...options.engine } });
  caller = createCaller(stage.engine.gatewayUrl, { dialect: 'openai', streamed: true });
  return clock;
}

async function start(options: StageOptions = {}): Promise<void> {
  stage = await startStage(options);
  caller = createCaller(stage.engine.gatewayUrl, { dialect: 'openai', streamed: true });
}

function primaryStatus() {
  const status = stage.engine.api.status().providers.find(({ name }) => name === stage.primary.name);
  if (!status) throw new Error('The primary has no status.');
  return status;
}

async function askAtOnce(callers: number): Promise<(string | null)[]> {
  const answers = await Promise.all(Array.from({ length: callers }, () => caller.ask(SIXTY)));
  for (const { text } of answers) expect(text).toBe(SIXTY_TEXT);
  return answers.map(({ headers }) => headers.get('x-switchyard-provider'));
}

describe('an SDK that asks again by itself', () => {
  const message = { role: 'user' as const, content: SIXTY };
  const clients = {
    openai: (gatewayUrl: string) =>
      new OpenAI({ baseURL: `${gatewayUrl}/v1`, apiKey: 'unused' }).chat.completions.create({
        model: 'auto',
        messages: [message],
      }),
    anthropic: (gatewayUrl: string) =>
      new Anthropic({ baseURL: gatewayUrl, apiKey: 'unused' }).messages.create({
        model: 'auto',
        max_tokens: 100,
        messages: [message],
      }),
  };

  it.each(['openai', 'anthropic'] as const)('does not make every retry of ours made again: %s', async (sdk) => {
    await start();
    strike(stage.primary, { kind: 'status', status: 500 });
    strike(stage.fallback, { kind: 'status', status: 500 });
    const error = errorFacts(await failureOf(clients[sdk](stage.engine.gatewayUrl)));
    expect(error.status).toBe(502);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([2, 2]);
  });
});

describe('a provider that answers 429', () => {
  it('is asked again only after its retry-after has passed', async () => {
    const clock = await startWithManualClock({ limits: 'retry: { max_retries: 1, base_ms: 1, max_ms: 4000 }' });
    strike(stage.primary, { kind: 'rate_limited', retry_after_seconds: 3, times: 1 });
    const answer = caller.ask(SIXTY);
    await eventually(() => primaryStatus().breaker.cooling_until !== null);
    clock.advance(2999);
    // A whole request through the same engine: whatever the first one meant to send would have left before.
    await caller.ask(SIXTY, { headers: { 'x-switchyard-force-provider': stage.fallback.name } });
    expect(asked(stage.primary)).toBe(1);
    clock.advance(500);
    const { headers } = await answer;
    expect(headers.get('x-switchyard-provider')).toBe(stage.primary.name);
    expect(asked(stage.primary)).toBe(2);
  });

  it('is asked again as soon as its retry-after-ms has passed, whatever its retry-after rounds that to', async () => {
    const clock = await startWithManualClock({ limits: 'retry: { max_retries: 1, base_ms: 1, max_ms: 4000 }' });
    strike(stage.primary, { kind: 'rate_limited', retry_after_seconds: 30, retry_after_ms: 1250, times: 1 });
    const answer = caller.ask(SIXTY);
    await eventually(() => primaryStatus().breaker.cooling_until !== null);
    expect(primaryStatus().breaker.cooling_until).toBe(clock.now() + 1250);
    clock.advance(1249);
    await caller.ask(SIXTY, { headers: { 'x-switchyard-force-provider': stage.fallback.name } });
    expect(asked(stage.primary)).toBe(1);
    clock.advance(500);
    const { headers } = await answer;
    expect(headers.get('x-switchyard-provider')).toBe(stage.primary.name);
    expect(asked(stage.primary)).toBe(2);
  });

  it.each([
    { name: 'without retry-after', retryAfter: null },
    { name: 'with a retry-after of no time at all', retryAfter: 0 },
    { name: 'with a retry-after of a second', retryAfter: 1 },
  ])('$name is asked at most once a second by any number of callers, until it takes one', async ({ retryAfter }) => {
    const clock = await startWithManualClock({ limits: 'retry: { max_retries: 0 }' });
    strike(stage.primary, { kind: 'rate_limited', retry_after_seconds: retryAfter });
    await caller.ask(SIXTY);
    const before = asked(stage.primary);
    const perSecond: number[] = [];
    for (let second = 0; second < 8; second += 1) {
      clock.advance(1000);
      const earlier = asked(stage.primary);
      const served = await askAtOnce(12);
      expect(new Set(served)).toEqual(new Set([stage.fallback.name]));
      perSecond.push(asked(stage.primary) - earlier);
    }
    expect(Math.max(...perSecond)).toBe(1);
    expect(asked(stage.primary)).toBeGreaterThan(before + 1);

    strike(stage.primary);
    clock.advance(10_000);
    const recovering = await askAtOnce(12);
    expect(recovering.filter((name) => name === stage.primary.name).length).toBeGreaterThanOrEqual(1);
    clock.advance(1000);
    expect(new Set(await askAtOnce(12))).toEqual(new Set([stage.primary.name]));
  });

  it('is left alone by a caller who forces it too, who is told when to come back', async () => {
    await startWithManualClock({});
    strike(stage.primary, { kind: 'rate_limited', retry_after_seconds: 20 });
    await caller.ask(SIXTY);
    const forced = caller.ask(SIXTY, { headers: { 'x-switchyard-force-provider': stage.primary.name } });
    const error = await failureOf(forced);
    expect(errorFacts(error).status).toBe(503);
    expect(error).toHaveProperty('headers');
    expect((error as { headers: Headers }).headers.get('retry-after')).toBe('20');
    expect(asked(stage.primary)).toBe(1);
  });
});

describe('retries', () => {
  it('have a budget in time beside the count: a route that cannot answer in its first-token limit is left', async () => {
    const clock = await startWithManualClock({
      limits: `retry: { max_retries: 10, base_ms: 2000, max_ms: 2000 }
        timeouts: { first_token_ms: 5000 }`,
    });
    strike(stage.primary, { kind: 'status', status: 500 });
    const answer = caller.ask(SIXTY);
    let done = false;
    void answer.finally(() => (done = true));
    await eventually(() => {
      clock.advance(100);
      return done;
    });
    const { text, headers } = await answer;
    expect([text, headers.get('x-switchyard-provider')]).toEqual([SIXTY_TEXT, stage.fallback.name]);
    // Each wait is a second at this draw, so that five seconds hold four retries at the most.
    expect(asked(stage.primary)).toBeGreaterThan(1);
    expect(asked(stage.primary)).toBeLessThanOrEqual(5);
  });

  it('of a fallback that stumbles while it continues a broken-off answer are made too', async () => {
    await start();
    strike(stage.primary, { kind: 'cut', after_tokens: 40 });
    strike(stage.fallback, { kind: 'status', status: 500, times: 1 });
    const { text, finish } = await caller.ask(SIXTY);
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 2]);
  });
});

describe('a kept connection that the server resets', () => {
  it('is replaced by a fresh one, without a retry and without harm to the provider', async () => {
    await start({ limits: 'retry: { max_retries: 0 }\nbreaker: { failures: 1, open_seconds: 60 }' });
    await caller.ask(SIXTY);
    strike(stage.primary, { kind: 'reset_before_headers', only_reused_socket: true, times: 1 });
    const { text, headers } = await caller.ask(SIXTY);
    expect([text, headers.get('x-switchyard-provider')]).toEqual([SIXTY_TEXT, stage.primary.name]);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([3, 0]);
    expect(primaryStatus().breaker.state).toBe('closed');
  });
});

describe('the breaker', () => {
  it.each([
    { name: 'an invalid request', fault: { kind: 'status', status: 400 } as const },
    { name: 'a content filter', fault: { kind: 'content_filter', style: 'reject' } as const },
    { name: 'a conversation that is too long', fault: { kind: 'context_overflow' } as const },
  ])('is never opened by $name', async ({ fault }) => {
    await start({ limits: 'breaker: { failures: 2, error_rate: 0.1, open_seconds: 60 }' });
    strike(stage.primary, fault);
    for (let count = 0; count < 4; count += 1) {
      const { status } = errorFacts(await failureOf(caller.ask(SIXTY)));
      expect(status).toBe(400);
    }
    expect(primaryStatus()).toMatchObject({ breaker: { state: 'closed' }, health: { status: 'healthy' } });
    expect(asked(stage.primary)).toBe(4);
  });

  it('lets a single trial through when it is half open, however many callers there are', async () => {
    const clock = await startWithManualClock({
      limits: `breaker: { failures: 1, open_seconds: 5, ramp_seconds: 0 }
        retry: { max_retries: 0 }`,
    });
    strike(stage.primary, { kind: 'status', status: 500, times: 1 });
    await caller.ask(SIXTY);
    strike(stage.primary, { kind: 'slow_first_token', delay_ms: 600_000, times: 1 });
    expect(primaryStatus().breaker.state).toBe('open');
    expect(new Set(await askAtOnce(5))).toEqual(new Set([stage.fallback.name]));

    clock.advance(10_000);
    const leave = new AbortController();
    let served = 0;
    const callers = Array.from({ length: 20 }, () =>
      caller.ask(SIXTY, { signal: leave.signal }).then(
        ({ text }) => {
          expect(text).toBe(SIXTY_TEXT);
          served += 1;
        },
        () => undefined,
      ),
    );
    await eventually(() => served === 19);
    // The twentieth is the trial, which the primary keeps waiting; it saw the failure and the trial, nothing else.
    expect(asked(stage.primary)).toBe(2);
    leave.abort();
    await Promise.all(callers);
    await eventually(() => stage.primary.stats().running === 0);
    const { headers } = await caller.ask(SIXTY);
    expect(headers.get('x-switchyard-provider')).toBe(stage.primary.name);
    expect(primaryStatus().breaker.state).toBe('closed');
  });
});

describe('a caller’s own time limit', () => {
  it('ends the request with 504 and does not hurt the provider’s standing', async () => {
    await start({ limits: 'breaker: { failures: 1, error_rate: 0.1, open_seconds: 60 }' });
    strike(stage.primary, { kind: 'silence' });
    for (const streamed of [true, false]) {
      for (const dialect of ['openai', 'anthropic'] as const) {
        const hurried = createCaller(stage.engine.gatewayUrl, { dialect, streamed });
        const error = errorFacts(await failureOf(hurried.ask(SIXTY, { headers: { 'x-switchyard-timeout-ms': '80' } })));
        expect(error.status).toBe(504);
        expect(error.text).toContain('upstream_timeout');
      }
    }
    expect(primaryStatus()).toMatchObject({ breaker: { state: 'closed' }, health: { status: 'healthy' } });
    expect(asked(stage.fallback)).toBe(0);
    strike(stage.primary);
    const { headers } = await caller.ask(SIXTY);
    expect(headers.get('x-switchyard-provider')).toBe(stage.primary.name);
  });

  it('counts while the request waits in a queue', async () => {
    await start({ limits: 'limits: { max_concurrent: 1, queue_timeout_ms: 600000 }' });
    strike(stage.primary, { kind: 'silence' });
    const leave = new AbortController();
    const first = failureOf(caller.ask(SIXTY, { signal: leave.signal }));
    await eventually(() => asked(stage.primary) === 1);
    const error = errorFacts(await failureOf(caller.ask(SIXTY, { headers: { 'x-switchyard-timeout-ms': '80' } })));
    expect(error.status).toBe(504);
    expect(asked(stage.primary)).toBe(1);
    leave.abort();
    await first;
  });
});
