interface SparklineProps {
  /** Oldest first; null is a gap. */
  values: readonly (number | null)[];
  label: string;
  height?: number;
}

/** A small zero-based line without axes, in the colour of its surroundings; gaps stay gaps, and a lone value is a dot. */
export function Sparkline({ values, label, height = 20 }: SparklineProps) {
  const top = Math.max(1e-9, ...values.map((value) => value ?? 0));
  const width = Math.max(2, values.length - 1);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      preserveAspectRatio="none"
      height={height}
      className="w-full"
    >
      <path
        d={sparkPath(values, top, height)}
        fill="none"
        stroke="currentColor"
        strokeWidth="1.25"
        strokeLinecap="round"
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  );
}

/** The SVG path of a sparkline; each run of known values is a line of its own. */
export function sparkPath(values: readonly (number | null)[], top: number, height: number): string {
  let drawing = false;
  const steps: string[] = [];
  values.forEach((value, index) => {
    if (value === null) {
      drawing = false;
      return;
    }
    const y = (height - 1 - (value / top) * (height - 2)).toFixed(2);
    // A line of no length shows as the dot that its round ends make.
    const lone = !drawing && (values[index + 1] ?? null) === null;
    steps.push(`${drawing ? 'L' : 'M'}${index} ${y}${lone ? 'h0' : ''}`);
    drawing = true;
  });
  return steps.join('');
}
