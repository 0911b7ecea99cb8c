import { numberOf, objectOf, textOf } from '../json.ts';
import type { JsonObject } from '../types.ts';

/**
 * Tells the pieces of parallel tool calls apart. Most servers number them; some give no numbers, and some the same to all.
 * A call begins with its name: a piece with a name and an id of its own is another call, whatever its number says. (Ids
 * alone do not tell: older vLLM made a new one for every piece.)
 */
export class ToolCallSlots {
  /** What a server's number stands for now. */
  readonly #current = new Map<number, { slot: number; id: string }>();
  readonly #taken = new Set<number>();
  #last = 0;

  /** The place of the call that a piece belongs to: the server's number where it is free, else the next one. */
  slotOf(call: JsonObject, position: number): number {
    const id = textOf(call['id']) ?? '';
    const begins = (textOf(objectOf(call['function'])?.['name']) ?? '') !== '';
    const number = numberOf(call['index']) ?? (begins ? position : null);
    if (number === null) return this.#last;
    const known = this.#current.get(number);
    if (known && !(begins && id !== '' && known.id !== '' && id !== known.id)) return known.slot;
    const slot = this.#taken.has(number) ? Math.max(...this.#taken) + 1 : number;
    this.#taken.add(slot);
    this.#last = slot;
    this.#current.set(number, { slot, id });
    return slot;
  }
}
