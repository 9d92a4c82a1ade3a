/**
 * What must be true after a run, without keeping all of it: a key may hold a write only if no other
 * acknowledged write of that key began after this one had ended. A write without a known outcome
 * may have ended at any time.
 */
import { RkvError } from '../kv/errors.js';
import type { Operation } from './types.js';
import { idOf } from './value.js';

export interface Loss {
  readonly key: number;
  readonly why: string;
}

export class Ledger {
  /** When each write ended, by its number; absent: its outcome is unknown. */
  readonly #endedUs = new Map<number, number>();
  readonly #keyOf = new Map<number, number>();
  /** Of each key: the latest start of an acknowledged write, and that write. */
  readonly #newest = new Map<number, { readonly id: number; readonly callUs: number }>();
  #acknowledged = 0;

  /** Takes every finished operation of a run, in any order. */
  note({ kind, key, id, callUs, returnUs, answer }: Operation): void {
    if (kind !== 'set') return;
    if (answer instanceof RkvError) {
      // What is not surely refused may have been applied: a replica that stopped says neither.
      if (answer.kind !== 'refused' && answer.kind !== 'usage') this.#keyOf.set(id, key);
      return;
    }
    if (answer.kind === 'failed') return;
    this.#acknowledged += 1;
    this.#keyOf.set(id, key);
    this.#endedUs.set(id, returnUs);
    const newest = this.#newest.get(key);
    if (newest === undefined || callUs > newest.callUs) this.#newest.set(key, { id, callUs });
  }

  get acknowledged(): number {
    return this.#acknowledged;
  }

  /** The keys that must be there. */
  keys(): number[] {
    return [...this.#newest.keys()];
  }

  /** Why this value (null: none) cannot be right for the key after all writes, or null. */
  check(key: number, value: Uint8Array | null): Loss | null {
    const newest = this.#newest.get(key);
    if (newest === undefined) return null;
    if (value === null)
      return { key, why: `write ${newest.id} was acknowledged; nothing is there` };
    const id = idOf(value);
    if (id === null || this.#keyOf.get(id) !== key) {
      return {
        key,
        why: `it holds ${id === null ? 'foreign bytes' : `write ${id}`}, never sent to it`,
      };
    }
    const ended = this.#endedUs.get(id);
    if (ended === undefined || ended >= newest.callUs) return null;
    return { key, why: `write ${newest.id} was acknowledged; the older write ${id} is there` };
  }
}
