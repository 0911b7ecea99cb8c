import { describe, expect, it } from 'vitest';
import { CallerDeadline } from '../../../electron/engine/gateway/caller-deadline.ts';
import { createManualClock } from '../../support/manual-clock.ts';

const TIMEOUTS = { connectMs: 10, firstTokenMs: 20, idleMs: 30, totalMs: 5_000 };
const NEVER = new AbortController().signal;

function deadline(timeoutMs: number | null) {
  const clock = createManualClock(0);
  return { clock, deadline: new CallerDeadline(clock, timeoutMs) };
}

/** Waits until it is told not to. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

describe('the time that a caller gives', () => {
  it('runs out with the clock and cuts what a provider may take', async () => {
    const { clock, deadline: given } = deadline(1_000);
    expect(given.cut(TIMEOUTS)).toEqual({ ...TIMEOUTS, totalMs: 1_000 });
    clock.advance(999);
    expect(given.remainingMs()).toBe(1);
    clock.advance(500);
    expect(given.remainingMs()).toBe(-499);
    expect(given.cut(TIMEOUTS).totalMs).toBe(1);
  });

  it('is endless where none is given', async () => {
    const { clock, deadline: endless } = deadline(null);
    clock.advance(1e9);
    expect(endless.remainingMs()).toBe(Infinity);
    expect(endless.cut(TIMEOUTS)).toEqual(TIMEOUTS);
    await expect(endless.within(NEVER, null, (signal) => Promise.resolve(signal))).resolves.toBe(NEVER);
  });

  it('ends a wait with an error that names the limit', async () => {
    const { clock, deadline: given } = deadline(1_000);
    const wait = expect(given.within(NEVER, null, untilAborted)).rejects.toMatchObject({
      status: 504,
      message: 'No whole answer within the 1000 ms that the caller gave.',
    });
    clock.advance(1_000);
    await wait;
  });

  it('leaves a wait to the caller who goes first', async () => {
    const { deadline: given } = deadline(1_000);
    const caller = new AbortController();
    const wait = expect(given.within(caller.signal, null, untilAborted)).rejects.toThrow('gone');
    caller.abort(new Error('gone'));
    await wait;
  });
});
