import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/engine-fixture.ts';
import { CALLS, createCaller, failureOf, openAiClient } from '../../support/faults-callers.ts';
import { asked, chats, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage } from '../../support/faults-stage.ts';
import { createManualClock } from '../../support/manual-clock.ts';

let stage: Stage;

afterEach(async () => {
  await stage.stop();
});

/** Longer than any of these tests. */
const FOREVER_MS = 600_000;

async function newestRow() {
  return await eventually(async () => (await stage.engine.api.listRequests({ limit: 1 })).requests[0]);
}

async function expectNobodysFailure(): Promise<void> {
  expect(await newestRow()).toMatchObject({ status: 'cancelled', http_status: 499, failure_class: 'cancelled' });
  const status = stage.engine.api.status().providers.find(({ name }) => name === stage.primary.name);
  expect(status).toMatchObject({ breaker: { state: 'closed' }, health: { status: 'healthy' } });
  expect(asked(stage.fallback)).toBe(0);
}

describe.each(CALLS)('a caller of the $dialect dialect (streamed: $streamed) who leaves', (call) => {
  it('while the provider thinks takes the upstream request along', async () => {
    stage = await startStage();
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, { kind: 'slow_first_token', delay_ms: FOREVER_MS });
    const leave = new AbortController();
    const answer = failureOf(caller.ask(SIXTY, { signal: leave.signal }));
    await eventually(() => stage.primary.stats().running === 1);
    leave.abort();
    await answer;
    await eventually(() => chats(stage.primary)[0]?.outcome === 'cancelled');
    await eventually(() => stage.primary.stats().running === 0);
    await expectNobodysFailure();
    strike(stage.primary);
    expect((await caller.ask(SIXTY)).text).toBe(SIXTY_TEXT);
  });

  it('while a retry waits for its time is not asked for again', async () => {
    // A clock that stands still: the retry never comes due.
    stage = await startStage({ engine: { clock: createManualClock() } });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, { kind: 'rate_limited', retry_after_seconds: 1 });
    const leave = new AbortController();
    const answer = failureOf(caller.ask(SIXTY, { signal: leave.signal }));
    await eventually(() => stage.engine.api.status().providers.some(({ breaker }) => breaker.cooling_until !== null));
    leave.abort();
    await answer;
    expect(await newestRow()).toMatchObject({ status: 'cancelled', attempts: 1 });
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 0]);
  });
});

describe('a caller who leaves', () => {
  it('in the middle of a stream takes the upstream request along', async () => {
    stage = await startStage();
    strike(stage.primary, { kind: 'stall', after_tokens: 3 });
    const stream = await openAiClient(stage.engine.gatewayUrl).chat.completions.create({
      model: 'auto',
      messages: [{ role: 'user', content: SIXTY }],
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    stream.controller.abort();
    // A stalled stream never ends by itself.
    await eventually(() => stage.primary.stats().running === 0);
    await expectNobodysFailure();
  });

  it.each(CALLS)(
    'before the provider has said a word is billed what it was given to read: $dialect, streamed $streamed',
    async (call) => {
      stage = await startStage();
      const caller = createCaller(stage.engine.gatewayUrl, call);
      strike(stage.primary, { kind: 'silence' });
      const leave = new AbortController();
      const answer = failureOf(caller.ask(SIXTY, { signal: leave.signal }));
      await eventually(() => asked(stage.primary) === 1);
      leave.abort();
      await answer;
      const { id } = await newestRow();
      const { usage, attempt_list: attempts } = await stage.engine.api.getRequest(id);
      expect(usage.estimated).toBe(true);
      expect(usage.input_tokens).toBeGreaterThan(0);
      expect(usage.output_tokens).toBe(0);
      expect(attempts).toHaveLength(1);
    },
  );

  it('in the middle of the upload is recorded as nobody’s failure', async () => {
    stage = await startStage();
    const { hostname, port } = new URL(stage.engine.gatewayUrl);
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    await new Promise<void>((resolve) => {
      socket.write(
        `POST /v1/chat/completions HTTP/1.1\r\nhost: ${hostname}:${port}\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{"model"`,
        () => resolve(),
      );
    });
    socket.destroy();
    const caller = createCaller(stage.engine.gatewayUrl, { dialect: 'openai', streamed: false });
    await caller.ask(SIXTY);
    const { requests } = await stage.engine.api.listRequests({ limit: 10 });
    expect(requests.map(({ status }) => status)).toEqual(['success']);
  });
});
