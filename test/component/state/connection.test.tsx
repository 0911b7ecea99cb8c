import type { ClientContext, ClientLink } from '@orpc/client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LiveMessage } from '../../../shared/domain/live.ts';
import {
  connectConsole,
  retryDelay,
  type ConnectionHost,
  type ConsoleConnection,
} from '../../../renderer/api/connection.ts';
import { ConsoleExpiredError, EXPIRED_MESSAGE, type OpenLine } from '../../../renderer/api/transport.ts';
import { initialConnection, type ConnectionState } from '../../../renderer/state/connection.ts';
import { aStatus } from '../../support/console-fixtures.ts';

/** A line whose live streams the test feeds by hand. */
function aLine() {
  const closed = Promise.withResolvers<Error>();
  const streams: { push: (message: LiveMessage) => void; end: () => void }[] = [];
  const link: ClientLink<ClientContext> = {
    call: async (path) => {
      if (path.join('.') === 'quotas') return { at: 1, quotas: [] };
      const queue: LiveMessage[] = [];
      let wake: (() => void) | null = null;
      let done = false;
      streams.push({
        push: (message) => {
          queue.push(message);
          wake?.();
        },
        end: () => {
          done = true;
          wake?.();
        },
      });
      return (async function* () {
        for (;;) {
          const message = queue.shift();
          if (message) yield message;
          else if (done) return;
          else await new Promise<void>((resolve) => (wake = resolve));
        }
      })();
    },
  };
  const line: OpenLine = { link, closed: closed.promise, close: vi.fn<() => void>() };
  return { line, streams, breakWith: (error: Error) => closed.resolve(error) };
}

const snapshot = (): LiveMessage => ({
  type: 'snapshot',
  seq: 0,
  at: Date.now(),
  status: aStatus(Date.now()),
  requests: [],
  open_episodes: [],
  call_site_quotas: [],
});

let connection: ConsoleConnection;
let state: ConnectionState;
const settle = () => vi.advanceTimersByTimeAsync(0);

function connect(open: ConnectionHost['transport']['open'], accept: (message: LiveMessage) => boolean = () => true) {
  const onReconnected = vi.fn<() => void>();
  const startFeed = vi.fn<() => (message: LiveMessage) => boolean>(() => accept);
  connection = connectConsole({
    transport: { name: 'test', open },
    setState: (change) => {
      state = { ...state, ...change };
    },
    startFeed,
    onReconnected,
    now: Date.now,
    random: () => 1,
  });
  return { onReconnected, startFeed };
}

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2026, 10, 20) });
  state = initialConnection;
});

afterEach(() => {
  connection.stop();
  vi.useRealTimers();
});

describe('the connection', () => {
  it('is live with the snapshot, and calls made before it are answered', async () => {
    const { line, streams } = aLine();
    const opened = Promise.withResolvers<OpenLine>();
    connect(() => opened.promise);
    const early = connection.client.quotas();
    expect(state.phase).toBe('connecting');
    opened.resolve(line);
    await settle();
    streams[0]?.push(snapshot());
    await settle();
    expect(state).toMatchObject({ phase: 'live', problem: null, lastMessageAt: Date.now(), clockOffsetMs: 0 });
    await expect(early).resolves.toEqual({ at: 1, quotas: [] });
  });

  it("takes over the gateway's clock where it is more than two seconds off", async () => {
    const { line, streams } = aLine();
    connect(async () => line);
    await settle();
    streams[0]?.push({ ...snapshot(), at: Date.now() + 90_000 });
    await settle();
    expect(state.clockOffsetMs).toBe(90_000);
  });

  it('says that it is lost, fails calls with the reason, tries again, and then renews what is cached', async () => {
    const [first, second] = [aLine(), aLine()];
    const lines = [first.line, second.line];
    const { onReconnected } = connect(async () => lines.shift() ?? first.line);
    await settle();
    first.streams[0]?.push(snapshot());
    await settle();
    first.breakWith(new Error('The gateway closed the connection.'));
    await settle();
    expect(state).toMatchObject({
      phase: 'lost',
      attempt: 1,
      problem: 'The gateway closed the connection.',
      retryAt: Date.now() + 500,
    });
    expect(first.line.close).toHaveBeenCalled();
    await expect(connection.client.quotas()).rejects.toThrow('The gateway closed the connection.');
    expect(onReconnected).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(500);
    second.streams[0]?.push(snapshot());
    await settle();
    expect(state.phase).toBe('live');
    expect(onReconnected).toHaveBeenCalledTimes(1);
  });

  it('counts attempts that fail, and tries at once when asked', async () => {
    const open = vi.fn<ConnectionHost['transport']['open']>(() =>
      Promise.reject(new Error('The gateway cannot be reached.')),
    );
    connect(open);
    await settle();
    await vi.advanceTimersByTimeAsync(500);
    expect(state).toMatchObject({ phase: 'lost', attempt: 2 });
    expect(open).toHaveBeenCalledTimes(2);
    connection.retryNow();
    await settle();
    expect(open).toHaveBeenCalledTimes(3);
  });

  it('tells an expired link from a lost one', async () => {
    connect(() => Promise.reject(new ConsoleExpiredError(EXPIRED_MESSAGE)));
    await settle();
    expect(state).toMatchObject({ phase: 'expired', problem: EXPIRED_MESSAGE });
  });

  it('subscribes again on the same line after a lost message', async () => {
    const { line, streams } = aLine();
    const { startFeed } = connect(
      async () => line,
      (message) => message.type === 'snapshot',
    );
    await settle();
    streams[0]?.push(snapshot());
    streams[0]?.push({ type: 'status', seq: 5, at: Date.now(), status: aStatus(Date.now()) });
    await settle();
    expect(startFeed).toHaveBeenCalledTimes(2);
    expect(streams).toHaveLength(2);
    expect(state.phase).toBe('live');
  });

  it('subscribes again when the gateway ended a reader that fell behind, but does not spin on an empty stream', async () => {
    const { line, streams } = aLine();
    connect(async () => line);
    await settle();
    streams[0]?.push(snapshot());
    streams[0]?.end();
    await settle();
    expect(streams).toHaveLength(2);
    streams[1]?.end();
    await settle();
    expect(streams).toHaveLength(2);
    expect(state.phase).toBe('lost');
  });

  it('gives up a line that has gone silent', async () => {
    const { line, streams } = aLine();
    connect(async () => line);
    await settle();
    streams[0]?.push(snapshot());
    await vi.advanceTimersByTimeAsync(9_000);
    expect(state.phase).toBe('live');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(state).toMatchObject({ phase: 'lost', problem: 'The gateway has gone silent.' });
  });
});

describe('the delay before an attempt', () => {
  it('doubles up to fifteen seconds, and half of it is jitter', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => retryDelay(attempt, () => 1))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000,
    ]);
    expect(retryDelay(3, () => 0)).toBe(1000);
  });
});
