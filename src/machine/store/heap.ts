/**
 * A binary heap: the smallest of many sorted streams first, without sorting what nobody asks for.
 */
export class Heap<T> {
  private readonly before: (a: T, b: T) => boolean;
  private readonly items: T[];

  /** Takes `items` over and orders them in linear time. */
  constructor(before: (a: T, b: T) => boolean, items: T[] = []) {
    this.before = before;
    this.items = items;
    for (let at = (items.length >> 1) - 1; at >= 0; at--) this.sink(at);
  }

  peek(): T | undefined {
    return this.items[0];
  }

  push(item: T): void {
    const { items } = this;
    let at = items.length;
    items.push(item);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.before(item, items[parent] as T)) break;
      items[at] = items[parent] as T;
      at = parent;
    }
    items[at] = item;
  }

  pop(): T | undefined {
    const { items } = this;
    const top = items[0];
    const last = items.pop();
    if (items.length > 0) {
      items[0] = last as T;
      this.sink(0);
    }
    return top;
  }

  private sink(from: number): void {
    const { items } = this;
    const item = items[from] as T;
    let at = from;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= items.length) break;
      if (child + 1 < items.length && this.before(items[child + 1] as T, items[child] as T)) {
        child++;
      }
      if (!this.before(items[child] as T, item)) break;
      items[at] = items[child] as T;
      at = child;
    }
    items[at] = item;
  }
}
