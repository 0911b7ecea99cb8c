import { afterEach, describe, expect, it } from 'vitest';
import type { FaultInput } from '../../../electron/simulator/faults.ts';
import { CALLS, createCaller, errorFacts, failureOf } from '../../support/faults-callers.ts';
import type { Caller } from '../../support/faults-callers.ts';
import { asked, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage, Vendor } from '../../support/faults-stage.ts';

/** What happens to the primary, and how many requests each provider sees for the caller's one. */
interface Fault {
  name: string;
  fault: FaultInput;
  /** Of the primary, YAML. */
  limits?: string;
  /** Requests at the primary: always, any of these, or as the call has it. */
  primaryAsked: number | { between: readonly number[] } | ((call: (typeof CASES)[number]) => number);
  /** Requests at the fallback: 0 means that the primary answers after all. */
  fallbackAsked: number;
}

/** Limits that a silent provider reaches soon. A healthy one that reaches them too, on a slow machine, changes nothing. */
const IMPATIENT = 'timeouts: { first_token_ms: 120, idle_ms: 120 }';
/** Longer than any of these tests. */
const FOREVER_MS = 600_000;

const FAULTS: readonly Fault[] = [
  {
    name: '429 without retry-after',
    fault: { kind: 'rate_limited' },
    primaryAsked: 1,
    fallbackAsked: 1,
  },
  {
    name: '429 once, with a retry-after that fits',
    fault: { kind: 'rate_limited', retry_after_seconds: 1, times: 1 },
    primaryAsked: 2,
    fallbackAsked: 0,
  },
  {
    name: '429 with a retry-after that does not fit',
    fault: { kind: 'rate_limited', retry_after_seconds: 30 },
    primaryAsked: 1,
    fallbackAsked: 1,
  },
  { name: '500 once', fault: { kind: 'status', status: 500, times: 1 }, primaryAsked: 2, fallbackAsked: 0 },
  { name: '500 for good', fault: { kind: 'status', status: 500 }, primaryAsked: 2, fallbackAsked: 1 },
  { name: '503 for good', fault: { kind: 'status', status: 503 }, primaryAsked: 1, fallbackAsked: 1 },
  { name: '529 for good', fault: { kind: 'status', status: 529 }, primaryAsked: 1, fallbackAsked: 1 },
  { name: 'the vendor’s own "too busy"', fault: { kind: 'overloaded' }, primaryAsked: 1, fallbackAsked: 1 },
  {
    name: 'a reset before headers, once',
    fault: { kind: 'reset_before_headers', times: 1 },
    primaryAsked: 2,
    fallbackAsked: 0,
  },
  {
    name: 'a reset before headers, always',
    fault: { kind: 'reset_before_headers' },
    // A kept connection that is reset costs one more, on a fresh one.
    primaryAsked: { between: [2, 3] },
    fallbackAsked: 1,
  },
  { name: 'accept and silence', fault: { kind: 'silence' }, limits: IMPATIENT, primaryAsked: 1, fallbackAsked: 1 },
  {
    name: 'a slow first token',
    fault: { kind: 'slow_first_token', delay_ms: FOREVER_MS },
    limits: IMPATIENT,
    primaryAsked: 1,
    fallbackAsked: 1,
  },
  { name: 'a cut after 40 of 60 tokens', fault: { kind: 'cut', after_tokens: 40 }, primaryAsked: 1, fallbackAsked: 1 },
  { name: 'a cut before the first token', fault: { kind: 'cut', after_tokens: 0 }, primaryAsked: 1, fallbackAsked: 1 },
  {
    name: 'a stall after 40 of 60 tokens',
    fault: { kind: 'stall', after_tokens: 40 },
    limits: IMPATIENT,
    primaryAsked: 1,
    fallbackAsked: 1,
  },
  {
    name: 'a malformed event',
    fault: { kind: 'malformed_event', after_tokens: 40 },
    primaryAsked: 1,
    fallbackAsked: 1,
  },
  { name: 'no [DONE]', fault: { kind: 'no_done' }, primaryAsked: 1, fallbackAsked: 0 },
  {
    name: 'an error frame, then [DONE], under 200',
    fault: { kind: 'error_in_stream', after_tokens: 40 },
    // Of a whole answer the caller has nothing yet: vLLM's "server error" is worth another try, Claude's "overloaded" is not.
    primaryAsked: ({ primary, streamed }) => (primary === 'kimi' && !streamed ? 2 : 1),
    fallbackAsked: 1,
  },
  { name: 'exhausted credit', fault: { kind: 'exhausted' }, primaryAsked: 1, fallbackAsked: 1 },
  { name: 'a wrong key', fault: { kind: 'wrong_key' }, primaryAsked: 1, fallbackAsked: 1 },
  { name: 'a missing model', fault: { kind: 'model_missing' }, primaryAsked: 1, fallbackAsked: 1 },
];

let stage: Stage;

afterEach(async () => {
  await stage.stop();
});

/** The faults are gone: the next caller gets a whole answer, whoever gives it. */
async function expectHealthyCall(caller: Caller): Promise<void> {
  strike(stage.primary);
  strike(stage.fallback);
  const after = await caller.ask(SIXTY);
  expect([after.text, after.finish]).toEqual([SIXTY_TEXT, caller.whole]);
}

const PRIMARIES: readonly Vendor[] = ['kimi', 'claude'];
const CASES = PRIMARIES.flatMap((primary) => CALLS.map((call) => ({ primary, ...call })));

describe.each(CASES)('with $primary first, a caller of the $dialect dialect (streamed: $streamed)', (call) => {
  it.each(FAULTS)('has the whole answer despite $name', async ({ fault, limits, primaryAsked, fallbackAsked }) => {
    stage = await startStage({ primary: call.primary, ...(limits ? { limits } : {}) });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, fault);
    const { text, finish, headers } = await caller.ask(SIXTY);
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
    expect(allowed(primaryAsked, call)).toContain(asked(stage.primary));
    expect(asked(stage.fallback)).toBe(fallbackAsked);

    const row = await stage.engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    const fellBack = fallbackAsked > 0;
    expect(row).toMatchObject({ status: 'success', provider: fellBack ? stage.fallback.name : stage.primary.name });
    expect(row.fallback_from).toBe(fellBack ? stage.primary.name : null);
    expect(row.attempt_list.map(({ provider }) => provider)).toHaveLength(asked(stage.primary) + asked(stage.fallback));
    await expectHealthyCall(caller);
  });

  it('is given the content filter’s refusal, and nobody else is asked', async () => {
    stage = await startStage({ primary: call.primary });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, { kind: 'content_filter', style: 'reject' });
    const error = errorFacts(await failureOf(caller.ask(SIXTY)));
    expect(error).toMatchObject({ status: 400, name: 'BadRequestError' });
    expect(error.text).toContain('invalid_request');
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 0]);
    expect(breakerOf(stage.primary.name)).toBe('closed');
    await expectHealthyCall(caller);
  });

  it('is given an answer that the content filter ended, as such', async () => {
    stage = await startStage({ primary: call.primary });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, { kind: 'content_filter', style: 'finish' });
    const { text, finish } = await caller.ask(SIXTY);
    expect(finish).toBe(caller.filtered);
    expect(SIXTY_TEXT.startsWith(text)).toBe(true);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 0]);
    await expectHealthyCall(caller);
  });

  it('whose conversation overflows gets it served only by a larger window', async () => {
    stage = await startStage({ primary: call.primary });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, { kind: 'context_overflow' });
    if (call.primary === 'claude') {
      // Claude Opus 4 holds 200,000 tokens, Kimi K2 256,000.
      const { text } = await caller.ask(SIXTY);
      expect(text).toBe(SIXTY_TEXT);
      expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 1]);
    } else {
      const error = errorFacts(await failureOf(caller.ask(SIXTY)));
      expect(error).toMatchObject({ status: 400, name: 'BadRequestError' });
      expect(error.text).toContain('maximum context length');
      expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 0]);
    }
    expect(breakerOf(stage.primary.name)).toBe('closed');
    await expectHealthyCall(caller);
  });

  it('learns the last upstream reason when all are down, and then that nobody is left', async () => {
    const breaker = 'breaker: { failures: 2, error_rate: 1, window_seconds: 60, open_seconds: 60 }';
    stage = await startStage({ primary: call.primary, limits: breaker, fallbackLimits: breaker });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    strike(stage.primary, { kind: 'status', status: 500 });
    strike(stage.fallback, { kind: 'status', status: 500 });
    const first = errorFacts(await failureOf(caller.ask(SIXTY)));
    expect(first).toMatchObject({ status: 502, name: 'InternalServerError' });
    expect(first.text).toContain(stage.fallback.name);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([2, 2]);

    const second = errorFacts(await failureOf(caller.ask(SIXTY)));
    expect(second.status).toBe(503);
    expect(second.name).toBe(call.dialect === 'openai' ? 'InternalServerError' : 'ServiceUnavailableError');
    expect(second.text).toContain('all_providers_unavailable');
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([2, 2]);
    stage.engine.api.resetBreaker(stage.primary.name, { operator: 'test', reason: 'mended' });
    await expectHealthyCall(caller);
  });

  it('loses nothing to a primary that flaps', async () => {
    stage = await startStage({ primary: call.primary, limits: 'breaker: { failures: 2, open_seconds: 1 }' });
    const caller = createCaller(stage.engine.gatewayUrl, call);
    const flapping = { faulty_ms: 25, healthy_ms: 25 };
    strike(stage.primary, { kind: 'cut', after_tokens: 30, flapping });
    const answers = await Promise.all(Array.from({ length: 40 }, () => caller.ask(SIXTY)));
    expect(new Set(answers.map(({ text }) => text))).toEqual(new Set([SIXTY_TEXT]));
    await expectHealthyCall(caller);
  });
});

function allowed(count: Fault['primaryAsked'], call: (typeof CASES)[number]): readonly number[] {
  if (typeof count === 'number') return [count];
  return typeof count === 'function' ? [count(call)] : count.between;
}

function breakerOf(name: string): string | undefined {
  return stage.engine.api.status().providers.find((provider) => provider.name === name)?.breaker.state;
}
