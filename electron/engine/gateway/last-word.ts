/** Scripts written without spaces between words: what follows joins as it is. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u;

/** A run without white space that is longer is no word: a model would not write it the same way again. */
const LONGEST_WORD = 60;

/** Whether a character belongs to a script that parts its words by nothing. */
export function isUnspaced(character: string | undefined): boolean {
  return character !== undefined && UNSPACED.test(character);
}

/**
 * The word at the end of a text that broke off, which may be half a word: whoever goes on says it again, and it is taken out.
 * Empty where nothing is in doubt: after white space, in scripts without spaces, where it is all there is, and where it is
 * too long to be said again.
 */
export function lastWord(text: string): string {
  const word = /\S+$/.exec(text)?.[0] ?? '';
  const alone = word.length === text.trimStart().length;
  return alone || word.length > LONGEST_WORD || UNSPACED.test(word) ? '' : word;
}
