import { afterEach, describe, expect, it } from 'vitest';
import { eventually } from '../../support/engine-fixture.ts';
import { createCaller } from '../../support/faults-callers.ts';
import { asked, chats, SIXTY, SIXTY_TEXT, startStage, strike } from '../../support/faults-stage.ts';
import type { Stage } from '../../support/faults-stage.ts';
import { createManualClock } from '../../support/manual-clock.ts';

let stage: Stage;

afterEach(async () => {
  await stage.stop();
});

const CASES = (['kimi', 'claude'] as const).flatMap((primary) =>
  (['openai', 'anthropic'] as const).map((dialect) => ({ primary, dialect })),
);
const call = (dialect: 'openai' | 'anthropic') => ({ dialect, streamed: false }) as Parameters<typeof createCaller>[1];

describe.each(CASES)('a whole answer of $primary for a caller of the $dialect dialect', ({ primary, dialect }) => {
  it.each([
    { name: 'is not begun', fault: { kind: 'silence' } as const, limits: '', phase: 'no first token within 30 s' },
    {
      name: 'stalls',
      fault: { kind: 'stall', after_tokens: 40 } as const,
      // Out of the way, however long the forty tokens take to be read.
      limits: 'timeouts: { first_token_ms: 500000 }',
      phase: 'no further token for 30 s',
    },
  ])('that $name is left after half a minute, not after ten', async ({ fault, limits, phase }) => {
    const clock = createManualClock();
    stage = await startStage({ primary, limits, engine: { clock } });
    const caller = createCaller(stage.engine.gatewayUrl, call(dialect));
    strike(stage.primary, fault);
    let done = false;
    const answer = caller.ask(SIXTY).finally(() => (done = true));
    await eventually(() => chats(stage.primary)[0]?.outcome === 'unanswered');
    expect(chats(stage.primary)[0]?.endedAt).toBeNull();
    const since = clock.monotonic();
    // In steps, since the tokens that were sent need their time to be read.
    await eventually(() => {
      if (asked(stage.fallback) === 0) clock.advance(1000);
      return done;
    });
    const { text, finish, headers } = await answer;
    expect([text, finish]).toEqual([SIXTY_TEXT, caller.whole]);
    expect(clock.monotonic() - since).toBeLessThan(600_000);
    const row = await stage.engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    expect(row.attempt_list[0]).toMatchObject({ failure_class: 'timeout' });
    expect(row.attempt_list[0]?.message).toContain(phase);
    await eventually(() => chats(stage.primary)[0]?.endedAt !== null);
  });

  it('that breaks off is billed for what came, and nothing of it reaches the caller', async () => {
    stage = await startStage({ primary });
    const caller = createCaller(stage.engine.gatewayUrl, call(dialect));
    strike(stage.primary, { kind: 'cut', after_tokens: 40 });
    const { text, headers } = await caller.ask(SIXTY);
    expect(text).toBe(SIXTY_TEXT);
    const row = await stage.engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    expect(row).toMatchObject({ resumed: false, status: 'success', provider: stage.fallback.name });
    const [broken, whole] = row.attempt_list;
    expect(broken).toMatchObject({ failure_class: 'truncated', outcome: 'failure' });
    expect(broken?.usage.input_tokens).toBeGreaterThan(0);
    expect(broken?.headers_ms).not.toBeNull();
    expect(broken?.first_token_ms).not.toBeNull();
    expect(whole?.usage.estimated).toBe(false);
    expect([asked(stage.primary), asked(stage.fallback)]).toEqual([1, 1]);
  });

  it('has its first token measured', async () => {
    stage = await startStage({ primary });
    const { headers } = await createCaller(stage.engine.gatewayUrl, call(dialect)).ask(SIXTY);
    const row = await stage.engine.api.getRequest(headers.get('x-switchyard-request-id') ?? '');
    expect(row.first_token_ms).not.toBeNull();
    expect(row.attempt_list[0]?.first_token_ms).toBeLessThanOrEqual(row.attempt_list[0]?.duration_ms ?? 0);
  });
});
