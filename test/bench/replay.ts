import { parseRegistry } from '../../electron/engine/registry/load.ts';
import type { Registry } from '../../electron/engine/registry/types.ts';
import { replay } from '../../electron/engine/replay/replay.ts';
import { runReplay } from '../../electron/engine/replay/run-replay.ts';
import type { RecordedRequest, SqliteStore } from '../../electron/engine/store/types.ts';
import type { RequestDetail } from '../../shared/domain/request.ts';
import { DAY_START, ENVIRONMENT, recordedDay, REGISTRY } from '../support/replay-fixtures.ts';
import { sampleAttempt, sampleDecision, sampleRequest } from '../support/store-plain-fixtures.ts';
import { withStore } from './bench-store.ts';
import type { Benchmark } from './types.ts';

/** A busy day. */
const REQUESTS = 100_000;
/** The whole day must replay in this time; as a ratio it would hold for no machine, so it is a limit of its own. */
const MOST_MS = 10_000;
const ROUNDS = 3;
const DAY_MS = 24 * 60 * 60 * 1000;

function registry(): Registry {
  const result = parseRegistry(REGISTRY, { environment: ENVIRONMENT, path: null });
  if (!result.ok) throw new Error('The registry of the replay does not hold.');
  return result.registry;
}

/** Requests that are written before the store's queue is let run dry. */
const BATCH = 2000;

/** The row that recording the request would have left, at the same time of the last whole day. */
function storedRow({ at, decidedModel, asked, demand, ...request }: RecordedRequest, shiftMs: number): RequestDetail {
  const { provider, model, usage, firstTokenMs, durationMs } = request;
  const startedAt = at + shiftMs;
  const attempt = sampleAttempt({
    usage,
    first_token_ms: firstTokenMs,
    duration_ms: durationMs,
    started_at: startedAt,
  });
  return sampleRequest({
    id: request.id,
    started_at: startedAt,
    requested_model: request.requestedModel,
    call_site: request.callSite,
    tier: request.tier,
    provider,
    model,
    first_token_ms: firstTokenMs,
    duration_ms: durationMs,
    usage,
    attempt_list: [attempt],
    decision: { ...sampleDecision, model: decidedModel, ...(asked && { asked }), ...(demand && { demand }) },
  });
}

/** Stores the day and answers how long replaying it from the database takes, in milliseconds. */
async function fromDatabase({ writer, reader }: SqliteStore, requests: readonly RecordedRequest[]): Promise<number> {
  const today = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const shiftMs = today - DAY_MS - DAY_START;
  for (let start = 0; start < requests.length; start += BATCH) {
    const batch = requests.slice(start, start + BATCH);
    await Promise.all(batch.map((request) => writer.record(storedRow(request, shiftMs))));
  }
  const range = { since: today - DAY_MS, until: today };
  const startedAt = performance.now();
  const result = await runReplay({
    reader,
    range,
    registry: registry(),
    environment: ENVIRONMENT,
    recordedUnder: null,
  });
  if (result.requests !== requests.length) throw new Error(`The replay found ${result.requests} requests.`);
  return performance.now() - startedAt;
}

function holdToLimit(what: string, tookMs: number): void {
  if (tookMs <= MOST_MS) return;
  throw new Error(`The replay ${what} took ${Math.round(tookMs)} ms; a day must take less than ${MOST_MS}.`);
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
  async run(directory) {
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
    holdToLimit('from memory', subject);
    const stored = await withStore(directory, (store) => fromDatabase(store, requests));
    holdToLimit('from the database', stored);
    return [
      { what: 'a day of 100,000 requests in memory', unit: 'ms', better: 'lower', subject, baseline, limit: 40 },
      { what: 'the same day from the database', unit: 'ms', better: 'lower', subject: stored, baseline, limit: 80 },
    ];
  },
};
