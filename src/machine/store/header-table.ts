/**
 * Headers of clean keys that no run has pinned: what an overwrite must know of a key, in 56 bytes
 * instead of an object of 360, so that many keys are overwritten without a read. A hash table of
 * fixed size over one buffer: sets of eight slots, a key belongs to one set, and a full set gives
 * up a slot in turn. That a key is absent is kept too.
 *
 * A key is known by 96 bits of a seeded hash alone. Among 2^18 entries a key that is not there
 * meets a twin with odds of 2^-78 per look-up. It would take the twin's header, so its own
 * replica's digest would come out wrong, and the comparison of digests fences and rebuilds that
 * replica; every process has another seed, so no two replicas meet the same twin.
 *
 * Promise: a key is either here or among its shard's rows, never in both: `take` removes what it
 * returns. The salt of a shard's rows is theirs alone; with a new one all its entries are gone.
 */
import type { EpochMs, Revision } from '../../base/ids.js';
import type { Header, Place } from '../types.js';

const SLOT_WORDS = 14;
export const SLOT_BYTES = 4 * SLOT_WORDS;
const SET_SLOTS = 8;
const TWO_32 = 2 ** 32;

// Words of a slot; numbers of 53 bits take two, the upper half first.
const CRC = 3;
const SIZE = 4;
const REVISION = 5;
const CREATED = 7;
const DEADLINE = 9;
const GENERATION = 11;
/** Type, flags, and a bit that says the slot is in use. */
const KIND = 13;

const USED = 1 << 16;
const ABSENT = 0xffffffff;
/** No deadline: one above the largest safe integer, as in the store. */
const NO_DEADLINE = 2 ** 53;

/** Spreads a word over all its bits (finalizer of MurmurHash3, A. Appleby). */
function mix(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return h ^ (h >>> 16);
}

export class HeaderTable {
  private readonly words: Uint32Array;
  private readonly sets: number;
  private readonly seeds: readonly [number, number, number];
  /** The hash of the last key asked for. */
  private first = 0;
  private second = 0;
  private third = 0;
  private turn = 0;
  private salts = 0;
  /** Entries, stale ones of older salts included. */
  size = 0;

  /** `seed`: a non-negative integer below 2^53. A budget below one set gives an empty table. */
  constructor(limitBytes: number, seed: number) {
    this.sets = Math.floor(limitBytes / (SET_SLOTS * SLOT_BYTES));
    this.words = new Uint32Array(this.sets * SET_SLOTS * SLOT_WORDS);
    const low = mix(seed >>> 0);
    const high = mix(Math.floor(seed / TWO_32) ^ 0x9e3779b9);
    this.seeds = [mix(low ^ high), mix(Math.imul(low, 5) + high), mix(low + Math.imul(high, 7))];
  }

  /** A salt that no rows have had before. */
  newSalt(): number {
    return ++this.salts;
  }

  /** `undefined`: not known · `null`: the key surely is not in the store. The entry is removed. */
  take(salt: number, place: Place): Header | null | undefined {
    if (this.size === 0) return undefined;
    const { words } = this;
    const slot = this.find(this.hash(salt, place));
    if (slot < 0) return undefined;
    const kind = words[slot + KIND] as number;
    const size = words[slot + SIZE] as number;
    words[slot + KIND] = 0;
    this.size--;
    if (size === ABSENT) return null;
    const deadline = this.number(slot + DEADLINE);
    return {
      type: kind & 0xff,
      flags: (kind >>> 8) & 0xff,
      revision: this.number(slot + REVISION) as Revision,
      created: this.number(slot + CREATED) as Revision,
      deadline: deadline === NO_DEADLINE ? null : (deadline as EpochMs),
      generation: this.number(slot + GENERATION),
      size,
      crc: words[slot + CRC] as number,
      facts: null,
    };
  }

  /** The CRC of the key's row, and no more; as `take`, but the entry stays. */
  crc(salt: number, place: Place): number | null | undefined {
    if (this.size === 0) return undefined;
    const slot = this.find(this.hash(salt, place));
    if (slot < 0) return undefined;
    return this.words[slot + SIZE] === ABSENT ? null : this.words[slot + CRC];
  }

  /**
   * The key's clean state, as the store has it; never of a collection, whose facts have no room.
   */
  put(salt: number, place: Place, header: Header | null): void {
    if (this.sets === 0) return;
    const { words } = this;
    const set = this.hash(salt, place);
    const known = this.find(set);
    const slot = known < 0 ? this.free(set) : known;
    words[slot] = this.first;
    words[slot + 1] = this.second;
    words[slot + 2] = this.third;
    if (header === null) {
      words[slot + SIZE] = ABSENT;
      words[slot + KIND] = USED;
      return;
    }
    words[slot + CRC] = header.crc;
    words[slot + SIZE] = header.size;
    this.putNumber(slot + REVISION, header.revision);
    this.putNumber(slot + CREATED, header.created);
    this.putNumber(slot + DEADLINE, header.deadline ?? NO_DEADLINE);
    this.putNumber(slot + GENERATION, header.generation);
    words[slot + KIND] = USED | (header.flags << 8) | header.type;
  }

  /** Hashes the key into the three lanes; returns where its set begins. */
  private hash(salt: number, { bucket, database, key }: Place): number {
    const where = (bucket << 8) | database;
    let [a, b, c] = this.seeds;
    a = mix(a ^ salt) ^ where;
    b = mix(b + salt) ^ where;
    c = mix(c ^ Math.imul(salt, 3)) ^ where;
    for (let at = 0; at < key.length; at++) {
      const byte = key.charCodeAt(at);
      a = Math.imul(a ^ byte, 0x9e3779b1);
      b = Math.imul(b ^ byte, 0x5f356495);
      c = Math.imul((c << 5) | (c >>> 27), 0x85ebca77) + byte;
    }
    // Each lane ends with a part of its neighbour: no bit hangs on one multiplier alone.
    this.first = mix(a ^ (b >>> 16) ^ key.length) >>> 0;
    this.second = mix(b ^ (c >>> 16)) >>> 0;
    this.third = mix(c ^ (a >>> 16)) >>> 0;
    return Math.floor((this.first / TWO_32) * this.sets) * SET_SLOTS * SLOT_WORDS;
  }

  /** The slot of the key hashed last; -1 when it is not there. */
  private find(set: number): number {
    const { words, first, second, third } = this;
    const end = set + SET_SLOTS * SLOT_WORDS;
    for (let slot = set; slot < end; slot += SLOT_WORDS) {
      if (words[slot] !== first || words[slot + 1] !== second || words[slot + 2] !== third)
        continue;
      if (words[slot + KIND] !== 0) return slot;
    }
    return -1;
  }

  /** A slot of the set without entry; when all have one, they give way in turn. */
  private free(set: number): number {
    const end = set + SET_SLOTS * SLOT_WORDS;
    for (let slot = set; slot < end; slot += SLOT_WORDS) {
      if (this.words[slot + KIND] === 0) {
        this.size++;
        return slot;
      }
    }
    this.turn = (this.turn + 1) % SET_SLOTS;
    return set + this.turn * SLOT_WORDS;
  }

  private number(at: number): number {
    return (this.words[at] as number) * TWO_32 + (this.words[at + 1] as number);
  }

  private putNumber(at: number, value: number): void {
    this.words[at] = Math.floor(value / TWO_32);
    this.words[at + 1] = value % TWO_32;
  }
}
