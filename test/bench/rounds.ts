import { median } from './statistics.ts';

const BETWEEN_LOOKS = 50;

/** One round of one side: whatever figures it has, by name. */
type Round<Figure extends string> = () => Record<Figure, number> | Promise<Record<Figure, number>>;

interface Sides<Figure extends string> {
  subject: Round<Figure>;
  baseline: Round<Figure>;
}

/**
 * Runs both sides in turn and answers the medians of their figures. A first round of each warms up and is not counted;
 * who goes first changes with every round, so that a machine that slows down or speeds up favours neither.
 */
export async function alternate<Figure extends string>(
  rounds: number,
  sides: Sides<Figure>,
): Promise<Record<keyof Sides<Figure>, Record<Figure, number>>> {
  const figures: Record<keyof Sides<Figure>, Record<Figure, number>[]> = { subject: [], baseline: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const order = round % 2 === 0 ? (['baseline', 'subject'] as const) : (['subject', 'baseline'] as const);
    for (const side of order) {
      const measured = await sides[side]();
      if (round > 0) figures[side].push(measured);
    }
  }
  return { subject: medians(figures.subject), baseline: medians(figures.baseline) };
}

function medians<Figure extends string>(rounds: readonly Record<Figure, number>[]): Record<Figure, number> {
  const names = Object.keys(rounds[0] ?? {}) as Figure[];
  return Object.fromEntries(names.map((name) => [name, median(rounds.map((round) => round[name]))])) as Record<
    Figure,
    number
  >;
}

/** How often `work` runs in a second, tried for so many milliseconds; the clock is looked at now and then only. */
export function perSecond(milliseconds: number, work: () => void): number {
  const startedAt = performance.now();
  let times = 0;
  let elapsed = 0;
  do {
    for (let turn = 0; turn < BETWEEN_LOOKS; turn += 1) work();
    times += BETWEEN_LOOKS;
    elapsed = performance.now() - startedAt;
  } while (elapsed < milliseconds);
  return (times * 1000) / elapsed;
}
