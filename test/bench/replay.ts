import { parseRegistry } from '../../electron/engine/registry/load.ts';
import type { Registry } from '../../electron/engine/registry/types.ts';
import { replay } from '../../electron/engine/replay/replay.ts';
import { ENVIRONMENT, recordedDay, REGISTRY } from '../support/replay-fixtures.ts';
import type { Benchmark } from './types.ts';

/** A busy day. */
const REQUESTS = 100_000;
/** The whole day must replay in this time; as a ratio it would hold for no machine, so it is a limit of its own. */
const MOST_MS = 10_000;
const ROUNDS = 3;

function registry(): Registry {
  const result = parseRegistry(REGISTRY, { environment: ENVIRONMENT, path: null });
  if (!result.ok) throw new Error('The registry of the replay does not hold.');
  return result.registry;
}

function timed(work: () => void): number {
  const startedAt = performance.now();
  work();
  return performance.now() - startedAt;
}

export const replays: Benchmark = {
  name: 'replay',
  question: 'How long does a day of 100,000 recorded requests take to replay against another registry?',
  baseline: 'parsing the same rows from JSON, once',
  run() {
    const { requests, samples, range } = recordedDay(REQUESTS);
    const lines = requests.map((request) => JSON.stringify(request));
    const tried = registry();
    const setup = { registry: tried, environment: ENVIRONMENT, health: new Map(), samples, range, recordedUnder: null };
    const rounds = Array.from({ length: ROUNDS }, () => ({
      subject: timed(() => {
        if (replay(requests, setup).requests !== REQUESTS) throw new Error('The replay lost requests.');
      }),
      baseline: timed(() => {
        for (const line of lines) JSON.parse(line);
      }),
    }));
    const best = (side: 'subject' | 'baseline') => Math.min(...rounds.map((round) => round[side]));
    const [subject, baseline] = [best('subject'), best('baseline')];
    if (subject > MOST_MS) {
      return Promise.reject(
        new Error(`The replay took ${Math.round(subject)} ms; a day must take less than ${MOST_MS}.`),
      );
    }
    return Promise.resolve([
      { what: 'a day of 100,000 requests', unit: 'ms', better: 'lower' as const, subject, baseline, limit: 40 },
    ]);
  },
};
