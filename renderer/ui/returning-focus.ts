import { useRef } from 'react';

/**
 * Handlers that give the focus back to what had it before a dialog opened. Radix gives it to the dialog's trigger, and ours
 * are opened from anywhere: by a row, a shortcut, the palette or the address.
 */
export function useReturningFocus() {
  const opener = useRef<Element | null>(document.activeElement);
  return {
    onOpenAutoFocus: ({ target }: Event) => {
      // A field that takes the focus by itself has it already; then whatever had it at the first render counts.
      const inside = target instanceof Element && target.contains(document.activeElement);
      if (!inside) opener.current = document.activeElement;
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      const before = opener.current;
      const target = before?.isConnected && before !== document.body ? before : document.querySelector('main');
      if (target instanceof HTMLElement) target.focus({ preventScroll: true });
    },
  };
}
