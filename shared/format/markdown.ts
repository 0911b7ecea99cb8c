/** Text from outside as text: no markup, link or picture of its own, on one line. `_` within a word is none anyway. */
export function markdownText(text: string): string {
  return text
    .replaceAll(/\s+/g, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll(/[\\`*[\]#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (character) => `\\${character}`)
    .trim();
}

/** The same for a cell of a table. */
export function markdownCell(text: string): string {
  return markdownText(text).replaceAll('|', '\\|');
}
