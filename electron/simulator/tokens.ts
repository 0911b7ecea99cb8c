import { hashText } from './random.ts';

/**
 * Cuts text into the simulator's tokens: a word with the white space before it, long words in parts of 16 characters.
 * Joined again, the tokens are the text. Real tokenisers cut finer; what matters here is that a count is the same
 * on every machine and easy to foresee in a test.
 */
export function splitTokens(text: string): string[] {
  return text.match(/\s*\S{1,16}|\s+$/gu) ?? [];
}

/** How many tokens `splitTokens` finds. */
export function countTokens(text: string): number {
  return splitTokens(text).length;
}

/** Where repeated prompt prefixes are recognised: from `minimumTokens` on, in steps of `blockTokens`. */
export interface PrefixCacheShape {
  minimumTokens: number;
  blockTokens: number;
}

/** Remembers prompt prefixes block by block, as an inference server's prefix cache does; the oldest blocks go first. */
export class PrefixCache {
  readonly #shape: PrefixCacheShape;
  readonly #capacity: number;
  readonly #blocks = new Set<number>();

  constructor(shape: PrefixCacheShape, capacity = 20_000) {
    this.#shape = shape;
    this.#capacity = capacity;
  }

  /** How many of the prompt's leading tokens were seen before; the prompt is remembered from now on. */
  visit(tokens: readonly string[]): number {
    const { minimumTokens, blockTokens } = this.#shape;
    let hash = 0;
    let cached = 0;
    let unbroken = true;
    for (let end = blockTokens; end <= tokens.length; end += blockTokens) {
      hash = hashText(`${hash} ${tokens.slice(end - blockTokens, end).join('')}`);
      unbroken &&= this.#blocks.delete(hash);
      if (unbroken) cached = end;
      this.#blocks.add(hash);
    }
    this.#forgetOldest();
    return cached >= minimumTokens ? cached : 0;
  }

  clear(): void {
    this.#blocks.clear();
  }

  #forgetOldest(): void {
    for (const block of this.#blocks) {
      if (this.#blocks.size <= this.#capacity) return;
      this.#blocks.delete(block);
    }
  }
}
