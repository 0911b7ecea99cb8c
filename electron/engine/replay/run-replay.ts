import { setImmediate as nextTurn } from 'node:timers/promises';
import type { HealthTransition } from '../../../shared/domain/provider.ts';
import type { ReplayResult } from '../../../shared/domain/replay.ts';
import type { Environment, Registry } from '../registry/types.ts';
import type { StoreReader } from '../store/types.ts';
import type { TimeRange } from '../store/time-range.ts';
import { Replay } from './replay.ts';

/** Requests read at once: a page is read in a few milliseconds, so that other queries do not wait for it. */
const PAGE = 1000;
/** Requests decided before other work gets its turn: well below a millisecond or two of the event loop. */
const SLICE = 20;
/** Latency samples kept, over all providers. */
const MOST_SAMPLES = 20_000;

export interface ReplayOrder {
  reader: Pick<StoreReader, 'recordedRequests' | 'latencySamples' | 'healthTransitions'>;
  range: TimeRange;
  registry: Registry;
  environment: Environment;
  /** See `ReplaySetup`. */
  recordedUnder: Registry | null;
  signal?: AbortSignal | undefined;
}

/**
 * Replays a range of the stored traffic, in slices between which the event loop goes on with its other work. Throws the
 * signal's reason when it is stopped before its end.
 */
export async function runReplay({ reader, range, signal, ...order }: ReplayOrder): Promise<ReplayResult> {
  const samples = await reader.latencySamples(range, MOST_SAMPLES);
  const run = new Replay({ ...order, range, samples, health: await recordedHealth(reader, range, order.registry) });
  let after: { at: number; id: string } | null = null;
  for (;;) {
    const page = await reader.recordedRequests(range, after, PAGE);
    for (let start = 0; start < page.length; start += SLICE) {
      for (const request of page.slice(start, start + SLICE)) run.add(request);
      await nextTurn();
      signal?.throwIfAborted();
    }
    const last = page.at(-1);
    if (!last || page.length < PAGE) return run.result();
    after = { at: last.at, id: last.id };
  }
}

/** From the beginning of the records on, as the last transition before the range says how it begins. */
async function recordedHealth(
  reader: ReplayOrder['reader'],
  { until }: TimeRange,
  registry: Registry,
): Promise<ReadonlyMap<string, readonly HealthTransition[]>> {
  const transitions = new Map<string, readonly HealthTransition[]>();
  for (const { name } of registry.providers) {
    const found = await reader.healthTransitions(name, { since: 0, until });
    transitions.set(
      name,
      found.toSorted((left, right) => left.at - right.at || left.id - right.id),
    );
  }
  return transitions;
}
