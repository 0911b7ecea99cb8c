/** A number in [0, 1). */
export type Random = () => number;

/** The standard normal value below which 95 % of a normal distribution lies. */
const NORMAL_P95 = 1.6449;

/** 32-bit FNV-1a hash of the text's UTF-16 units (http://www.isthe.com/chongo/tech/comp/fnv/), unsigned. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** A generator that gives the same numbers for the same seed on every machine (mulberry32, public domain). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A log-normal number with the given median and 95th percentile, in their unit. */
export function logNormal(random: Random, median: number, p95: number): number {
  if (median <= 0) return 0;
  const sigma = Math.max(0, Math.log(Math.max(p95, median) / median)) / NORMAL_P95;
  // Box and Muller's transform; 1 - random() keeps the logarithm finite.
  const standard = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return median * Math.exp(sigma * standard);
}

/** An exponentially distributed number with the given mean: the gap between arrivals of a Poisson process. */
export function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** One of the items, each equally likely. Throws on an empty list. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[Math.floor(random() * items.length)];
  if (item === undefined) throw new Error('There is nothing to pick from: the list is empty.');
  return item;
}

/** One of the items, each as likely as its `weight` says. Throws on an empty list. */
export function pickWeighted<Item extends { weight: number }>(random: Random, items: readonly Item[]): Item {
  let rest = random() * items.reduce((sum, item) => sum + item.weight, 0);
  for (const item of items) {
    rest -= item.weight;
    if (rest < 0) return item;
  }
  return pick(random, items.slice(-1));
}
