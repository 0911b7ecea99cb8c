import type { LiveMessage } from '../../shared/domain/live.ts';
import type { ConnectionState } from '../state/connection.ts';
import { createConsoleClient, type ConsoleClient, type ConsoleLink } from './client.ts';
import { ConsoleExpiredError, type ConsoleTransport, type OpenLine } from './transport.ts';

/** What the connection needs of its surroundings; passed in so that tests bring their own. */
export interface ConnectionHost {
  transport: ConsoleTransport;
  setState: (change: Partial<ConnectionState>) => void;
  /** A fresh reader for each subscription; answers `false` when a message was lost. */
  startFeed: () => (message: LiveMessage) => boolean;
  /** After a line that came back: everything cached may be old. */
  onReconnected: () => void;
  now: () => number;
  random: () => number;
}

/** A connection that is being kept up until it is stopped. */
export interface ConsoleConnection {
  client: ConsoleClient;
  /** Tries at once instead of waiting for the next attempt. */
  retryNow: () => void;
  stop: () => void;
}

const FIRST_DELAY_MS = 500;
const LONGEST_DELAY_MS = 15_000;
const EXPIRED_DELAY_MS = 30_000;
/** Gauges come once a second, so a line this quiet is dead even if nobody closed it. */
const SILENCE_MS = 10_000;
const CLOCK_TOLERANCE_MS = 2000;

/** Milliseconds before attempt `attempt` (1 is the first retry): doubling, half of it jitter, at most 15 s. */
export function retryDelay(attempt: number, random: () => number): number {
  const full = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(full / 2 + (full / 2) * random());
}

/**
 * Keeps one line to the gateway: opens it, follows the live stream, and after a break tries again with backoff, each time
 * with a new line and a new snapshot. A gap in the stream restarts the stream alone, on the same line.
 */
export function connectConsole(host: ConnectionHost): ConsoleConnection {
  const stopping = new AbortController();
  let line = Promise.withResolvers<ConsoleLink>();
  let wake: (() => void) | null = null;

  const client = createConsoleClient(() => line.promise);

  /** Gives everybody who waits the outcome, and everybody who comes later as well. */
  const settleLine = (outcome: ConsoleLink | Error) => {
    for (const waiting of [line, (line = Promise.withResolvers<ConsoleLink>())]) {
      waiting.promise.catch(() => undefined);
      if (outcome instanceof Error) waiting.reject(outcome);
      else waiting.resolve(outcome);
    }
  };

  const follow = async (open: OpenLine, reconnected: boolean): Promise<Error> => {
    settleLine(open.link);
    const ended = new AbortController();
    const quiet = silenceTimer(host.setState, host.now, (silence) => ended.abort(silence));
    const stream = followStream(client, host, quiet.heard, ended.signal, reconnected);
    const aborted = new Promise<Error>((resolve) => {
      ended.signal.addEventListener('abort', () => resolve(ended.signal.reason as Error));
    });
    const problem = await Promise.race([open.closed, stream, aborted]);
    quiet.stop();
    ended.abort(problem);
    open.close();
    return problem;
  };

  const run = async () => {
    let attempt = 0;
    let everLive = false;
    while (!stopping.signal.aborted) {
      let problem: Error;
      try {
        host.setState({ retryAt: null });
        const open = await host.transport.open(stopping.signal);
        stopping.signal.addEventListener('abort', () => open.close());
        const before = host.now();
        problem = await follow(open, everLive);
        everLive = true;
        // A line that held for a while starts the backoff anew; one that breaks at once goes on counting.
        if (host.now() - before > LONGEST_DELAY_MS) attempt = 0;
      } catch (error) {
        problem = error instanceof Error ? error : new Error(String(error));
      }
      if (stopping.signal.aborted) return;
      attempt += 1;
      settleLine(problem);
      const expired = problem instanceof ConsoleExpiredError;
      const delay = expired ? EXPIRED_DELAY_MS : retryDelay(attempt, host.random);
      host.setState({
        phase: expired ? 'expired' : 'lost',
        attempt,
        problem: problem.message,
        retryAt: host.now() + delay,
      });
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, delay);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      wake = null;
    }
  };

  void run();
  return {
    client,
    retryNow: () => wake?.(),
    stop: () => {
      stopping.abort();
      wake?.();
    },
  };
}

/** Follows the live stream until it ends for good; answers why. A lost message starts it again with a snapshot. */
async function followStream(
  client: ConsoleClient,
  host: ConnectionHost,
  heard: () => void,
  signal: AbortSignal,
  reconnected: boolean,
): Promise<Error> {
  let refresh = reconnected;
  try {
    while (!signal.aborted) {
      const accept = host.startFeed();
      let messagesHeard = 0;
      const messages = await client.live(undefined, { signal });
      for await (const message of messages) {
        heard();
        messagesHeard += 1;
        if (message.type === 'snapshot') {
          const offset = message.at - host.now();
          host.setState({
            phase: 'live',
            attempt: 0,
            problem: null,
            clockOffsetMs: Math.abs(offset) > CLOCK_TOLERANCE_MS ? offset : 0,
          });
          if (refresh) host.onReconnected();
          // After a gap within this line the cached answers may have missed something as well.
          refresh = true;
        }
        if (!accept(message)) break;
      }
      // A reader that fell behind is ended by the gateway and subscribes again; one that got nothing must not spin.
      if (messagesHeard === 0) break;
    }
    return new Error('The live stream ended.');
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function silenceTimer(setState: ConnectionHost['setState'], now: () => number, onSilence: (problem: Error) => void) {
  const arm = () => setTimeout(() => onSilence(new Error('The gateway has gone silent.')), SILENCE_MS);
  let timer = arm();
  return {
    heard: () => {
      clearTimeout(timer);
      timer = arm();
      setState({ lastMessageAt: now() });
    },
    stop: () => clearTimeout(timer),
  };
}
