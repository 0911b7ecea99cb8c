import { isUnspaced, lastWord } from './last-word.ts';
import { isRefrain } from './refrain.ts';

/** An overlap shorter than this may be chance and is left in. */
const SHORTEST_OVERLAP = 12;
/** The longest repetition of the end that is looked for. */
const LONGEST_OVERLAP = 400;

/**
 * Joins the text of a second provider to what the caller already has: what it repeats is left out, be it the whole answer
 * from its beginning, the last words or the last word, and white space at the seam is neither doubled nor lost. Holds text
 * back only as long as it could still be a repetition.
 */
export class Seam {
  readonly #sent: string;
  /** Whether the second provider was asked in words, and so begins a message of its own. */
  readonly #ownMessage: boolean;
  /** What a message of its own was asked to begin with; empty where nothing is in doubt. */
  readonly #lastWord: string;
  /** White space that the caller has and a prefilled provider was not shown. */
  readonly #gap: string;
  #held = '';
  #joined = false;

  constructor(sent: string, ownMessage: boolean) {
    this.#sent = sent;
    this.#ownMessage = ownMessage;
    this.#lastWord = ownMessage ? lastWord(sent) : '';
    this.#gap = sent.slice(sent.trimEnd().length);
  }

  /** The part of the next text that the caller does not have yet; may be empty. */
  push(text: string): string {
    if (this.#joined) return text;
    this.#held += text;
    return this.#mayRepeat() ? '' : this.#join();
  }

  /** What was held back when the answer ended. */
  flush(): string {
    return this.#joined ? '' : this.#join();
  }

  #mayRepeat(): boolean {
    const held = this.#held.trimStart();
    if (held.trim() === '') return true;
    if (!this.#ownMessage) return false;
    const sent = this.#sent.trimStart();
    if (held.length < sent.length && sent.startsWith(held)) return true;
    if (held.length < this.#lastWord.length && this.#lastWord.startsWith(held)) return true;
    return held.length < LONGEST_OVERLAP && this.#endings().some((ending) => ending.startsWith(held));
  }

  #join(): string {
    this.#joined = true;
    const held = this.#held;
    if (this.#ownMessage) {
      const trimmed = held.trimStart();
      const sent = this.#sent.trimStart();
      const isRepeated = (ending: string) =>
        trimmed.startsWith(ending) && !isRefrain(this.#sent, ending, this.#lastWord);
      if (isRepeated(sent)) return trimmed.slice(sent.length);
      const repeated = this.#endings().find(isRepeated);
      if (repeated !== undefined) return trimmed.slice(repeated.length);
      if (this.#lastWord !== '' && trimmed.startsWith(this.#lastWord)) return trimmed.slice(this.#lastWord.length);
    }
    return this.#spaced(held);
  }

  /** Ends of the sent text that are long enough to be a repetition, the longest first. */
  #endings(): string[] {
    const { length } = this.#sent;
    const endings: string[] = [];
    for (let size = Math.min(LONGEST_OVERLAP, length); size >= SHORTEST_OVERLAP; size -= 1) {
      endings.push(this.#sent.slice(length - size).trimStart());
    }
    return endings.filter((ending) => ending.length >= SHORTEST_OVERLAP);
  }

  #spaced(text: string): string {
    if (this.#gap !== '') return this.#withoutGap(text);
    return this.#ownMessage && this.#lacksSpace(text) ? ` ${text}` : text;
  }

  /** The text without as much of the white space at its beginning as the caller has already. */
  #withoutGap(text: string): string {
    const rest = text.slice(sharedLength(this.#gap, text));
    const lineEnd = this.#gap.lastIndexOf('\n');
    if (rest !== text || lineEnd === -1) return rest;
    // One space is how a word begins, not how a line does; more are the whole line's, of which the caller may have some.
    const indentation = this.#gap.slice(lineEnd + 1);
    if (indentation === '') return /^ \S/.test(text) ? text.slice(1) : text;
    return text.slice(sharedLength(indentation, text));
  }

  /** Whether a word begins right behind another: a message of its own never begins with the space between them. */
  #lacksSpace(text: string): boolean {
    const [before, after] = [this.#sent.at(-1) ?? '', text.at(0) ?? ''];
    if (isUnspaced(before) || isUnspaced(after) || isInsideCode(this.#sent)) return false;
    if (/\d[.,:]?$/.test(this.#sent) && /\d/.test(after)) return false;
    if (/:\/\/\S*$/.test(this.#sent)) return false;
    if (/\p{L}[.]$/u.test(this.#sent) && /\p{Ll}/u.test(after)) return false;
    return /[\p{L}\p{N}.,;:!?)]/u.test(before) && /[\p{L}\p{N}(]/u.test(after);
  }
}

/** How many characters two texts have in common at their beginning. */
function sharedLength(one: string, other: string): number {
  let shared = 0;
  while (shared < one.length && one[shared] === other[shared]) shared += 1;
  return shared;
}

/** Whether a text breaks off within back quotes, where every character counts. */
function isInsideCode(text: string): boolean {
  return text.split('```').length % 2 === 0 || text.slice(text.lastIndexOf('\n') + 1).split('`').length % 2 === 0;
}
