/**
 * The rows of the model store: a sorted map of byte strings whose readers each see the moment they
 * began. Keys are latin1 strings, whose order is that of their bytes.
 */
import { type ByteKey, fromByteKey } from '../../../src/base/bytes.js';

export type Change = readonly [key: ByteKey, value: Buffer | null];

interface Version {
  readonly since: number;
  /** Null: deleted. */
  readonly value: Buffer | null;
}

/** The first place in `keys` whose key is not below `key`. */
function placeOf(keys: readonly ByteKey[], key: ByteKey): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((keys[middle] as ByteKey) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

export class Rows {
  readonly #keys: ByteKey[] = [];
  readonly #versions = new Map<ByteKey, Version[]>();
  /** Moments that somebody still reads at, with how many readers each has. */
  readonly #readers = new Map<number, number>();
  /** Keys with versions that only readers of then can see. */
  readonly #stale = new Set<ByteKey>();
  #now = 0;
  /** The oldest reader when versions were last thrown away: until it leaves, none can be. */
  #collected = -1;

  constructor(rows: Iterable<readonly [ByteKey, Buffer]> = []) {
    const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
    for (const [key, value] of sorted) {
      this.#keys.push(key);
      this.#versions.set(key, [{ since: 0, value }]);
    }
  }

  get now(): number {
    return this.#now;
  }

  apply(changes: readonly Change[]): void {
    this.#now += 1;
    for (const [key, value] of changes) {
      const versions = this.#versions.get(key);
      if (versions === undefined) {
        if (value === null) continue;
        this.#keys.splice(placeOf(this.#keys, key), 0, key);
        this.#versions.set(key, [{ since: this.#now, value }]);
        continue;
      }
      if (versions[versions.length - 1]?.since === this.#now) versions.pop();
      versions.push({ since: this.#now, value });
      this.#stale.add(key);
    }
    this.#collect();
  }

  /** Keeps what is seen from this moment until `leave`. */
  enter(): number {
    this.#readers.set(this.#now, (this.#readers.get(this.#now) ?? 0) + 1);
    return this.#now;
  }

  leave(moment: number): void {
    const count = (this.#readers.get(moment) ?? 0) - 1;
    if (count > 0) this.#readers.set(moment, count);
    else this.#readers.delete(moment);
    this.#collect();
  }

  get(key: ByteKey, moment = this.#now): Buffer | undefined {
    const versions = this.#versions.get(key);
    if (versions === undefined) return undefined;
    for (let at = versions.length - 1; at >= 0; at -= 1) {
      const version = versions[at] as Version;
      if (version.since <= moment) return version.value ?? undefined;
    }
    return undefined;
  }

  /**
   * The next row inside [gte, lt), from `from` on: at it or above it, backwards at it or below it;
   * with `past`, not at it.
   */
  next(
    range: { readonly gte: ByteKey; readonly lt: ByteKey; readonly reverse: boolean },
    from: ByteKey | null,
    past: boolean,
    moment: number,
  ): readonly [ByteKey, Buffer] | null {
    const { gte, lt, reverse } = range;
    const keys = this.#keys;
    const step = reverse ? -1 : 1;
    let at: number;
    if (!reverse) {
      const begin = from === null || from < gte ? gte : from;
      at = placeOf(keys, begin);
      if (past && begin === from && keys[at] === from) at += 1;
    } else {
      const inside = from !== null && from < lt;
      at = placeOf(keys, inside ? from : lt);
      if (!inside || past || keys[at] !== from) at -= 1;
    }
    for (; at >= 0 && at < keys.length; at += step) {
      const key = keys[at] as ByteKey;
      if (key < gte || key >= lt) return null;
      const value = this.get(key, moment);
      if (value !== undefined) return [key, value];
    }
    return null;
  }

  /** What is there now, in order. */
  *all(): Generator<readonly [ByteKey, Buffer]> {
    for (const key of this.#keys) {
      const value = this.get(key);
      if (value !== undefined) yield [key, value];
    }
  }

  /** All keys with a value that has a byte to be spoiled. */
  spoilable(): ByteKey[] {
    return this.#keys.filter((key) => (this.get(key)?.length ?? 0) > 0);
  }

  /** Puts other bytes in the place of every version of a row; readers of then see them too. */
  replace(key: ByteKey, change: (value: Buffer) => Buffer): boolean {
    const versions = this.#versions.get(key);
    if (versions === undefined || this.get(key) === undefined) return false;
    const changed = versions.map(({ since, value }) => ({
      since,
      value: value === null ? null : change(value),
    }));
    this.#versions.set(key, changed);
    return true;
  }

  #collect(): void {
    const oldest = Math.min(this.#now, ...this.#readers.keys());
    if (oldest === this.#collected) return;
    this.#collected = oldest;
    for (const key of this.#stale) {
      const versions = this.#versions.get(key) as Version[];
      while (versions.length > 1 && (versions[1] as Version).since <= oldest) versions.shift();
      const [only] = versions;
      if (versions.length > 1 || only === undefined || only.since > oldest) continue;
      this.#stale.delete(key);
      if (only.value !== null) continue;
      this.#versions.delete(key);
      this.#keys.splice(placeOf(this.#keys, key), 1);
    }
  }
}

export const bytesOf = (key: ByteKey): Buffer => fromByteKey(key);
