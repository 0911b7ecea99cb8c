import { describe, expect, it } from 'vitest';
import { readPress, shownKeys, takesLetters, type KeyPress } from '../../../renderer/app/shortcut-keys.ts';

const SHORTCUTS = ['mod+k', '?', 't', 'g o', 'g t'];
const press = (key: string, changes: Partial<KeyPress> = {}): KeyPress => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...changes,
});

/** What a row of presses comes to. */
function read(presses: readonly KeyPress[]): string[] {
  let pending = '';
  return presses.flatMap((each) => {
    const reading = readPress(each, pending, SHORTCUTS);
    pending = reading.pending;
    return reading.shortcut ?? [];
  });
}

describe('key presses', () => {
  it.each([
    ['a single key', [press('t')], ['t']],
    ['a key whose letter is a capital', [press('T')], ['t']],
    ['Ctrl with a key', [press('k', { ctrlKey: true })], ['mod+k']],
    ['Command with a key', [press('k', { metaKey: true })], ['mod+k']],
    ['the same letter alone', [press('k')], []],
    ['the same letter with Alt', [press('t', { altKey: true })], []],
    ['two keys', [press('g'), press('o')], ['g o']],
    ['two keys of which the second is a shortcut too', [press('g'), press('t')], ['g t']],
    ['a first key, then one that does not follow it', [press('g'), press('?')], ['?']],
    ['a first key twice', [press('g'), press('g'), press('o')], ['g o']],
    ['a second key alone', [press('o')], []],
    ['a modifier between two keys', [press('g'), press('Shift'), press('o')], ['g o']],
  ])('read %s', (_, presses, expected) => {
    expect(read(presses)).toEqual(expected);
  });

  it('are shown as the platform writes them', () => {
    expect(shownKeys('mod+k', 'Linux x86_64')).toEqual(['Ctrl', 'K']);
    expect(shownKeys('mod+k', 'MacIntel')).toEqual(['⌘', 'K']);
    expect(shownKeys('g o', 'Win32')).toEqual(['G', 'O']);
  });

  it.each([
    ['<input>', 'input', true],
    ['<textarea></textarea>', 'textarea', true],
    ['<select></select>', 'select', true],
    ['<div role="dialog"><button></button></div>', 'button', true],
    ['<div role="menu"><div role="menuitem"></div></div>', '[role=menuitem]', true],
    ['<main><button></button></main>', 'button', false],
  ])('in %s: belong to it: %s, %s', (html, selector, expected) => {
    document.body.innerHTML = html;
    expect(takesLetters(document.querySelector(selector))).toBe(expected);
    document.body.innerHTML = '';
  });
});
