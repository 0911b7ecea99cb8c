import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  breakerStatus,
  newBreaker,
  nextBreakerChangeMs,
  type Breaker,
  type BreakerConfig,
  type Moment,
} from '../../../electron/engine/health/breaker-state.ts';
import { askBreaker, reduceBreaker, type BreakerEvent } from '../../../electron/engine/health/breaker.ts';
import { FAILURE_CLASSES, type FailureClass } from '../../../shared/domain/failure.ts';

const config: BreakerConfig = {
  failures: 3,
  errorRate: 0.5,
  windowMs: 60_000,
  openMs: 10_000,
  rampMs: 20_000,
  probed: true,
};
const WALL = Date.UTC(2026, 0, 5, 3, 12, 0);

/** Drives one breaker along a time line of its own. */
class Drive {
  breaker: Breaker;
  at: Moment = { wall: WALL, monotonic: 0 };
  readonly config: BreakerConfig;

  constructor(change: Partial<BreakerConfig> = {}) {
    this.config = { ...config, ...change };
    this.breaker = newBreaker(this.at);
  }

  wait(ms: number): this {
    this.at = { wall: this.at.wall + ms, monotonic: this.at.monotonic + ms };
    return this.do({ type: 'tick' });
  }

  do(event: BreakerEvent): this {
    this.breaker = reduceBreaker(this.breaker, event, this.at, this.config);
    return this;
  }

  ask(draw = 0): ReturnType<typeof askBreaker>['answer'] {
    const { breaker, answer } = askBreaker(this.breaker, draw, this.at, this.config);
    this.breaker = breaker;
    return answer;
  }

  /** Admits one request and fails it. */
  fail(failureClass: FailureClass = 'server_error', change: { retryAfterMs?: number; counts?: boolean } = {}): this {
    const answer = this.ask();
    const admitted = answer.admitted ? answer : { epoch: this.breaker.epoch, trial: false };
    return this.do(failure(failureClass, admitted, change));
  }

  succeed(): this {
    const answer = this.ask();
    if (!answer.admitted) throw new Error(`not admitted: ${answer.reason}`);
    return this.do({ type: 'success', epoch: answer.epoch, trial: answer.trial });
  }

  get status(): ReturnType<typeof breakerStatus> {
    return breakerStatus(this.breaker, this.at, this.config);
  }
}

function failure(
  failureClass: FailureClass,
  admitted: { epoch: number; trial: boolean },
  change: { retryAfterMs?: number; counts?: boolean } = {},
): BreakerEvent {
  return {
    type: 'failure',
    class: failureClass,
    message: 'it broke',
    retryAfterMs: change.retryAfterMs ?? null,
    countsAgainstHealth: change.counts ?? true,
    draw: 0.5,
    epoch: admitted.epoch,
    trial: admitted.trial,
  };
}

const opened = (change: Partial<BreakerConfig> = {}): Drive => new Drive(change).fail().fail().fail();

describe('opening', () => {
  it('opens after the configured failures in a row and says why and until when', () => {
    const drive = new Drive().fail().fail();
    expect(drive.status.state).toBe('closed');
    drive.fail();
    expect(drive.status).toEqual({
      state: 'open',
      reason: '3 failures in a row, the last: it broke',
      since: WALL,
      retry_at: WALL + 10_000,
      admitted_share: 0,
      cooling_until: null,
    });
    expect(drive.ask()).toMatchObject({ admitted: false, retryAtMs: WALL + 10_000 });
  });

  it('starts the row anew after a success', () => {
    expect(new Drive().fail().fail().succeed().fail().fail().status.state).toBe('closed');
  });

  it('opens on the error rate of the window, but never over fewer than ten samples', () => {
    const drive = new Drive({ failures: 100 });
    for (let pair = 0; pair < 4; pair += 1) drive.succeed().fail();
    drive.succeed();
    expect(drive.status.state).toBe('closed');
    drive.fail();
    expect(drive.status.state).toBe('open');
    expect(drive.status.reason).toBe('50 % of recent requests failed, the last: it broke');
  });

  it('forgets errors that have left the window', () => {
    const drive = new Drive({ failures: 100 });
    for (let pair = 0; pair < 4; pair += 1) drive.succeed().fail();
    drive.wait(61_000).succeed().fail();
    expect(drive.status.state).toBe('closed');
  });

  it.each<FailureClass>(['invalid_request', 'context_overflow', 'content_filtered', 'cancelled'])(
    'never opens for %s, which is the request’s own fault',
    (failureClass) => {
      const drive = new Drive();
      for (let count = 0; count < 50; count += 1) drive.fail(failureClass);
      expect(drive.status.state).toBe('closed');
    },
  );

  it('never opens for a timeout that the caller’s own shorter limit caused', () => {
    const drive = new Drive();
    for (let count = 0; count < 50; count += 1) drive.fail('timeout', { counts: false });
    expect(drive.status.state).toBe('closed');
  });

  it('does not wait longer because requests that were under way fail too', () => {
    const drive = new Drive();
    const admitted = [drive.ask(), drive.ask(), drive.ask(), drive.ask(), drive.ask()];
    for (const answer of admitted) {
      if (answer.admitted) drive.do(failure('server_error', answer));
      drive.wait(100);
    }
    expect(drive.status.retry_at).toBe(WALL + 200 + 10_000);
    expect(drive.breaker.timesOpened).toBe(1);
  });
});

describe('recovering', () => {
  it('half-opens after its wait, with one trial in flight', () => {
    const drive = opened().wait(10_000);
    expect(drive.status.state).toBe('half_open');
    expect(drive.ask()).toMatchObject({ admitted: true, trial: true });
    expect(drive.ask()).toMatchObject({ admitted: false, reason: 'recovering: one trial request is in flight' });
  });

  it('gives the trial to the next one when the first is withdrawn or fails by its own fault', () => {
    const drive = opened().wait(10_000);
    drive.do({ type: 'withdrawn', epoch: drive.breaker.epoch, trial: drive.ask().admitted });
    expect(drive.ask()).toMatchObject({ admitted: true, trial: true });
    drive.do(failure('invalid_request', { epoch: drive.breaker.epoch, trial: true }));
    expect(drive.status.state).toBe('half_open');
    expect(drive.ask()).toMatchObject({ admitted: true, trial: true });
  });

  it('is not held up by a trial that streams for as long as the breaker stays open', () => {
    const drive = opened().wait(10_000);
    drive.ask();
    drive.wait(9_999);
    expect(drive.ask().admitted).toBe(false);
    drive.wait(1);
    expect(drive.ask()).toMatchObject({ admitted: true, trial: true });
  });

  it('ramps from a tenth to the full share after a good trial', () => {
    const drive = opened().wait(10_000).succeed();
    expect(drive.status).toMatchObject({ state: 'closed', admitted_share: 0.1 });
    expect(drive.ask(0.09).admitted).toBe(true);
    expect(drive.ask(0.1)).toMatchObject({ admitted: false, reason: 'recovering: 10 % of requests are admitted' });
    drive.wait(10_000);
    expect(drive.status.admitted_share).toBe(0.5);
    drive.wait(10_000);
    expect(drive.status).toMatchObject({ state: 'closed', admitted_share: 1, reason: null });
    expect(drive.ask(0.999).admitted).toBe(true);
  });

  it('waits twice as long after each failed trial, up to eight times', () => {
    const drive = opened();
    const waits = [10_000, 20_000, 40_000, 80_000, 80_000];
    for (const wait of waits) {
      expect((drive.status.retry_at ?? 0) - drive.at.wall).toBe(wait);
      drive.wait(wait).fail();
    }
  });

  it('forgets earlier openings only once the ramp is over', () => {
    const drive = opened().wait(10_000).succeed().wait(5_000).fail().fail().fail();
    expect((drive.status.retry_at ?? 0) - drive.at.wall).toBe(20_000);
    drive.wait(20_000).succeed().wait(20_000).fail().fail().fail();
    expect((drive.status.retry_at ?? 0) - drive.at.wall).toBe(10_000);
  });

  it('does not let outcomes from before the outage decide', () => {
    const drive = new Drive();
    const before = drive.ask();
    drive.fail().fail().fail().wait(10_000);
    if (before.admitted) drive.do({ type: 'success', epoch: before.epoch, trial: before.trial });
    expect(drive.status.state).toBe('half_open');
    drive.succeed();
    for (let count = 0; count < 5; count += 1) {
      if (before.admitted) drive.do(failure('timeout', before));
    }
    expect(drive.status.state).toBe('closed');
  });
});

describe('probes', () => {
  const good = (drive: Drive, startedAt = drive.at.monotonic): Drive =>
    drive.do({ type: 'probe_good', startedAt, paid: false });

  it('half-open at once when good again after the server was unreachable', () => {
    const drive = new Drive().fail('unreachable').fail('unreachable').fail('unreachable').wait(1_000);
    expect(good(drive).status.state).toBe('half_open');
  });

  it('do not cut the wait short after errors that a health page does not see', () => {
    expect(good(opened().wait(1_000)).status.state).toBe('open');
  });

  it('do not count when they were under way as the breaker opened', () => {
    const drive = new Drive().wait(500).fail('unreachable').fail('unreachable').fail('unreachable').wait(10);
    expect(good(drive, 400).status.state).toBe('open');
  });

  it('open the breaker when bad, hold it open whatever the time, and half-open it when good', () => {
    const drive = new Drive().do({ type: 'probe_bad', reason: 'connection refused' }).wait(3_600_000);
    expect(drive.status).toMatchObject({ state: 'open', reason: 'connection refused', retry_at: null });
    expect(drive.ask()).toMatchObject({ reason: 'connection refused; out until a probe is good' });
    expect(good(drive).status.state).toBe('half_open');
  });

  it('hold an already open breaker when bad', () => {
    const drive = opened().wait(1_000).do({ type: 'probe_bad', reason: 'no answer' }).wait(100_000);
    expect(drive.status.state).toBe('open');
    expect(good(drive).status.state).toBe('half_open');
  });

  it('close it after an outage without any traffic to try, with a ramp', () => {
    const drive = new Drive().do({ type: 'probe_bad', reason: 'connection refused' }).wait(1_000);
    good(drive).wait(5_000);
    good(drive).wait(5_000);
    expect(drive.status.state).toBe('half_open');
    good(drive);
    expect(drive.status).toMatchObject({ state: 'closed', admitted_share: 0.1 });
  });
});

describe('out until mended', () => {
  it.each<[FailureClass, string]>([
    ['unauthorized', 'the provider refuses our key: it broke'],
    ['exhausted', "the provider's own credit or spend limit is used up: it broke"],
    ['model_missing', 'the provider does not have the model: it broke'],
  ])('%s takes the provider out at once, for good', (failureClass, reason) => {
    const drive = new Drive().fail(failureClass).wait(3_600_000);
    expect(drive.status).toMatchObject({ state: 'open', reason, retry_at: null });
    expect(drive.ask()).toMatchObject({ reason: `${reason}; out until a probe is good or an operator resets it` });
  });

  it('comes back for trial when a probe shows that the key works', () => {
    const drive = new Drive().fail('unauthorized').wait(5);
    expect(drive.do({ type: 'probe_good', startedAt: 5, paid: false }).status.state).toBe('half_open');
  });

  it('believes a free probe about credit only after the wait, a paid one at once', () => {
    const early = new Drive().fail('exhausted').wait(5);
    expect(early.do({ type: 'probe_good', startedAt: 5, paid: false }).status.state).toBe('open');
    expect(early.do({ type: 'probe_good', startedAt: 5, paid: true }).status.state).toBe('half_open');
    const late = new Drive().fail('exhausted').wait(10_000);
    expect(late.do({ type: 'probe_good', startedAt: 10_000, paid: false }).status.state).toBe('half_open');
  });

  it('waits for time alone where nobody probes', () => {
    expect(new Drive({ probed: false }).fail('exhausted').wait(10_000).status.state).toBe('half_open');
  });

  it('comes back at once when an operator resets it', () => {
    const drive = new Drive().fail('exhausted').do({ type: 'reset' });
    expect(drive.status).toMatchObject({ state: 'closed', admitted_share: 1, reason: null });
  });
});

describe('cooling', () => {
  it('leaves the provider alone for as long as it says, and is no failure', () => {
    const drive = new Drive().fail('rate_limited', { retryAfterMs: 7_000 });
    expect(drive.status).toMatchObject({ state: 'closed', cooling_until: WALL + 7_000 });
    expect(drive.ask()).toMatchObject({ admitted: false, retryAtMs: WALL + 7_000 });
    expect(drive.wait(7_000).ask().admitted).toBe(true);
  });

  it('is never shortened by a later, shorter hint', () => {
    const drive = new Drive();
    const [first, second] = [drive.ask(), drive.ask()];
    if (first.admitted) drive.do(failure('rate_limited', first, { retryAfterMs: 60_000 }));
    if (second.admitted) drive.do(failure('rate_limited', second, { retryAfterMs: 1_000 }));
    expect(drive.status.cooling_until).toBe(WALL + 60_000);
  });

  it('lasts one second without a hint, then two, four…, and one again after a success', () => {
    const drive = new Drive();
    for (const wait of [1_000, 2_000, 4_000, 8_000]) {
      drive.fail('rate_limited');
      expect((drive.status.cooling_until ?? 0) - drive.at.wall).toBe(wait);
      drive.wait(wait);
    }
    drive.succeed().fail('rate_limited');
    expect((drive.status.cooling_until ?? 0) - drive.at.wall).toBe(1_000);
  });

  it('is ended by an operator’s reset', () => {
    const drive = new Drive().fail('rate_limited', { retryAfterMs: 60_000 }).do({ type: 'reset' });
    expect(drive.ask().admitted).toBe(true);
  });

  it('leaves the trial to the next one when the trial was rate limited', () => {
    const drive = opened().wait(10_000).fail('rate_limited', { retryAfterMs: 1_000 });
    expect(drive.status).toMatchObject({ state: 'half_open' });
    expect(drive.ask().admitted).toBe(false);
    expect(drive.wait(1_000).ask()).toMatchObject({ admitted: true, trial: true });
  });

  it('also follows the hint of an overloaded provider, which counts as a failure besides', () => {
    const drive = new Drive().fail('overloaded', { retryAfterMs: 3_000 });
    expect(drive.status.cooling_until).toBe(WALL + 3_000);
    expect(drive.breaker.failuresInRow).toBe(1);
  });
});

describe('under any sequence of events', () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 30_000 }) }),
    fc.record({ kind: fc.constant('ask' as const) }),
    fc.record({ kind: fc.constant('succeed' as const) }),
    fc.record({ kind: fc.constant('fail' as const), class: fc.constantFrom(...FAILURE_CLASSES) }),
    fc.record({ kind: fc.constant('good' as const) }),
    fc.record({ kind: fc.constant('bad' as const) }),
    fc.record({ kind: fc.constant('reset' as const) }),
  );

  it('keeps its shares, times and single trial in order', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const drive = new Drive();
        let cooling: number | null = null;
        for (const one of steps) {
          const running = drive.breaker.trialSince;
          switch (one.kind) {
            case 'wait':
              drive.wait(one.ms);
              break;
            case 'ask': {
              const answer = drive.ask(0.5);
              const free = running === null || drive.at.monotonic - running >= drive.config.openMs;
              if (answer.admitted && answer.trial) expect(free).toBe(true);
              if (answer.admitted) expect(drive.breaker.phase).not.toBe('open');
              break;
            }
            case 'succeed':
              drive.do({ type: 'success', epoch: drive.breaker.epoch, trial: true });
              break;
            case 'fail':
              drive.fail(one.class);
              break;
            case 'good':
              drive.do({ type: 'probe_good', startedAt: drive.at.monotonic, paid: false });
              break;
            case 'bad':
              drive.do({ type: 'probe_bad', reason: 'down' });
              break;
            case 'reset':
              drive.do({ type: 'reset' });
              cooling = null;
              break;
          }
          const { status } = drive;
          expect(status.admitted_share).toBeGreaterThanOrEqual(0);
          expect(status.admitted_share).toBeLessThanOrEqual(1);
          expect(status.admitted_share > 0).toBe(status.state === 'closed');
          if (cooling !== null && drive.at.wall < cooling) {
            expect(status.cooling_until).toBeGreaterThanOrEqual(cooling);
          }
          cooling = status.cooling_until;
          const next = nextBreakerChangeMs(drive.breaker, drive.at, drive.config);
          if (next !== null) expect(next).toBeGreaterThan(0);
        }
      }),
    );
  });
});
