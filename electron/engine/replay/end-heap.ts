/** Things that end, the soonest first: a binary heap. */
export class EndHeap<Item extends { endsAt: number }> {
  readonly #items: Item[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The one that ends first; null when there is none. */
  get first(): Item | null {
    return this.#items[0] ?? null;
  }

  push(item: Item): void {
    const items = this.#items;
    items.push(item);
    let index = items.length - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (this.#endOf(parent) <= item.endsAt) break;
      this.#swap(index, parent);
      index = parent;
    }
  }

  /** Takes out the one that ends first. */
  pop(): Item | null {
    const items = this.#items;
    const first = items[0] ?? null;
    const last = items.pop();
    if (first === null || last === undefined || items.length === 0) return first;
    items[0] = last;
    let index = 0;
    for (;;) {
      const [left, right] = [2 * index + 1, 2 * index + 2];
      let least = index;
      if (left < items.length && this.#endOf(left) < this.#endOf(least)) least = left;
      if (right < items.length && this.#endOf(right) < this.#endOf(least)) least = right;
      if (least === index) return first;
      this.#swap(index, least);
      index = least;
    }
  }

  #endOf(index: number): number {
    return this.#items[index]?.endsAt ?? Number.POSITIVE_INFINITY;
  }

  #swap(left: number, right: number): void {
    const items = this.#items;
    const [one, other] = [items[left], items[right]];
    if (one === undefined || other === undefined) return;
    items[left] = other;
    items[right] = one;
  }
}
