/** Edits (insert, delete, replace) between two words: Levenshtein's distance. */
function editDistance(left: string, right: string): number {
  let previous = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= right.length; column += 1) {
      const replaced = (previous[column - 1] ?? 0) + (left[row - 1] === right[column - 1] ? 0 : 1);
      current.push(Math.min(replaced, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[right.length] ?? 0;
}

/**
 * The candidate that a misspelt name most likely meant: at most a third of its letters differ (two at least), or one
 * begins with the other. Null when nothing is that near.
 */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.floor(wanted.length / 3));
  let best: { name: string; distance: number } | null = null;
  for (const candidate of candidates) {
    const offered = candidate.toLowerCase();
    const related = wanted.length >= 3 && (offered.startsWith(wanted) || wanted.startsWith(offered));
    const distance = editDistance(wanted, offered);
    if (distance > limit && !related) continue;
    const score = related ? Math.min(distance, limit) : distance;
    if (!best || score < best.distance) best = { name: candidate, distance: score };
  }
  return best?.name ?? null;
}

/** ` Did you mean "x"?`, or the valid names when there are few, or nothing: the end of an error sentence. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates);
  if (nearest !== null) return `; did you mean "${nearest}"?`;
  if (candidates.length === 0) return '';
  const shown = candidates.slice(0, 12).join(', ');
  return `; valid names are ${shown}${candidates.length > 12 ? ', …' : ''}`;
}
