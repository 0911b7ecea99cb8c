import type { Environment } from './types.ts';

/**
 * The environment as everybody reads it, at the moment of each call: one object whose values are replaced when the `.env`
 * file has changed, so that nobody keeps an old key.
 */
export class LiveEnvironment {
  readonly values: Environment;
  readonly #values: Record<string, string | undefined>;

  constructor(first: Environment) {
    this.#values = { ...first };
    this.values = this.#values;
  }

  /** Takes a new reading; answers the names of the keys that differ, sorted. */
  take(next: Environment): string[] {
    const names = new Set([...Object.keys(this.#values), ...Object.keys(next)]);
    const changed = [...names].filter((name) => this.#values[name] !== next[name]).toSorted();
    for (const name of changed) {
      if (next[name] === undefined) delete this.#values[name];
      else this.#values[name] = next[name];
    }
    return changed;
  }
}
