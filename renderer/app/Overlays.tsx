import { Suspense, useEffect } from 'react';
import { showNotice } from '../state/notices.ts';
import { showOverlay, useOverlay } from '../state/overlay.ts';
import { ErrorBoundary } from '../ui/ErrorBoundary.tsx';
import { forgetFailures, onDemand } from './on-demand.tsx';
import { useShortcuts } from './use-shortcuts.ts';

const CommandPalette = onDemand(async () => (await import('./CommandPalette.tsx')).CommandPalette);
const ShortcutsDialog = onDemand(async () => (await import('./ShortcutsDialog.tsx')).ShortcutsDialog);
const AnnotateDialog = onDemand(
  async () => (await import('../features/annotations/AnnotateDialog.tsx')).AnnotateDialog,
);

/** The command palette and the list of shortcuts, each loaded when it is first asked for, and the keyboard that asks. */
export function Overlays() {
  useShortcuts();
  const open = useOverlay((state) => state.open);
  if (open === null) return null;
  const close = () => showOverlay(null);
  return (
    <ErrorBoundary key={open} fallback={(error) => <Failed message={error.message} onClose={close} />}>
      <Suspense>
        {open === 'palette' && <CommandPalette onClose={close} />}
        {open === 'shortcuts' && <ShortcutsDialog onClose={close} />}
        {open === 'annotate' && <AnnotateDialog onClose={close} />}
      </Suspense>
    </ErrorBoundary>
  );
}

/** Says why one could not be shown, and leaves the view under it alone. */
function Failed({ message, onClose }: { message: string; onClose: () => void }) {
  useEffect(() => {
    showNotice(message, 'failed');
    forgetFailures();
    onClose();
  }, [message, onClose]);
  return null;
}
