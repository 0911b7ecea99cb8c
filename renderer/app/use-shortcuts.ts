import { useEffect } from 'react';
import { useConsoleApi } from '../api/client.ts';
import { showOverlay, useOverlay } from '../state/overlay.ts';
import { actionsFor, presentContext } from './actions.ts';
import { readPress, takesLetters } from './shortcut-keys.ts';

/** How long the first of two keys waits for the second. */
const SECOND_KEY_MS = 1500;

/** Lets the keyboard do what the actions say, except while somebody types. */
export function useShortcuts(): void {
  const { client } = useConsoleApi();
  useEffect(() => {
    let pending = '';
    let forget: ReturnType<typeof setTimeout> | undefined;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.repeat) return;
      const modified = event.ctrlKey || event.metaKey;
      if (!modified && takesLetters(event.target)) return;
      const actions = actionsFor(presentContext(client));
      const shortcuts = actions.flatMap(({ keys }) => keys ?? []);
      const reading = readPress(event, pending, shortcuts);
      pending = reading.pending;
      clearTimeout(forget);
      forget = setTimeout(() => (pending = ''), SECOND_KEY_MS);
      const action = actions.find(({ keys }) => keys !== undefined && keys === reading.shortcut);
      if (!action || action.disabled !== undefined) return;
      event.preventDefault();
      // The key that opens the palette closes it again.
      if (action.id === 'palette' && useOverlay.getState().open === 'palette') showOverlay(null);
      else action.run();
    };
    window.addEventListener('keydown', press);
    return () => {
      clearTimeout(forget);
      window.removeEventListener('keydown', press);
    };
  }, [client]);
}
