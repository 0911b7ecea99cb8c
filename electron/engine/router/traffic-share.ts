/** One member of a group and its configured weight. */
export interface Weighted {
  name: string;
  weight: number;
}

/** A group split by what its weights mean: canaries by shares, the others by capacity. */
export interface Split {
  /** The canary whose turn it is; null when it is the others' turn. */
  canary: string | null;
  /** Members by capacity; empty when there are canaries alone. */
  regulars: Weighted[];
  /** Canaries whose turn it is not. */
  waiting: string[];
  /** Where in [0, 1) the request stands among the regulars alone. */
  position: number;
}

/** Fraction of the golden ratio: its multiples fill [0, 1) as evenly as any sequence does (Weyl, Knuth 6.4). */
const GOLDEN = 0.618_033_988_749_894_9;

/** Where in [0, 1) a turn stands: successive turns spread evenly, so that shares hold over short runs too. */
export function positionOfTurn(turn: number): number {
  return (turn * GOLDEN) % 1;
}

/**
 * Gives each canary (weight below 1) its share of the positions in [0, 1). Shares that add up to more than the whole, or
 * that have nobody beside them, are scaled to it.
 */
export function splitByShare(members: readonly Weighted[], position: number): Split {
  const regulars = members.filter(({ weight }) => weight >= 1);
  const canaries = members.filter(({ weight }) => weight < 1);
  const asked = canaries.reduce((sum, { weight }) => sum + weight, 0);
  const given = regulars.length === 0 && asked > 0 ? 1 : Math.min(1, asked);
  let upTo = 0;
  let canary: string | null = null;
  for (const { name, weight } of canaries) {
    upTo += asked === 0 ? 0 : (weight / asked) * given;
    if (canary === null && position < upTo) canary = name;
  }
  return {
    canary,
    regulars,
    waiting: canaries.filter(({ name }) => name !== canary).map(({ name }) => name),
    position: given >= 1 ? 0 : Math.max(0, position - given) / (1 - given),
  };
}

/** The member at a position in [0, 1), each as wide as its weight. Expects at least one member with a weight above 0. */
export function memberAt(members: readonly Weighted[], position: number): string {
  const total = members.reduce((sum, { weight }) => sum + weight, 0);
  let upTo = 0;
  for (const { name, weight } of members) {
    upTo += weight / total;
    if (position < upTo) return name;
  }
  return members.at(-1)?.name ?? '';
}
