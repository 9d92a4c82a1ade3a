/**
 * What gathers while a frame is being written. One unit per `write` call: it is split over frames
 * when it does not fit, and counts at replay only when all of it is there. Filling a frame takes
 * units in order; an entry too large for a shared frame goes alone.
 */
import { must, unreachable } from '../base/assert.js';
import type { ByteWriter } from './bytes.js';
import {
  ENTRY_BOUND,
  encodeEntries,
  encodeMeta,
  encodeSeal,
  HEAD_BOUND,
  LAST,
  metaBound,
  RESUMES,
} from './records.js';
import type { EntryRef, FrameRef, MetaRef, Owner } from './refs.js';

export type Item =
  | { readonly kind: 'append'; readonly owner: Owner; readonly refs: readonly EntryRef[] }
  /** An entry written again; left out if it is no longer live when its turn comes. */
  | {
      readonly kind: 'copy';
      readonly owner: Owner;
      readonly refs: readonly [EntryRef];
      readonly bytes: Uint8Array;
      readonly live: () => boolean;
    }
  | { readonly kind: 'meta'; readonly ref: MetaRef }
  | { readonly kind: 'seal' };

export interface Unit {
  readonly items: readonly Item[];
  readonly onDurable: (() => void) | null;
}

interface Queued extends Unit {
  /** First item not yet in a frame, and its first entry not yet in a frame. */
  item: number;
  entry: number;
}

const FLAG_BYTE = 1;
const entryBound = (ref: EntryRef): number => ENTRY_BOUND + ref.size;

function itemBound(item: Item, from: number): number {
  switch (item.kind) {
    case 'append':
    case 'copy':
      return item.refs.reduce(
        (sum, ref, i) => (i < from ? sum : sum + entryBound(ref)),
        HEAD_BOUND,
      );
    case 'meta':
      return metaBound(item.ref.record);
    case 'seal':
      return HEAD_BOUND;
    default:
      unreachable(item);
  }
}

/** The frame under construction. */
export interface Filling {
  readonly out: ByteWriter;
  /** Where the payload begins in `out`. */
  readonly start: number;
  /** Bytes the payload may have. */
  readonly room: number;
  readonly frame: FrameRef;
}

export class FrameQueue {
  readonly #maxPayload: number;
  #units: Queued[] = [];
  #bound = 0;

  /** `maxPayload`: what a frame's payload may have, unless one entry alone has more. */
  constructor(maxPayload: number) {
    this.#maxPayload = maxPayload;
  }

  get empty(): boolean {
    return this.#units.length === 0;
  }

  /** Units not wholly in a frame. */
  get length(): number {
    return this.#units.length;
  }

  /** More than the bytes that wait. */
  get bytes(): number {
    return this.#bound;
  }

  /** The first unit is partly in a frame already. */
  get resuming(): boolean {
    const head = this.#units[0];
    return head !== undefined && (head.item > 0 || head.entry > 0);
  }

  push(unit: Unit): void {
    this.#units.push({ items: unit.items, onDurable: unit.onDurable, item: 0, entry: 0 });
    for (const item of unit.items) this.#bound += itemBound(item, 0);
  }

  /** Room the next frame's payload must be given: all that waits, up to a frame's bound. */
  nextRoom(): number {
    const shared = Math.min(this.#bound + FLAG_BYTE, this.#maxPayload);
    return Math.max(shared, this.#firstStep() + FLAG_BYTE);
  }

  /** Puts what fits into the frame; `done` gets the callbacks of units that are wholly in. */
  fill(into: Filling, done: (() => void)[]): void {
    const { out, start } = into;
    out.u8(this.resuming ? RESUMES : 0);
    const empty = out.at;
    let taken = 0;
    for (const unit of this.#units) {
      if (!this.#fillUnit(unit, into, empty)) break;
      if (unit.onDurable !== null) done.push(unit.onDurable);
      taken += 1;
    }
    if (taken > 0) this.#units = this.#units.slice(taken);
    if (out.at === empty) out.at = start;
  }

  /** The least the next frame must take: one record, or one entry with its head. */
  #firstStep(): number {
    const head = this.#units.find((unit) => unit.item < unit.items.length);
    const item = head?.items[head.item];
    if (head === undefined || item === undefined) return 0;
    if (item.kind !== 'append' && item.kind !== 'copy') return itemBound(item, 0);
    const ref = item.refs[head.entry];
    return HEAD_BOUND + (ref === undefined ? 0 : entryBound(ref));
  }

  #fillUnit(unit: Queued, into: Filling, empty: number): boolean {
    while (unit.item < unit.items.length) {
      const item = must(unit.items[unit.item], 'item');
      const last = unit.item === unit.items.length - 1 ? LAST : 0;
      if (!this.#fillItem(unit, item, last, into, empty)) return false;
      unit.item += 1;
      unit.entry = 0;
    }
    return true;
  }

  /** False when the item is not wholly in. */
  #fillItem(unit: Queued, item: Item, last: number, into: Filling, empty: number): boolean {
    const { out, frame } = into;
    if (item.kind === 'append') return this.#fillAppend(unit, item, last, into, empty);
    const bound = itemBound(item, 0);
    if (!fits(into, bound, empty)) return false;
    this.#bound -= bound;
    switch (item.kind) {
      case 'copy':
        if (!item.live()) return true;
        encodeEntries(
          out,
          'copy',
          item.owner,
          item.refs,
          () => item.bytes,
          { from: 0, to: 1, flags: last },
          (ref, at) => place(ref, into, at),
        );
        return true;
      case 'meta':
        encodeMeta(out, item.ref, last);
        item.ref.frame = frame;
        return true;
      case 'seal':
        encodeSeal(out);
        return true;
      default:
        unreachable(item);
    }
  }

  #fillAppend(
    unit: Queued,
    item: Extract<Item, { kind: 'append' }>,
    last: number,
    into: Filling,
    empty: number,
  ): boolean {
    const { refs, owner } = item;
    let bound = HEAD_BOUND;
    let to = unit.entry;
    for (; to < refs.length; to++) {
      const more = entryBound(must(refs[to], 'entry'));
      const alone = to === unit.entry && into.out.at === empty;
      if (!alone && !fits(into, bound + more, empty)) break;
      bound += more;
      if (alone && more > this.#maxPayload) {
        to += 1;
        break;
      }
    }
    if (to === unit.entry) return false;
    const whole = to === refs.length;
    encodeEntries(
      into.out,
      'append',
      owner,
      refs,
      (ref) => must(ref.bytes, 'bytes of an entry on its way'),
      { from: unit.entry, to, flags: whole ? last : 0 },
      (ref, at) => place(ref, into, at),
    );
    this.#bound -= whole ? bound : bound - HEAD_BOUND;
    unit.entry = to;
    return whole;
  }
}

function fits(into: Filling, bound: number, empty: number): boolean {
  const used = into.out.at - into.start;
  if (used + bound <= into.room) return true;
  return into.out.at === empty && bound <= into.room;
}

function place(ref: EntryRef, into: Filling, at: number): void {
  ref.frame = into.frame;
  ref.position = at - into.start;
  ref.bytes = null;
}
