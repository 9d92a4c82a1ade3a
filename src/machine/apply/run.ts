/**
 * The rows as a command sees them. A key whose deadline is not after applied cluster time is
 * absent, for writes and reads alike and on every replica at the same entry; its row goes later,
 * when an `expire` entry names it.
 */
import { assert } from '../../base/assert.js';
import type { ByteKey } from '../../base/bytes.js';
import type { EpochMs, Revision } from '../../base/ids.js';
import type { ElementPage, Head, Header, NewHead, Place, ShardState, Want } from '../types.js';
import { STRING } from '../value-type.js';
import { fitsWhole } from '../whole.js';

const wholeName = ({ database, key }: Place, generation: number): string =>
  `${database}:${generation}:${key}`;

/** What a string's new row says besides what follows from the old one. */
export interface NewString {
  readonly value: Uint8Array;
  readonly deadline: EpochMs | null;
}

export class Run {
  readonly #state: ShardState;
  #time: EpochMs;
  #now: EpochMs;
  #revision: number;
  readonly #tooLarge = new Set<string>();
  #foundAt: Place | null = null;
  #found: Head | null = null;

  constructor(state: ShardState) {
    this.#state = state;
    this.#time = state.descriptor.clusterTime;
    this.#now = this.#time;
    this.#revision = state.descriptor.revision;
  }

  /** Applied cluster time. */
  get time(): EpochMs {
    return this.#time;
  }

  /**
   * The reader's cluster clock, never behind applied cluster time: only for what a read says about
   * time (`ttl`), never for what is there.
   */
  get now(): EpochMs {
    return this.#now;
  }

  /** The revision given out last. */
  get revision(): Revision {
    return this.#revision as Revision;
  }

  /** Cluster time never goes back. */
  advance(stamp: EpochMs): void {
    if (stamp > this.#time) this.#time = stamp;
  }

  readAt(now: EpochMs): void {
    this.#now = now > this.#time ? now : this.#time;
  }

  /** Inside an entry the log's time alone counts, for what commands there say about time too. */
  readAtApply(): void {
    this.#now = this.#time;
  }

  isDead(header: Header): boolean {
    return header.deadline !== null && header.deadline <= this.#time;
  }

  /** Null: absent, or expired by applied cluster time. */
  header(place: Place): Header | null {
    const header = place === this.#foundAt ? this.#found : this.#state.header(place);
    assert(header !== undefined, 'a header was not brought into memory');
    return header === null || this.isDead(header) ? null : header;
  }

  /**
   * A number that is another one whenever the key has changed between two looks, also when it is
   * gone again: its revision, or that of the last removal around it (0: never any). One whose
   * deadline has passed has a number of its own, until it is removed.
   */
  mark(place: Place): number {
    const header = this.#state.header(place);
    assert(header !== undefined, 'a header was not brought into memory');
    if (header === null) return this.#state.removedAt(place);
    return this.isDead(header) ? Number.MAX_SAFE_INTEGER - header.revision : header.revision;
  }

  /**
   * A read has looked this up already; `head` and `header` of the same place object give it until
   * the next offer. Null: nothing is offered any more.
   */
  offer(place: Place | null, head: Head | null): void {
    this.#foundAt = place;
    this.#found = head;
  }

  head(place: Place): Head | null {
    const head = place === this.#foundAt ? this.#found : this.#state.head(place);
    assert(head !== undefined, 'a value was not brought into memory');
    return head === null || this.isDead(head) ? null : head;
  }

  /** Of a row dead or alive; null when it has none or is not there. */
  deadlineOf(place: Place): EpochMs | null {
    const header = this.#state.header(place);
    assert(header !== undefined, 'a header was not brought into memory');
    return header === null ? null : header.deadline;
  }

  /** `old` is what `header` or `head` gave: a key that was absent is created now. */
  putString(place: Place, old: Header | null, { value, deadline }: NewString): Revision {
    const revision = this.#next();
    this.#state.putHead(place, {
      type: STRING,
      flags: 0,
      revision,
      created: old === null ? revision : old.created,
      deadline,
      generation: 0,
      value,
    });
    return revision;
  }

  /** Any type of key keeps all but its deadline. */
  putDeadline(place: Place, old: Head, deadline: EpochMs | null): Revision {
    const revision = this.#next();
    const { type, flags, created, generation, value } = old;
    this.#state.putHead(place, { type, flags, revision, created, deadline, generation, value });
    return revision;
  }

  /**
   * The value, type and deadline of another key, and its elements; `old` is what lay at this place
   * before. Null: nothing was done, they are too many.
   */
  putCopy(place: Place, old: Header | null, from: Head, at: Place): Revision | null {
    const elements = from.generation === 0 ? [] : this.whole(at, from.generation);
    if (elements === null) return null;
    const revision = this.#next();
    const { type, flags, deadline, value } = from;
    const created = old === null ? revision : old.created;
    const generation = from.generation === 0 ? 0 : revision;
    const wake = from.facts?.wake ?? null;
    for (const one of elements) this.#state.putElement(place, generation, one.name, one.value);
    const head = { type, flags, revision, created, deadline, generation, value, wake };
    this.#state.putHead(place, head);
    return revision;
  }

  /** Rows of the collection's generation; `Hash` and its like keep them and its head together. */
  element(place: Place, generation: number, name: ByteKey): Uint8Array | null {
    const known = this.#state.element(place, generation, name);
    return known === undefined ? this.#state.readElement(place, generation, name) : known;
  }

  get elements(): Pick<ShardState, 'knowElement' | 'putElement' | 'deleteElement'> {
    return this.#state;
  }

  /** The head of a collection, after its elements. */
  putCollection(place: Place, head: Omit<NewHead, 'revision' | 'flags'>): Revision {
    const revision = this.#next();
    this.#state.putHead(place, { ...head, flags: 0, revision });
    return revision;
  }

  /**
   * Before the commands of an entry. What is too large to be handled as a whole is so for all of
   * them, because nobody could load it between two of them.
   */
  beginEntry(wants: readonly Want[]): void {
    if (this.#tooLarge.size > 0) this.#tooLarge.clear();
    for (const want of wants) {
      const header = want.whole === true ? this.#state.header(want) : null;
      if (!header?.facts || fitsWhole(header.facts)) continue;
      this.#tooLarge.add(wholeName(want, header.generation));
    }
  }

  /** All elements in order; null: too large. The entry's wants have asked for it as a whole. */
  whole(place: Place, generation: number): ElementPage['items'] | null {
    if (this.#tooLarge.has(wholeName(place, generation))) return null;
    const items = this.#state.wholeElements(place, generation);
    assert(items !== null, 'a whole collection was not brought into memory');
    return items;
  }

  /** Deletes all keys of a database, or of every user's; how many there were, expired ones too. */
  wipe(database: number | null): number {
    const { keys } = this.#state.counts(database ?? undefined);
    this.#state.wipe(database, this.#next());
    return keys;
  }

  /** The row is there, dead or alive. */
  remove(place: Place): Revision {
    const revision = this.#next();
    this.#state.deleteHead(place, revision);
    return revision;
  }

  #next(): Revision {
    this.#revision++;
    return this.#revision as Revision;
  }
}
