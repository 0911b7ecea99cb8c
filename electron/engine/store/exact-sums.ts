/**
 * Exact integers for figures that are products of tokens and rates: a rate of up to six decimals is a whole number of
 * millionths of a micro-dollar per token, and a sum of products is rounded once, at the end.
 */
const PARTS = 1_000_000n;

/** USD per million tokens, which is micro-dollars a token, as whole millionths of a micro-dollar a token. */
export function toParts(rate: number): bigint {
  return BigInt(Math.round(rate * 1_000_000));
}

/**
 * Whole micro-dollars of the sum of `parts` (millionths of a micro-dollar, none negative), rounded half up, and of each
 * part such that they add up to it exactly. What rounding leaves over goes to the largest fractions, the first of equals.
 */
export function apportion(parts: readonly bigint[]): { total: number; shares: number[] } {
  const total = (parts.reduce((sum, part) => sum + part, 0n) + PARTS / 2n) / PARTS;
  const shares = parts.map((part) => part / PARTS);
  const left = Number(total - shares.reduce((sum, share) => sum + share, 0n));
  const byFraction = parts
    .map((part, index) => ({ index, fraction: part % PARTS }))
    .toSorted((a, b) => Number(b.fraction - a.fraction) || a.index - b.index);
  for (const { index } of byFraction.slice(0, left)) shares[index] = (shares[index] ?? 0n) + 1n;
  return { total: Number(total), shares: shares.map(Number) };
}
