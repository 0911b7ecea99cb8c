import { realTime, type SimulatorClock } from './clock.ts';
import { createRandom, exponential } from './random.ts';
import { nextCall, type TrafficCall } from './traffic-calls.ts';

export interface TrafficOptions {
  /** The gateway's base, such as `http://127.0.0.1:4180`. */
  gatewayUrl: string;
  /** The gateway's key where it asks for one. */
  key?: string | null;
  /** On average over the wave; 3.5 when left out. */
  requestsPerSecond?: number;
  /** Calls that would go beyond are not made; 60 when left out. */
  maxInFlight?: number;
  /** Lets a part of the calls use `/v1/messages`; off when left out. */
  anthropicDialect?: boolean;
  seed?: number;
  clock?: SimulatorClock;
}

/** What became of the calls so far. */
interface TrafficStats {
  sent: number;
  inFlight: number;
  answered: number;
  /** Answered with a status of 400 or more, or not at all. */
  failed: number;
  /** Left by the caller before the end. */
  left: number;
  /** Not made, because too many were in flight. */
  withheld: number;
}

export interface Traffic {
  stats(): TrafficStats;
  /** Makes no further calls, breaks off those in flight, and resolves when they are gone. */
  stop(): Promise<void>;
}

/** A day's rise and fall, pressed into three minutes, with a shorter ripple on it. Averages 1. */
export function waveAt(ms: number): number {
  return 1 + 0.35 * Math.sin((2 * Math.PI * ms) / 180_000) + 0.15 * Math.sin((2 * Math.PI * ms) / 47_000);
}

/** Sends calls to a gateway as its clients would: arrivals by chance, a mix of callers, until stopped. */
export function startTraffic(options: TrafficOptions): Traffic {
  const clock = options.clock ?? realTime;
  const random = createRandom(options.seed ?? 1);
  const rate = options.requestsPerSecond ?? 3.5;
  const stats: TrafficStats = { sent: 0, inFlight: 0, answered: 0, failed: 0, left: 0, withheld: 0 };
  const stopping = new AbortController();
  const flights = new Set<Promise<void>>();
  const begun = clock.monotonic();

  const launch = (call: TrafficCall): void => {
    if (stats.inFlight >= (options.maxInFlight ?? 60)) {
      stats.withheld += 1;
      return;
    }
    stats.sent += 1;
    stats.inFlight += 1;
    const flight = fly(call, options, clock, stopping.signal)
      .then((outcome) => {
        stats[outcome] += 1;
      })
      .finally(() => {
        stats.inFlight -= 1;
        flights.delete(flight);
      });
    flights.add(flight);
  };

  const arrivals = async (): Promise<void> => {
    for (;;) {
      const mean = 1000 / (rate * waveAt(clock.monotonic() - begun));
      await clock.sleep(exponential(random, mean), stopping.signal);
      launch(nextCall(random, { anthropicDialect: options.anthropicDialect ?? false }));
    }
  };
  const ended = arrivals().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error;
  });

  return {
    stats: () => ({ ...stats }),
    async stop() {
      stopping.abort(new Error('The traffic is stopped.'));
      await ended;
      await Promise.all(flights);
    },
  };
}

/** Makes one call and reads its answer to the end. Never rejects: a failed call is an outcome. */
async function fly(
  call: TrafficCall,
  options: TrafficOptions,
  clock: SimulatorClock,
  stopped: AbortSignal,
): Promise<'answered' | 'failed' | 'left'> {
  const leaving = new AbortController();
  const done = new AbortController();
  const signal = AbortSignal.any([leaving.signal, stopped]);
  if (call.leavesAfterMs !== null) {
    clock.sleep(call.leavesAfterMs, done.signal).then(
      () => leaving.abort(),
      () => undefined,
    );
  }
  try {
    const response = await fetch(options.gatewayUrl + call.path, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(options.key ? { authorization: `Bearer ${options.key}` } : {}),
        ...call.headers,
      },
      body: JSON.stringify(call.body),
      signal,
    });
    await response.text();
    return response.ok ? 'answered' : 'failed';
  } catch {
    return signal.aborted ? 'left' : 'failed';
  } finally {
    done.abort();
  }
}
