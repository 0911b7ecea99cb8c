import { create } from 'zustand';

/** What lies over every view: the command palette, the list of shortcuts, a note to be made, or nothing. */
export type Overlay = 'palette' | 'shortcuts' | 'annotate';

export const useOverlay = create<{ open: Overlay | null }>()(() => ({ open: null }));

/** Opens an overlay in place of another; null closes it. */
export function showOverlay(open: Overlay | null): void {
  useOverlay.setState({ open });
}
