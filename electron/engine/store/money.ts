/** Whole micro-dollars of an amount in USD, rounded to the nearest; the only form in which money is stored and summed. */
export function toMicroUsd(costUsd: number): number {
  return Math.round(costUsd * 1_000_000);
}

/** USD of whole micro-dollars; `toMicroUsd` gives the same integer back for every amount below 4 billion USD. */
export function fromMicroUsd(microUsd: number): number {
  return microUsd / 1_000_000;
}
