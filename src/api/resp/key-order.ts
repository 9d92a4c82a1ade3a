/**
 * The order of one connection's commands on one key. Commands run side by side, but one that writes
 * a key waits for every earlier one that touches it, and one that reads waits for the last writer.
 * Nothing else is waited for, not even between writes of one key that lie behind each other: the
 * router may try the first again while the second gets through.
 */
import type { Pending } from './pending.js';

interface KeyUse {
  /** The last write that was entered, while it is not done. */
  writer: Pending | null;
  /** Reads entered since, while they are not done. */
  readers: Set<Pending> | null;
  /** Pending commands that name the key. */
  uses: number;
}

export class KeyOrder {
  readonly #uses = new Map<string, KeyUse>();

  get size(): number {
    return this.#uses.size;
  }

  /** Counts in `pending.blockers` what it has to wait for. */
  enter(pending: Pending, keys: readonly string[], writes: boolean): void {
    pending.keys = keys;
    for (const key of keys) {
      let use = this.#uses.get(key);
      if (use === undefined) {
        use = { writer: null, readers: null, uses: 0 };
        this.#uses.set(key, use);
      }
      use.uses++;
      // a key named twice by one command does not make it wait for itself
      if (use.writer === pending) continue;
      if (!writes) {
        if (use.writer !== null) waitFor(pending, use.writer);
        use.readers ??= new Set();
        use.readers.add(pending);
        continue;
      }
      if (use.readers !== null && use.readers.size > 0) {
        for (const reader of use.readers) waitFor(pending, reader);
        use.readers.clear();
      } else if (use.writer !== null) waitFor(pending, use.writer);
      use.writer = pending;
    }
  }

  /** It is done: takes it out. Whoever waited for it is in `pending.dependents`. */
  leave(pending: Pending): void {
    const { keys } = pending;
    if (keys === null) return;
    for (const key of keys) {
      const use = this.#uses.get(key);
      if (use === undefined) continue;
      if (--use.uses === 0) this.#uses.delete(key);
      else if (use.writer === pending) use.writer = null;
      else use.readers?.delete(pending);
    }
  }
}

function waitFor(pending: Pending, earlier: Pending): void {
  pending.blockers++;
  if (earlier.dependents === null) earlier.dependents = [pending];
  else earlier.dependents.push(pending);
}
