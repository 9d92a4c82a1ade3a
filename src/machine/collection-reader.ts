/**
 * Plain reads that look at many fields of a hash: through the store page by page, bounded by the
 * limits of a reply, nothing of it kept in memory. All but random draws from a large hash are the
 * state of one instant. Not part of apply: they may wait.
 */
import type { EpochMs, MonoMs } from '../base/ids.js';
import type { Prng } from '../base/prng.js';
import { MAX_REPLY_BYTES, MAX_REPLY_ELEMENTS } from '../kv/limits.js';
import type { Reply } from '../kv/reply.js';
import type { Call } from './apply/call.js';
import { decodeHashHead } from './collections/field-codec.js';
import { hashOf, MEMBERS_FROM, MEMBERS_TO, memberPosition } from './collections/names.js';
import { prngOf, Reservoir } from './collections/sample.js';
import {
  answerAll,
  answerDump,
  answerRandom,
  answerScan,
  drawFrom,
  type NamedField,
  namedFields,
  scanCount,
  scanFrom,
  type Wish,
  wishOf,
} from './commands/hash-reads.js';
import { failed } from './commands/replies.js';
import type { ElementRange, Head, Place, ReadResult, ShardState } from './types.js';
import { fitsWhole } from './whole.js';

const TWO_32 = 2 ** 32;
const PAGE_BYTES = 1024 * 1024;
const TOO_LARGE = failed('REPLY_TOO_LARGE');

/** A hash up to this many fields is read whole for a random draw. */
const WHOLE_FIELDS = 2_000;
/** A draw takes one of so many neighbours: that evens out the gaps between them. */
const NEIGHBOURS = 16;
/** Draws by seeking; for more the whole hash is gone through. */
const MAX_SEEKS = 200;

export interface ReadTime {
  readonly now: EpochMs;
  readonly settled: boolean;
  readonly deadline: MonoMs | undefined;
}

interface Fields {
  readonly fields: readonly NamedField[];
  /** With those that are due. */
  readonly all: readonly NamedField[];
  readonly done: boolean;
}

/** A field's deadline has passed, and the log does not know it yet. */
class NeedsTime extends Error {}
/** The head left memory, or is another one by now. */
class HeadGone extends Error {}

/** Null: its head has gone or left memory; load it and ask again. */
export async function readHash(
  state: ShardState,
  call: Call,
  head: Head,
  time: ReadTime,
): Promise<ReadResult | null> {
  const reading = new HashReading(state, call.wants[0] as Place, head, time);
  try {
    return { kind: 'reply', reply: await reading.answer(call) };
  } catch (error) {
    if (error instanceof NeedsTime) return { kind: 'needs-time' };
    if (error instanceof HeadGone) return null;
    throw error;
  }
}

class HashReading {
  readonly #state: ShardState;
  readonly #place: Place;
  readonly #head: Head;
  readonly #time: ReadTime;

  constructor(state: ShardState, place: Place, head: Head, time: ReadTime) {
    this.#state = state;
    this.#place = place;
    this.#head = head;
    this.#time = time;
  }

  answer(call: Call): Promise<Reply> {
    if (call.row.name === 'hscan') return this.#scan(call);
    if (call.row.name === 'hrandfield') return this.#random(wishOf(call));
    if (call.row.name === 'dump') return this.#dump();
    return this.#all(call);
  }

  async #all(call: Call): Promise<Reply> {
    const { fields, done } = await this.#whole();
    return done ? answerAll(call, fields) : TOO_LARGE;
  }

  /** What RESTORE would not take back is not given: it would be too much for one entry. */
  async #dump(): Promise<Reply> {
    if (this.#head.facts === null || !fitsWhole(this.#head.facts)) return TOO_LARGE;
    const { fields, done } = await this.#whole();
    return done ? answerDump(fields) : TOO_LARGE;
  }

  async #scan(call: Call): Promise<Reply> {
    const from = memberPosition(scanFrom(call));
    const page = await this.#read({ from, count: scanCount(call) + 1, bytes: PAGE_BYTES });
    if (page.done) return answerScan(call, page.fields, null);
    // The last hash may go on behind the page.
    const last = hashOf((page.all.at(-1) as NamedField).name);
    if (hashOf((page.all[0] as NamedField).name) < last) {
      const whole = page.fields.filter(({ name }) => hashOf(name) < last);
      return answerScan(call, whole, last);
    }
    const range = { from: memberPosition(last), to: memberPosition(last + 1) };
    const group = await this.#read({ ...range, count: MAX_REPLY_ELEMENTS, bytes: MAX_REPLY_BYTES });
    if (!group.done) return TOO_LARGE;
    return answerScan(call, group.fields, last + 1 < TWO_32 ? last + 1 : null);
  }

  async #random(wish: Wish): Promise<Reply> {
    if (wish.repeats && wish.count > MAX_REPLY_ELEMENTS) return TOO_LARGE;
    const { count } = decodeHashHead(this.#head.value);
    const few = wish.count <= MAX_SEEKS && wish.count * NEIGHBOURS <= count;
    if (count > WHOLE_FIELDS && few) return this.#drawBySeeking(wish);
    if (wish.repeats || wish.count >= count || count <= WHOLE_FIELDS) {
      const { fields, done } = await this.#whole();
      return done ? drawFrom(wish, fields) : TOO_LARGE;
    }
    const { fields, done } = await this.#whole();
    if (!done) return TOO_LARGE;
    const reservoir = new Reservoir<NamedField>(wish.count, prngOf(wish.seed));
    for (const field of fields) reservoir.add(field);
    return answerRandom(wish, reservoir.items);
  }

  async #drawBySeeking(wish: Wish): Promise<Reply> {
    const prng = prngOf(wish.seed);
    const drawn: NamedField[] = [];
    const names = new Set<string>();
    for (let tries = 0; drawn.length < wish.count && tries < 4 * MAX_SEEKS; tries++) {
      const field = await this.#drawOne(prng);
      if (field === null || (!wish.repeats && names.has(field.name))) continue;
      names.add(field.name);
      drawn.push(field);
    }
    return answerRandom(wish, drawn);
  }

  async #drawOne(prng: Prng): Promise<NamedField | null> {
    const range = { count: NEIGHBOURS, bytes: MAX_REPLY_BYTES };
    const from = memberPosition(prng.below(TWO_32));
    let { fields } = await this.#read({ ...range, from });
    if (fields.length === 0) ({ fields } = await this.#read({ ...range, from: MEMBERS_FROM }));
    return fields.length === 0 ? null : (fields[prng.below(fields.length)] as NamedField);
  }

  #whole(): Promise<Fields> {
    return this.#read({ from: MEMBERS_FROM, count: MAX_REPLY_ELEMENTS, bytes: MAX_REPLY_BYTES });
  }

  async #read(
    part: Pick<ElementRange, 'from' | 'count' | 'bytes'> & { to?: string },
  ): Promise<Fields> {
    const { now, settled, deadline } = this.#time;
    const range = { to: MEMBERS_TO, ...part, ...(deadline === undefined ? {} : { deadline }) };
    const page = await this.#state.elements(this.#place, this.#head.generation, range);
    if (page === null) throw new HeadGone();
    const all = namedFields(page.items);
    const fields = all.filter((field) => field.deadline === null || field.deadline > page.time);
    const isLate = ({ deadline: at }: NamedField): boolean => at !== null && at <= now;
    if (!settled && fields.some(isLate)) throw new NeedsTime();
    return { fields, all, done: page.done };
  }
}
