interface HistogramProps {
  /** How many fall into each step, in order. */
  counts: readonly number[];
  /** What assistive technology reads in place of the picture. */
  label: string;
  /** What stands under the left and the right end. */
  ends: readonly [string, string];
  /** The words of one step, such as "0.2 to 0.3: 12 pairs". */
  describe: (index: number, count: number) => string;
  height?: number;
}

const GAP = 0.08;

/** Zero-based bars of equal steps; the words of each on hover. */
export function Histogram({ counts, label, ends, describe, height = 64 }: HistogramProps) {
  const top = Math.max(1, ...counts);
  return (
    <figure>
      <svg
        role="img"
        aria-label={label}
        viewBox={`0 0 ${Math.max(1, counts.length)} ${height}`}
        preserveAspectRatio="none"
        height={height}
        className="w-full border-b border-line-strong"
      >
        {counts.map((count, index) => {
          const bar = (count / top) * height;
          const words = describe(index, count);
          return (
            <rect key={words} x={index + GAP} y={height - bar} width={1 - 2 * GAP} height={bar} fill="var(--accent)">
              <title>{words}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption className="flex justify-between pt-0.5 text-table text-ink-faint">
        <span>{ends[0]}</span>
        <span>{ends[1]}</span>
      </figcaption>
    </figure>
  );
}
