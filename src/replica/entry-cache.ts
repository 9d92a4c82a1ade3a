/**
 * Entries of one group in memory: those not yet durable or applied, and the newest after them so
 * that followers are fed without reading the log. What has been applied goes first when it is full.
 */
import { assert, must } from '../base/assert.js';
import { EMPTY_BYTES } from '../base/bytes.js';
import type { LogIndex, Term } from '../base/ids.js';
import type { CommittedEntry } from '../machine/types.js';
import type { EntryMeta } from '../raft/types.js';

export class EntryCache {
  readonly #limitBytes: number;
  readonly #entries = new Map<LogIndex, CommittedEntry>();
  readonly #arrived = new Map<string, Uint8Array>();
  #first = 1;
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Adds an entry; one of the same index is replaced (a conflict overwrote it). */
  put(entry: CommittedEntry): void {
    const old = this.#entries.get(entry.index);
    if (old !== undefined) this.#bytes -= old.bytes.length;
    if (this.#entries.size === 0) this.#first = entry.index;
    else if (entry.index < this.#first) this.#first = entry.index;
    this.#entries.set(entry.index, entry);
    this.#bytes += entry.bytes.length;
  }

  get(index: LogIndex, term: Term | null): CommittedEntry | undefined {
    const entry = this.#entries.get(index);
    if (entry === undefined || (term !== null && entry.term !== term)) return undefined;
    return entry;
  }

  /** Lets go of applied entries, oldest first, until the limit holds. */
  trim(applied: LogIndex): void {
    while (this.#bytes > this.#limitBytes && this.#first <= applied) {
      const entry = this.#entries.get(this.#first as LogIndex);
      if (entry !== undefined) {
        this.#bytes -= entry.bytes.length;
        this.#entries.delete(entry.index);
      }
      this.#first++;
      if (this.#entries.size === 0) break;
    }
    assert(this.#bytes >= 0, 'entry cache: bytes below zero');
  }

  /** Payloads that came with an append, until the core has said which of them it takes. */
  arrive(entries: readonly EntryMeta[], payloads: readonly Uint8Array[]): void {
    entries.forEach(({ index, term }, i) => {
      this.#arrived.set(`${index}:${term}`, must(payloads[i], 'payload'));
    });
  }

  /** The entry the core wants in the log: proposed here, or just arrived. */
  take({ index, term, kind, size }: EntryMeta): CommittedEntry {
    const known = this.get(index, term);
    if (known !== undefined) return known;
    const arrived = size === 0 ? EMPTY_BYTES : this.#arrived.get(`${index}:${term}`);
    const entry: CommittedEntry = { index, term, kind, bytes: must(arrived, 'entry bytes') };
    this.put(entry);
    return entry;
  }

  dropArrived(): void {
    if (this.#arrived.size > 0) this.#arrived.clear();
  }
}
