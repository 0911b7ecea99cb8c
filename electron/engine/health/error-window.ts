/** Good and bad outcomes of one slice of the sliding window; `slice` numbers slices since the monotonic zero. */
interface Slice {
  slice: number;
  good: number;
  bad: number;
}

/** A sliding window of outcomes as a value, in at most {@link SLICES} slices so that its cost does not grow with traffic. */
export type ErrorWindow = readonly Slice[];

const SLICES = 10;

export const emptyWindow: ErrorWindow = [];

/** The window with one more outcome at `at` (monotonic ms), without the slices that have left it. */
export function addSample(window: ErrorWindow, good: boolean, at: number, windowMs: number): ErrorWindow {
  const slice = sliceOf(at, windowMs);
  const live = window.filter((one) => one.slice > slice - SLICES);
  const last = live.at(-1);
  const current = last?.slice === slice ? last : { slice, good: 0, bad: 0 };
  const earlier = last?.slice === slice ? live.slice(0, -1) : live;
  return [...earlier, { slice, good: current.good + (good ? 1 : 0), bad: current.bad + (good ? 0 : 1) }];
}

/** Share of bad outcomes, 0 to 1 (0 without samples), and how many outcomes it rests on. */
export function errorShare(window: ErrorWindow, at: number, windowMs: number): { share: number; samples: number } {
  const oldest = sliceOf(at, windowMs) - SLICES;
  let bad = 0;
  let samples = 0;
  for (const one of window) {
    if (one.slice <= oldest) continue;
    bad += one.bad;
    samples += one.good + one.bad;
  }
  return { share: samples === 0 ? 0 : bad / samples, samples };
}

function sliceOf(at: number, windowMs: number): number {
  return Math.floor(at / Math.max(1, windowMs / SLICES));
}
