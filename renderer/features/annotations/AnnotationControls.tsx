import { clsx } from 'clsx';
import { Flag, FlagOff, Plus } from 'lucide-react';
import type { RangeQuery } from '../../../shared/domain/history.ts';
import { isStale, useConnection } from '../../state/connection.ts';
import { usePreferences } from '../../state/preferences.ts';
import { showOverlay } from '../../state/overlay.ts';
import { IconButton } from '../../ui/Button.tsx';
import { useAnnotations } from './use-annotations.ts';

/** Shows or hides what happened on the charts, and notes something there. */
export function AnnotationControls({ range }: { range: RangeQuery }) {
  const shown = usePreferences((state) => state.showAnnotations);
  const stale = useConnection(isStale);
  const { problem } = useAnnotations(range);
  const label = shown ? 'Hide events on the charts' : 'Show events on the charts';
  return (
    <>
      <IconButton
        icon={shown ? Flag : FlagOff}
        size="small"
        label={problem === null ? label : `${label}. They could not be loaded: ${problem}`}
        aria-pressed={shown}
        onClick={() => usePreferences.setState({ showAnnotations: !shown })}
        className={clsx(problem !== null && 'text-warn')}
      />
      <IconButton
        icon={Plus}
        size="small"
        label="Add a note"
        disabled={stale}
        onClick={() => showOverlay('annotate')}
      />
    </>
  );
}
