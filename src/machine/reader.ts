/**
 * Reads of what is applied. The replica has waited for the read index; here it is decided whether
 * the shard still owns the keys, whether a deadline has passed that the log does not know of yet,
 * and what the row answers. In memory, or within the turn's budget, without a promise.
 */
import { assert } from '../base/assert.js';
import type { EpochMs, MonoMs } from '../base/ids.js';
import { RkvError } from '../kv/errors.js';
import type { Command } from '../kv/request.js';
import { type Call, prepareCall } from './apply/call.js';
import { inRange } from './apply/prepare.js';
import type { Run } from './apply/run.js';
import { type ReadTime, readHash } from './collection-reader.js';
import { decodeField } from './collections/field-codec.js';
import { answerAbsent } from './commands/hash-reads.js';
import { failed } from './commands/replies.js';
import { handlerOf } from './commands/table.js';
import { rangeOf, type ScanLimits, scan } from './scan.js';
import type { Header, ReadResult, ShardState, Want } from './types.js';
import { HASH } from './value-type.js';
import { randomKey, type WalkTime, walk, walkOf } from './walk.js';

const MOVED: ReadResult = { kind: 'moved' };
const NEEDS_TIME: ReadResult = { kind: 'needs-time' };
const MALFORMED: ReadResult = { kind: 'reply', reply: failed('SYNTAX') };

/** Loads that other reads' evictions undid again, before something must be wrong. */
const MAX_LOADS = 8;

export class Reader {
  readonly #state: ShardState;
  readonly #run: Run;
  readonly #limits: ScanLimits;
  readonly #release: () => void;

  /** `release`: what this read loaded need not stay in memory for its sake. */
  constructor(state: ShardState, run: Run, limits: ScanLimits, release: () => void) {
    this.#state = state;
    this.#run = run;
    this.#limits = limits;
    this.#release = release;
  }

  read(
    command: Command,
    now: EpochMs,
    settled: boolean,
    deadline?: MonoMs,
  ): ReadResult | Promise<ReadResult> {
    const call = prepareCall(command);
    if (call === null || call.row.access !== 'read') return MALFORMED;
    if (call.row.reads === 'counts') return this.#count(command);
    if (call.row.reads === 'range') return this.#readRange(call, { now, settled, deadline });
    if (call.row.reads === 'elements') return this.#readMany(call, { now, settled, deadline });
    const answer = this.#answer(call, now, settled);
    if (answer !== null) return answer;
    const loading = this.#state.load(call.wants);
    if (loading !== undefined) return this.#readLater(loading, call, now, settled);
    const loaded = this.#answer(call, now, settled);
    this.#release();
    assert(loaded !== null, 'loaded rows are in memory');
    return loaded;
  }

  #count({ database }: Command): ReadResult {
    const { keys } = this.#state.counts(database);
    return { kind: 'reply', reply: { kind: 'integer', value: BigInt(keys) } };
  }

  #readRange(call: Call, time: WalkTime): Promise<ReadResult> {
    switch (call.row.name) {
      case 'walk':
        return walk(this.#state, this.#run, walkOf(call, this.#limits), time);
      case 'randomkey':
        return randomKey(this.#state, this.#run, call.command, { ...time, limits: this.#limits });
      default:
        return scan(this.#state, this.#run, rangeOf(call, this.#limits, time.deadline), time);
    }
  }

  async #readLater(
    first: Promise<void>,
    call: Call,
    now: EpochMs,
    settled: boolean,
  ): Promise<ReadResult> {
    let loading: Promise<void> | undefined = first;
    for (let i = 0; i < MAX_LOADS; i++) {
      await loading;
      const answer = this.#answer(call, now, settled);
      this.#release();
      if (answer !== null) return answer;
      loading = this.#state.load(call.wants);
    }
    throw new RkvError('OVERLOADED', 'rows leave memory faster than they can be read');
  }

  /** Many elements of one collection: its head, then pages of the store. */
  async #readMany(call: Call, time: ReadTime): Promise<ReadResult> {
    const want = call.wants[0] as Want;
    for (let i = 0; i < MAX_LOADS; i++) {
      if (!inRange(this.#state.descriptor.range, want)) return MOVED;
      let head = this.#state.head(want);
      if (head === undefined) {
        await this.#state.load(call.wants);
        head = this.#state.head(want);
        if (head === undefined) continue;
      }
      if (head !== null && !time.settled && this.#needsTime(head, time.now)) return NEEDS_TIME;
      if (head === null || this.#run.isDead(head)) {
        return { kind: 'reply', reply: answerAbsent(call) };
      }
      // what it has to say of another type needs no elements
      if (head.type !== HASH) return { kind: 'reply', reply: handlerOf(call)(this.#run, call) };
      const reading = readHash(this.#state, call, head, time);
      this.#release();
      const result = await reading;
      if (result !== null) return result;
    }
    throw new RkvError('OVERLOADED', 'a collection changes faster than it can be read');
  }

  /** Null: a row is not in memory. The range may have changed since the load began. */
  #answer(call: Call, now: EpochMs, settled: boolean): ReadResult | null {
    const { range } = this.#state.descriptor;
    const alone = call.wants.length === 1;
    for (const want of call.wants) {
      if (!inRange(range, want)) return MOVED;
      const header = this.#peek(want, alone);
      if (header === undefined) return null;
      if (header === null) continue;
      if (!settled && this.#needsTime(header, now)) return NEEDS_TIME;
      const late = this.#lateElement(want, header, settled ? null : now);
      if (late === undefined) return null;
      if (late) return NEEDS_TIME;
    }
    this.#run.readAt(now);
    const reply = handlerOf(call)(this.#run, call);
    this.#run.offer(null, null);
    return { kind: 'reply', reply };
  }

  /** `alone`: no other key is asked for, so that its row need not stay in memory meanwhile. */
  #peek(want: Want, alone: boolean): Header | null | undefined {
    if (want.need === 'header') return this.#state.header(want);
    const through = alone && want.elements === undefined;
    const head = through ? this.#state.readHead(want) : this.#state.head(want);
    if (head !== undefined) this.#run.offer(want, head);
    return head;
  }

  /** Whether a field that is asked for is due unknown to the log; undefined: not in memory. */
  #lateElement(want: Want, header: Header, now: EpochMs | null): boolean | undefined {
    if (want.elements === undefined || header.type !== HASH) return false;
    let isLate = false;
    for (const name of want.elements) {
      const payload = this.#state.element(want, header.generation, name);
      if (payload === undefined) return undefined;
      if (payload === null || now === null) continue;
      const { deadline } = decodeField(payload);
      isLate ||= deadline !== null && deadline <= now && deadline > this.#run.time;
    }
    return isLate;
  }

  #needsTime(header: Header, now: EpochMs): boolean {
    return header.deadline !== null && header.deadline <= now && !this.#run.isDead(header);
  }
}
