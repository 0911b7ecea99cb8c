import { describe, expect, it } from 'vitest';
import type { Override } from '../../../shared/domain/operations.ts';
import type { Clock } from '../../../electron/engine/clock.ts';
import { OverrideBook } from '../../../electron/engine/router/overrides.ts';

const START = 1_000_000;

/** A clock whose wall time and timers move only when told to. */
function handClock(): Clock & { advance: (ms: number) => void; setBack: (ms: number) => void; pending: () => number } {
  let wall = START;
  let monotonic = 0;
  const timers = new Set<{ due: number; callback: () => void }>();
  return {
    now: () => wall,
    monotonic: () => monotonic,
    after(ms, callback) {
      const timer = { due: monotonic + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    sleep: () => Promise.reject(new Error('not used')),
    advance(ms) {
      wall += ms;
      monotonic += ms;
      for (const timer of [...timers].filter(({ due }) => due <= monotonic)) {
        timers.delete(timer);
        timer.callback();
      }
    },
    setBack: (ms) => {
      wall -= ms;
    },
    pending: () => timers.size,
  };
}

function setUp(initial: Override | null = null) {
  const clock = handClock();
  const ended: string[] = [];
  const changes: (string | null)[] = [];
  let id = 10;
  const book = new OverrideBook({
    clock,
    storage: {
      saveOverride: (override) => ({ ...override, id: (id += 1) }),
      endOverride: (ofId, at, how) => void ended.push(`${ofId} ${how} ${at - START}`),
    },
    initial,
    onChange: (active) => void changes.push(active?.provider ?? null),
  });
  const set = (provider: string, seconds: number) =>
    book.set({ provider, ttl_seconds: seconds, reason: 'drill', operator: 'ada', scope: 'all' });
  return { clock, book, set, ended, changes };
}

describe('the override', () => {
  it('ends for good with the first look after its time, though the timer slept and the clock is set back', () => {
    const { clock, book, set, ended } = setUp();
    set('claude', 60);
    clock.setBack(-3_600_000);
    expect(book.active(clock.now())).toBeNull();
    expect(ended).toEqual(['11 expired 60000']);
    clock.setBack(3_600_000);
    expect(book.active(clock.now())).toBeNull();
    expect(clock.pending()).toBe(0);
  });

  it('is stored with who, why and until when', () => {
    const { set, book } = setUp();
    expect(set('claude', 60)).toEqual({
      id: 11,
      provider: 'claude',
      scope: 'all',
      reason: 'drill',
      operator: 'ada',
      created_at: START,
      expires_at: START + 60_000,
    });
    expect(book.active(START)?.provider).toBe('claude');
  });

  it('ends by itself when its time is up, not before', () => {
    const { clock, set, book, ended, changes } = setUp();
    set('claude', 60);
    clock.advance(59_999);
    expect(book.active(clock.now())).not.toBeNull();
    clock.advance(1);
    expect(book.active(clock.now())).toBeNull();
    expect(ended).toEqual(['11 expired 60000']);
    expect(changes).toEqual(['claude', null]);
  });

  it('is not in force a moment longer, even before its timer has rung', () => {
    const { set, book } = setUp();
    const { expires_at: end } = set('claude', 60);
    expect(book.active(end)).toBeNull();
  });

  it('lasts until its own time when the wall clock is set back', () => {
    const { clock, set, book } = setUp();
    set('claude', 60);
    clock.setBack(10_000);
    clock.advance(60_000);
    expect(book.active(clock.now())).not.toBeNull();
    clock.advance(10_000);
    expect(book.active(clock.now())).toBeNull();
  });

  it('is replaced by a newer one, whose own end alone counts', () => {
    const { clock, set, book, ended } = setUp();
    set('claude', 60);
    set('kimi', 600);
    expect(ended).toEqual(['11 released 0']);
    clock.advance(60_000);
    expect(book.active(clock.now())?.provider).toBe('kimi');
    expect(clock.pending()).toBe(1);
  });

  it('can be released once', () => {
    const { clock, set, book, ended, changes } = setUp();
    set('claude', 60);
    clock.advance(1_000);
    expect(book.release()?.provider).toBe('claude');
    expect(book.release()).toBeNull();
    clock.advance(60_000);
    expect(ended).toEqual(['11 released 1000']);
    expect(changes).toEqual(['claude', null]);
  });

  it('goes on after a restart for what is left of its time', () => {
    const initial = {
      id: 3,
      provider: 'claude',
      scope: 'all',
      reason: 'r',
      operator: 'o',
      created_at: 0,
      expires_at: START + 500,
    };
    const { clock, book, ended } = setUp(initial);
    expect(book.active(clock.now())).toEqual(initial);
    clock.advance(500);
    expect(ended).toEqual(['3 expired 500']);
  });

  it('that expired while nothing ran is ended at the start, at its own time', () => {
    const initial = {
      id: 3,
      provider: 'claude',
      scope: 'all',
      reason: 'r',
      operator: 'o',
      created_at: 0,
      expires_at: START - 500,
    };
    const { clock, book, ended } = setUp(initial);
    expect(book.active(clock.now())).toBeNull();
    expect(ended).toEqual(['3 expired -500']);
  });

  it('leaves no timer behind when it is closed, and stays stored', () => {
    const { clock, set, book, ended } = setUp();
    set('claude', 60);
    book.close();
    expect(clock.pending()).toBe(0);
    expect(ended).toEqual([]);
  });
});
