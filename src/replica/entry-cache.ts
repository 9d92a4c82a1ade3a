/**
 * Entries of one group on their way from their arrival to the machine, with what is decoded of
 * them. What was applied is let go of at once: the log keeps the newest entries' bytes for
 * followers, and an object that lives for seconds costs the collector more than it is worth.
 */
import { must } from '../base/assert.js';
import { EMPTY_BYTES } from '../base/bytes.js';
import type { LogIndex, Term } from '../base/ids.js';
import type { CommittedEntry } from '../machine/types.js';
import type { EntryMeta } from '../raft/types.js';

/** One payload; `others` came for the same index, of another term or once more. */
interface Arrived {
  readonly term: Term;
  readonly bytes: Uint8Array;
  readonly others: Arrived | null;
}

export class EntryCache {
  readonly #entries = new Map<LogIndex, CommittedEntry>();
  readonly #arrived = new Map<LogIndex, Arrived>();
  #first = 1;

  get size(): number {
    return this.#entries.size;
  }

  /** Adds an entry; one of the same index is replaced (a conflict overwrote it). */
  put(entry: CommittedEntry): void {
    if (this.#entries.size === 0) this.#first = entry.index;
    else if (entry.index < this.#first) this.#first = entry.index;
    this.#entries.set(entry.index, entry);
  }

  get(index: LogIndex, term: Term | null): CommittedEntry | undefined {
    const entry = this.#entries.get(index);
    if (entry === undefined || (term !== null && entry.term !== term)) return undefined;
    return entry;
  }

  /** Lets go of what has been applied. */
  trim(applied: LogIndex): void {
    for (; this.#first <= applied && this.#entries.size > 0; this.#first++) {
      this.#entries.delete(this.#first as LogIndex);
    }
  }

  /** Payloads that came with an append, until the core has said which of them it takes. */
  arrive(entries: readonly EntryMeta[], payloads: readonly Uint8Array[]): void {
    for (let i = 0; i < entries.length; i++) {
      const { index, term } = entries[i] as EntryMeta;
      const others = this.#arrived.get(index) ?? null;
      this.#arrived.set(index, { term, bytes: must(payloads[i], 'payload'), others });
    }
  }

  /** The entry the core wants in the log: proposed here, or just arrived. */
  take({ index, term, kind, size }: EntryMeta): CommittedEntry {
    const known = this.get(index, term);
    if (known !== undefined) return known;
    const bytes = size === 0 ? EMPTY_BYTES : this.#bytesOf(index, term);
    const entry: CommittedEntry = { index, term, kind, bytes };
    this.put(entry);
    return entry;
  }

  #bytesOf(index: LogIndex, term: Term): Uint8Array {
    let arrived = this.#arrived.get(index) ?? null;
    while (arrived !== null && arrived.term !== term) arrived = arrived.others;
    return must(arrived, 'entry bytes').bytes;
  }

  dropArrived(): void {
    if (this.#arrived.size > 0) this.#arrived.clear();
  }
}
