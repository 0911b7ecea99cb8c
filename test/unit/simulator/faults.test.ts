import { describe, expect, it } from 'vitest';
import type { SimulatorClock } from '../../../electron/simulator/clock.ts';
import { Faults, type FaultInput, type FaultSubject } from '../../../electron/simulator/faults.ts';
import { Batch, createPace, INSTANT, QueueFull } from '../../../electron/simulator/pace.ts';
import { createRandom } from '../../../electron/simulator/random.ts';
import { RateWindow } from '../../../electron/simulator/rate-window.ts';

function handClock(): SimulatorClock & { advance(ms: number): void } {
  let now = 0;
  return {
    now: () => now,
    monotonic: () => now,
    sleep: async () => undefined,
    advance(ms) {
      now += ms;
    },
  };
}

const request: FaultSubject = { path: 'inference', model: 'a', streamed: true, reusedSocket: false };

function faultsWith(
  inputs: FaultInput[],
  clock = handClock(),
): { faults: Faults; clock: ReturnType<typeof handClock> } {
  const faults = new Faults(clock, createRandom(1));
  faults.set(inputs);
  return { faults, clock };
}

describe('faults', () => {
  it('strike as many times as they say, then are gone', () => {
    const { faults } = faultsWith([{ kind: 'overloaded', times: 2 }]);
    const kinds = [1, 2, 3].map(() => faults.strike(request).fault?.kind ?? null);
    expect(kinds).toEqual(['overloaded', 'overloaded', null]);
    expect(faults.list()).toEqual([]);
  });

  const scoped: [string, FaultInput, Partial<FaultSubject>, boolean][] = [
    ['another model', { kind: 'silence', match: { model: 'b' } }, {}, false],
    ['its model', { kind: 'silence', match: { model: 'a' } }, {}, true],
    [
      'a whole answer when meant for streams',
      { kind: 'silence', match: { streamed: true } },
      { streamed: false },
      false,
    ],
    ['a health check', { kind: 'status', status: 500 }, { path: 'health' }, false],
    ['a health check when it lies', { kind: 'health', status: 503 }, { path: 'health' }, true],
    ['a request when only the health check lies', { kind: 'health', status: 503 }, {}, false],
    ['the model list when the key is wrong', { kind: 'wrong_key' }, { path: 'list' }, true],
    ['everything while loading', { kind: 'loading' }, { path: 'health' }, true],
    ['a fresh socket', { kind: 'reset_before_headers', only_reused_socket: true }, {}, false],
    ['a reused socket', { kind: 'reset_before_headers', only_reused_socket: true }, { reusedSocket: true }, true],
  ];
  it.each(scoped)('on %s', (_, fault, subject, strikes) => {
    expect(faultsWith([fault]).faults.strike({ ...request, ...subject }).fault !== null).toBe(strikes);
  });

  it('of the first kind that fits win, and slowness adds up', () => {
    const { faults } = faultsWith([
      { kind: 'slow_down', factor: 2 },
      { kind: 'cut', after_tokens: 4, times: 1 },
      { kind: 'stall', after_tokens: 4 },
      { kind: 'slow_down', factor: 3 },
      { kind: 'slow_first_token', delay_ms: 50 },
    ]);
    expect(faults.strike(request)).toMatchObject({ fault: { kind: 'cut' }, slowdown: 6, extraFirstTokenMs: 50 });
    expect(faults.strike(request)).toMatchObject({ fault: { kind: 'stall' } });
  });

  it('flap on schedule, faulty first', () => {
    const { faults, clock } = faultsWith([{ kind: 'overloaded', flapping: { faulty_ms: 10, healthy_ms: 20 } }]);
    const seen: boolean[] = [];
    for (let step = 0; step < 7; step += 1) {
      seen.push(faults.strike(request).fault !== null);
      clock.advance(5);
    }
    expect(seen).toEqual([true, true, false, false, false, false, true]);
  });

  it('strike by chance as often as they say', () => {
    const { faults } = faultsWith([{ kind: 'overloaded', probability: 0.3 }]);
    const hits = Array.from({ length: 2000 }, () => faults.strike(request).fault).filter(Boolean).length;
    expect(hits).toBeGreaterThan(540);
    expect(hits).toBeLessThan(660);
  });

  it('that are not well-formed are refused and change nothing', () => {
    const { faults } = faultsWith([{ kind: 'overloaded' }]);
    expect(() => faults.set([{ kind: 'status', status: 99 }])).toThrow(/status/);
    expect(faults.list()).toHaveLength(1);
  });
});

describe('the batch', () => {
  it('lets the waiting in as others leave, in order, and forgets those who gave up', async () => {
    const batch = new Batch(1, 2);
    const stay = new AbortController().signal;
    const leaves = new AbortController();
    await batch.enter(stay);
    const order: string[] = [];
    const gaveUp = expect(batch.enter(leaves.signal)).rejects.toThrow('gone');
    const second = batch.enter(stay).then(() => order.push('second'));
    await expect(batch.enter(stay)).rejects.toThrow(QueueFull);
    leaves.abort(new Error('gone'));
    await gaveUp;
    const third = batch.enter(stay).then(() => order.push('third'));
    expect(batch.waiting).toBe(2);
    batch.leave();
    await second;
    batch.leave();
    await third;
    expect(order).toEqual(['second', 'third']);
    batch.leave();
    expect([batch.running, batch.waiting]).toEqual([0, 0]);
  });
});

describe('the pace', () => {
  it('slows with the load and with a fault, and is instant where told so', () => {
    const steady = {
      firstTokenMedianMs: 100,
      firstTokenP95Ms: 100,
      tokensPerSecond: 50,
      jitter: 0,
      loadSlowdown: 1,
      tokensPerEvent: 2,
    };
    const pace = createPace(steady, createRandom(1));
    expect([pace.eventGapMs(0, 1, 2), pace.eventGapMs(1, 1, 2), pace.eventGapMs(0.5, 3, 1)]).toEqual([40, 80, 90]);
    expect([pace.firstTokenMs(0, 1), pace.firstTokenMs(1, 2)]).toEqual([100, 400]);
    const instant = createPace(INSTANT, createRandom(1));
    expect([instant.firstTokenMs(1, 3), instant.eventGapMs(1, 3, 5)]).toEqual([0, 0]);
  });
});

describe('the rate window', () => {
  it('runs out, tells how long to wait, and fills up again', () => {
    const clock = handClock();
    const rate = new RateWindow({ requestsPerMinute: 2, tokensPerMinute: 100 }, clock);
    expect([rate.take(10), rate.take(10)]).toEqual([null, null]);
    expect(rate.take(10)).toBe(30);
    expect(rate.headers('openai')).toMatchObject({
      'x-ratelimit-remaining-requests': '0',
      'x-ratelimit-reset-requests': '1m0s',
      'x-ratelimit-remaining-tokens': '80',
      'x-ratelimit-reset-tokens': '12s',
    });
    expect(rate.headers('anthropic')['anthropic-ratelimit-requests-reset']).toBe('1970-01-01T00:01:00Z');
    clock.advance(30_000);
    expect(rate.take(10)).toBeNull();
  });
});
