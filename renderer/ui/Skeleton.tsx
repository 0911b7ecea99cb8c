/** A calm placeholder that keeps the height of what is coming. Nothing moves in it. */
export function Skeleton({ height, label }: { height: number; label: string }) {
  return (
    <div role="status" aria-busy="true" style={{ minHeight: height }} className="rounded-small bg-inset">
      <span className="sr-only">{label}</span>
    </div>
  );
}
