import { lazy, Suspense } from 'react';
import { showOverlay, useOverlay } from '../state/overlay.ts';
import { useShortcuts } from './use-shortcuts.ts';

const CommandPalette = lazy(async () => ({ default: (await import('./CommandPalette.tsx')).CommandPalette }));
const ShortcutsDialog = lazy(async () => ({ default: (await import('./ShortcutsDialog.tsx')).ShortcutsDialog }));
const AnnotateDialog = lazy(async () => ({
  default: (await import('../features/annotations/AnnotateDialog.tsx')).AnnotateDialog,
}));

/** The command palette and the list of shortcuts, each loaded when it is first asked for, and the keyboard that asks. */
export function Overlays() {
  useShortcuts();
  const open = useOverlay((state) => state.open);
  if (open === null) return null;
  const close = () => showOverlay(null);
  return (
    <Suspense>
      {open === 'palette' && <CommandPalette onClose={close} />}
      {open === 'shortcuts' && <ShortcutsDialog onClose={close} />}
      {open === 'annotate' && <AnnotateDialog onClose={close} />}
    </Suspense>
  );
}
