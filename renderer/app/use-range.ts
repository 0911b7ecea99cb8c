import { DEFAULT_RANGE, parseRange, writeRange, type Range } from '../state/range.ts';
import { usePreferences } from '../state/preferences.ts';
import { changeSearch, useViewLocation } from './router.tsx';

/** The range of the present view: the address's, else the one chosen last. */
export function useRange(): Range {
  const { search } = useViewLocation();
  const preferred = usePreferences((state) => state.range);
  return parseRange(search.get('range')) ?? preferred;
}

/** Sets the range in the address; a relative one is also kept for views opened later. `replace` while dragging. */
export function setRange(range: Range, options?: { replace?: boolean }): void {
  if (range.kind === 'relative') usePreferences.setState({ range });
  changeSearch({ range: writeRange(range) }, options);
}

/** Goes back from a zoomed range to the one chosen last. */
export function resetRange(): void {
  const preferred = usePreferences.getState().range;
  changeSearch({ range: writeRange(preferred.kind === 'relative' ? preferred : DEFAULT_RANGE) });
}
