import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/engine-fixture.ts';
import { createCaller, errorFacts, failureOf } from '../../support/faults-callers.ts';
import type { Caller } from '../../support/faults-callers.ts';
import { asked, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage } from '../../support/faults-stage.ts';
import { createManualClock } from '../../support/manual-clock.ts';
import type { ManualClock } from '../../support/manual-clock.ts';

let stage: Stage;
let caller: Caller;
let clock: ManualClock;

afterEach(async () => {
  await stage.stop();
});

const fallbackLimits = (retries: number, firstTokenMs: number) =>
  `retry: { max_retries: ${retries}, base_ms: 1, max_ms: 4000 }\n    timeouts: { first_token_ms: ${firstTokenMs} }`;

/** With the fallback cooling for `retryAfter` seconds, and time in the test's hand. */
async function startCooling(retryAfter: number, streamed = true): Promise<void> {
  clock = createManualClock();
  stage = await startStage({
    fallbackLimits: fallbackLimits(0, 8000),
    engine: { clock, random: () => 0.5 },
  });
  caller = createCaller(stage.engine.gatewayUrl, { dialect: 'openai', streamed });
  strike(stage.fallback, { kind: 'rate_limited', retry_after_seconds: retryAfter, times: 1 });
  await failureOf(caller.ask(SIXTY, { headers: { 'x-switchyard-force-provider': stage.fallback.name } }));
  expect(asked(stage.fallback)).toBe(1);
}

function takeOutPrimary(): void {
  stage.engine.api.isolate(stage.primary.name, { operator: 'ada', reason: 'upgrade' });
}

/** Lets time pass until everything is answered; how long it took, in milliseconds. */
async function untilSettled(answers: Promise<unknown>[]): Promise<number> {
  const begun = clock.now();
  let done = false;
  void Promise.allSettled(answers).then(() => (done = true));
  await eventually(() => {
    if (!done) clock.advance(100);
    return done;
  });
  return clock.now() - begun;
}

describe('a request that only a provider can serve which asked to be left alone for a second', () => {
  it.each([{ streamed: true }, { streamed: false }])('waits for it, streamed: $streamed', async ({ streamed }) => {
    await startCooling(1, streamed);
    takeOutPrimary();
    const answer = caller.ask(SIXTY);
    expect(await untilSettled([answer])).toBeGreaterThanOrEqual(1000);
    const { text, headers } = await answer;
    expect([text, headers.get('x-switchyard-provider')]).toEqual([SIXTY_TEXT, stage.fallback.name]);
    expect(headers.get('x-switchyard-route-reason')).not.toContain('cooling');
    const { requests } = await stage.engine.api.listRequests({ limit: 1 });
    const row = await stage.engine.api.getRequest(requests[0]?.id ?? '');
    expect(row).toMatchObject({ status: 'success', decision: { provider: stage.fallback.name } });
    expect(row.attempt_list[0]?.queue_ms).toBeGreaterThanOrEqual(500);
    expect(row.queue_ms).toBe(row.attempt_list[0]?.queue_ms);
  });

  it('waits for it after the primary has failed', async () => {
    await startCooling(1);
    strike(stage.primary, { kind: 'status', status: 500 });
    const answer = caller.ask(SIXTY);
    await untilSettled([answer]);
    expect((await answer).headers.get('x-switchyard-provider')).toBe(stage.fallback.name);
  });

  it('has the rest of its answer from it when the primary breaks off', async () => {
    await startCooling(1);
    strike(stage.primary, { kind: 'cut', after_tokens: 40 });
    const answer = caller.ask(SIXTY);
    await untilSettled([answer]);
    const { text, finish } = await answer;
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
  });

  it('waits on when it was refused itself and so were others meanwhile', async () => {
    clock = createManualClock();
    stage = await startStage({ fallbackLimits: fallbackLimits(2, 60_000), engine: { clock, random: () => 0.5 } });
    caller = createCaller(stage.engine.gatewayUrl, { dialect: 'openai', streamed: true });
    takeOutPrimary();
    strike(stage.fallback, { kind: 'rate_limited', retry_after_seconds: 1, times: 4 });
    const answers = Array.from({ length: 8 }, () => caller.ask(SIXTY));
    await untilSettled(answers);
    for (const answer of answers) expect((await answer).text).toBe(SIXTY_TEXT);
  });

  it('does not wait beyond its own limit', async () => {
    await startCooling(1);
    takeOutPrimary();
    const error = await failureOf(caller.ask(SIXTY, { headers: { 'x-switchyard-timeout-ms': '500' } }));
    expect(errorFacts(error).status).toBe(503);
  });
});

describe('a provider that asked to be left alone', () => {
  it('for longer than retries wait is not waited for', async () => {
    await startCooling(20);
    takeOutPrimary();
    const error = await failureOf(caller.ask(SIXTY));
    expect(errorFacts(error).status).toBe(503);
    expect(asked(stage.fallback)).toBe(1);
  });

  it('and goes on refusing is asked once a second by all who wait, and nobody waits for ever', async () => {
    await startCooling(1);
    strike(stage.fallback, { kind: 'rate_limited', retry_after_seconds: 1 });
    takeOutPrimary();
    const refused = Array.from({ length: 12 }, () => failureOf(caller.ask(SIXTY)));
    const took = await untilSettled(refused);
    expect(asked(stage.fallback) - 1).toBeLessThanOrEqual(Math.ceil(took / 1000));
    expect(asked(stage.fallback)).toBeGreaterThan(1);
    for (const error of await Promise.all(refused)) expect([502, 503]).toContain(errorFacts(error).status);
  });
});
