import { create } from 'zustand';
import type { ReplayRequest, ReplayResult } from '../../shared/domain/replay.ts';
import type { ConsoleClient } from '../api/client.ts';

interface ReplayRunState {
  /** What was asked last; null before the first time. */
  request: ReplayRequest | null;
  /** Epoch milliseconds since when it runs; null while nothing runs. */
  runningSince: number | null;
  /** The answer to `request`, or to the one before while it runs. */
  result: ReplayResult | null;
  /** The request that `result` answers. */
  answered: ReplayRequest | null;
  /** Why there is no answer, in a sentence. */
  problem: string | null;
}

const NOTHING: ReplayRunState = { request: null, runningSince: null, result: null, answered: null, problem: null };

/** The replay that was asked last; outside of its view, so that it goes on while another view is open. */
export const useReplayRun = create<ReplayRunState>(() => NOTHING);

let stop: AbortController | null = null;

/** Asks for a replay; the one that runs is stopped first, as the engine runs one at a time. */
export async function startReplay(replay: ConsoleClient['replay'], request: ReplayRequest): Promise<void> {
  stop?.abort();
  const own = new AbortController();
  stop = own;
  useReplayRun.setState({ request, runningSince: Date.now(), problem: null });
  try {
    const result = await replay(request, { signal: own.signal });
    if (!own.signal.aborted) useReplayRun.setState({ result, answered: request, runningSince: null });
  } catch (error) {
    if (own.signal.aborted) return;
    useReplayRun.setState({ problem: error instanceof Error ? error.message : String(error), runningSince: null });
  }
}

/** Stops what runs; the last answer stays. */
export function stopReplay(): void {
  stop?.abort();
  useReplayRun.setState({ runningSince: null });
}

/** Forgets the last answer too. */
export function forgetReplay(): void {
  stop?.abort();
  useReplayRun.setState(NOTHING);
}

/** Whether two requests ask the same. */
export function isSameReplay(one: ReplayRequest | null, other: ReplayRequest): boolean {
  return one !== null && JSON.stringify(one) === JSON.stringify(other);
}
