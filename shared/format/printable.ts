/** What a terminal obeys instead of showing it: controls but for tab and line end, and marks that reorder the text. */
const OBEYED = /\r(?!\n)|[^\P{Cc}\t\n\r]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu;

/** A text with its control characters written out, as `\u001b`, so that names from outside cannot steer a terminal. */
export function printable(text: string): string {
  return text.replaceAll(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
