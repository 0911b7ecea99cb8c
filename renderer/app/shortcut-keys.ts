/**
 * Shortcuts are written as they are pressed: `t`, `?`, `g o` for one key after another, `mod+k` for Ctrl (Command on a
 * Mac) with a key.
 */
export interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
}

/** What a press came to: a whole shortcut, the beginning of one, or nothing. */
export interface Reading {
  shortcut: string | null;
  /** What the next press goes on from; empty for nothing. */
  pending: string;
}

/** Reads one press after `pending`. A press that continues nothing is read as a first one. */
export function readPress(press: KeyPress, pending: string, shortcuts: readonly string[]): Reading {
  const key = written(press);
  if (key === null) return { shortcut: null, pending };
  const whole = pending === '' ? key : `${pending} ${key}`;
  if (shortcuts.includes(whole)) return { shortcut: whole, pending: '' };
  if (shortcuts.some((each) => each.startsWith(`${whole} `))) return { shortcut: null, pending: whole };
  return pending === '' ? { shortcut: null, pending: '' } : readPress(press, '', shortcuts);
}

/** Null for keys that only change others. */
function written({ key, ctrlKey, metaKey, altKey }: KeyPress): string | null {
  if (['Control', 'Meta', 'Shift', 'Alt'].includes(key)) return null;
  const plain = key.length === 1 ? key.toLowerCase() : key;
  const modified = ctrlKey || metaKey ? `mod+${plain}` : plain;
  return altKey ? `alt+${modified}` : modified;
}

/** The keys of a shortcut as they are shown, one after another: `['Ctrl', 'K']`, `['G', 'O']`. */
export function shownKeys(shortcut: string, platform: string): string[] {
  const modifier = /mac|iphone|ipad/i.test(platform) ? '⌘' : 'Ctrl';
  return shortcut.split(/[ +]/).map((key) => (key === 'mod' ? modifier : key.toUpperCase()));
}

/** True where a letter belongs to what has the focus: a field, a list that searches by letters, a dialog. */
export function takesLetters(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return (
    target.isContentEditable ||
    target.closest('input, textarea, select, [role="dialog"], [role="menu"], [role="listbox"]') !== null
  );
}
