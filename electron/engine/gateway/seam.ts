/** An overlap shorter than this may be chance and is left in. */
const SHORTEST_OVERLAP = 12;
/** The longest repetition of the end that is looked for. */
const LONGEST_OVERLAP = 400;

/**
 * Joins the text of a second provider to what the caller already has: what it repeats is left out, be it the whole answer
 * from its beginning or the last words, and white space at the seam is neither doubled nor lost. Holds text back only as
 * long as it could still be a repetition.
 */
export class Seam {
  readonly #sent: string;
  /** Whether the second provider was asked in words, and so begins a message of its own. */
  readonly #ownMessage: boolean;
  #held = '';
  #joined = false;

  constructor(sent: string, ownMessage: boolean) {
    this.#sent = sent;
    this.#ownMessage = ownMessage;
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
    return held.length < LONGEST_OVERLAP && this.#endings().some((ending) => ending.startsWith(held));
  }

  #join(): string {
    this.#joined = true;
    const held = this.#held;
    if (this.#ownMessage) {
      const trimmed = held.trimStart();
      const sent = this.#sent.trimStart();
      if (trimmed.startsWith(sent)) return trimmed.slice(sent.length);
      const repeated = this.#endings().find((ending) => trimmed.startsWith(ending));
      if (repeated !== undefined) return trimmed.slice(repeated.length);
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
    if (/\s$/.test(this.#sent)) return text.trimStart();
    if (this.#ownMessage && /[\p{L}\p{N}.,;:!?)]$/u.test(this.#sent) && /^[\p{L}\p{N}(]/u.test(text)) return ` ${text}`;
    return text;
  }
}
