/**
 * The Raft log as the core sees it: where it begins and ends, what is committed, handed out to
 * apply, applied, and durable on this disk. Entry bytes are the host's.
 *
 * Promises: `floor ≤ applied ≤ applying ≤ committed ≤ last` and `durable ≤ handed ≤ last`
 * (`mustHold`); committed entries are never cut; a completion makes durable only what has not been
 * overwritten since it was handed out.
 */
import { assert } from '../../base/assert.js';
import type { LogIndex, Term } from '../../base/ids.js';
import type { EntryKind, EntryMeta, LogFloor, Members, Range, Restored } from '../types.js';
import { SizeSums } from './sizes.js';
import { TermRuns } from './terms.js';

interface Special {
  readonly index: LogIndex;
  readonly kind: 'noop' | 'config';
}

/** Entries handed to a Ready that has not completed: `last` shrinks when they are overwritten. */
interface Write {
  readonly number: number;
  last: LogIndex;
}

export interface PendingSnapshot {
  readonly floor: LogFloor;
  readonly members: Members;
}

const before = (index: LogIndex): LogIndex => (index - 1) as LogIndex;
const after = (index: LogIndex): LogIndex => (index + 1) as LogIndex;

export class RaftLog {
  #floor: LogFloor;
  #runs: TermRuns;
  #sizes: SizeSums;
  /** Config and noop entries above the floor, ascending; all others are normal. */
  #specials: Special[] = [];
  #writes: Write[] = [];
  #committed: LogIndex;
  #applying: LogIndex;
  #applied: LogIndex;
  #durable: LogIndex;
  #handed: LogIndex;
  /** To be installed by the host; the second half of its way is waiting for the completion. */
  #snapshot: { readonly snapshot: PendingSnapshot; number: number | null } | null = null;

  constructor(restored: Restored) {
    const { floor, hardState, applied } = restored;
    this.#floor = floor;
    this.#runs = new TermRuns(floor.index, floor.term);
    this.#sizes = new SizeSums(floor.index);
    for (const entry of restored.entries) this.#push(entry);
    this.#applied = Math.max(applied, floor.index) as LogIndex;
    this.#applying = this.#applied;
    this.#committed = Math.max(hardState.commit, this.#applied) as LogIndex;
    this.#durable = this.last;
    this.#handed = this.last;
    this.mustHold();
  }

  get floor(): LogFloor {
    return this.#floor;
  }
  get last(): LogIndex {
    return this.#runs.last;
  }
  get lastTerm(): Term {
    return this.#runs.lastTerm;
  }
  get committed(): LogIndex {
    return this.#committed;
  }
  get applying(): LogIndex {
    return this.#applying;
  }
  get applied(): LogIndex {
    return this.#applied;
  }
  /** Everything up to here is on this replica's disk, as the log has it now. */
  get durable(): LogIndex {
    return this.#durable;
  }
  get installing(): boolean {
    return this.#snapshot !== null;
  }

  termAt(index: LogIndex): Term | null {
    return this.#runs.at(index);
  }

  holds(index: LogIndex, term: Term): boolean {
    return this.#runs.at(index) === term;
  }

  lastAtMost(index: LogIndex, term: Term): LogIndex {
    return this.#runs.lastAtMost(index, term);
  }

  /** Whether a log ending in (term, index) is at least as up to date as this one (§5.4.1). */
  isCoveredBy(lastTerm: Term, lastIndex: LogIndex): boolean {
    return lastTerm > this.lastTerm || (lastTerm === this.lastTerm && lastIndex >= this.last);
  }

  get uncommittedBytes(): number {
    return this.#sizes.between(this.#committed, this.last);
  }

  bytes(range: Range): number {
    return this.#sizes.between(before(range.from), range.to);
  }

  reach(from: LogIndex, maxBytes: number): LogIndex {
    return this.#sizes.reach(from, this.last, maxBytes);
  }

  slice(from: LogIndex, to: LogIndex): EntryMeta[] {
    const entries: EntryMeta[] = [];
    for (let i = from; i <= to; i++) {
      const term = this.#runs.at(i);
      assert(term !== null && i > this.#floor.index, 'a slice lies within the log');
      entries.push({ index: i, term, kind: this.#kindAt(i), size: this.#sizes.of(i) });
    }
    return entries;
  }

  hasConfig(range: Range): boolean {
    for (let i = this.#specials.length - 1; i >= 0; i--) {
      const special = this.#specials[i]!;
      if (special.index < range.from) return false;
      if (special.kind === 'config' && special.index <= range.to) return true;
    }
    return false;
  }

  append(term: Term, kind: EntryKind, size: number): LogIndex {
    const index = after(this.last);
    this.#push({ index, term, kind, size });
    return index;
  }

  /** Takes over a leader's entries from the first on that is new or differs. */
  replace(entries: readonly EntryMeta[]): void {
    const first = entries[0];
    if (first === undefined) return;
    assert(first.index > this.#committed, 'committed entries are never replaced');
    if (first.index <= this.last) this.#truncate(before(first.index));
    for (const entry of entries) this.#push(entry);
  }

  commitTo(index: LogIndex): boolean {
    if (index <= this.#committed) return false;
    assert(index <= this.last, 'only entries that are here can commit');
    this.#committed = index;
    return true;
  }

  appliedTo(index: LogIndex): void {
    assert(index <= this.#applying, 'only what was handed out can have been applied');
    if (index > this.#applied) this.#applied = index;
  }

  /**
   * Committed and durable here, not yet handed out; nothing while a snapshot is being installed.
   */
  get toApply(): Range | null {
    if (this.#snapshot !== null) return null;
    const to = Math.min(this.#committed, this.#durable) as LogIndex;
    return to > this.#applying ? { from: after(this.#applying), to } : null;
  }

  takeCommitted(): Range | null {
    const range = this.toApply;
    if (range !== null) this.#applying = range.to;
    return range;
  }

  get hasUnwritten(): boolean {
    return this.#handed < this.last;
  }

  /** Entries no Ready has carried yet; Ready `number` does now. */
  takeUnwritten(number: number): EntryMeta[] {
    if (!this.hasUnwritten) return [];
    const entries = this.slice(after(this.#handed), this.last);
    this.#handed = this.last;
    this.#writes.push({ number, last: this.last });
    return entries;
  }

  get hasSnapshot(): boolean {
    return this.#snapshot !== null && this.#snapshot.number === null;
  }

  takeSnapshot(number: number): PendingSnapshot | null {
    if (this.#snapshot === null || this.#snapshot.number !== null) return null;
    this.#snapshot.number = number;
    return this.#snapshot.snapshot;
  }

  /** Ready `number` and all before it are on disk. */
  durableTo(number: number): void {
    while (this.#writes.length > 0 && this.#writes[0]!.number <= number) {
      const { last } = this.#writes.shift()!;
      if (last > this.#durable) this.#durable = last;
    }
    const installing = this.#snapshot;
    if (installing?.number != null && installing.number <= number) {
      const { index } = installing.snapshot.floor;
      if (index > this.#applied) this.#applied = index;
      this.#snapshot = null;
    }
  }

  /** The host released everything up to `index`. */
  compact(index: LogIndex): void {
    if (index <= this.#floor.index) return;
    assert(index <= this.#applied, 'only applied entries are released');
    const term = this.#runs.at(index);
    assert(term !== null, 'the new floor lies within the log');
    this.#release({ index, term });
  }

  /**
   * A snapshot up to `floor` replaces the log below it. Entries above stay when the log held
   * (index, term), else the log is empty above. Apply goes on behind the snapshot.
   */
  restore(snapshot: PendingSnapshot): void {
    const { floor } = snapshot;
    assert(floor.index > this.#applied, 'a snapshot moves forward');
    if (this.holds(floor.index, floor.term)) this.#release(floor);
    else this.#clear(floor);
    this.#committed = Math.max(this.#committed, floor.index) as LogIndex;
    this.#applying = floor.index;
    this.#applied = floor.index;
    this.#snapshot = { snapshot, number: null };
  }

  mustHold(): void {
    assert(this.#floor.index <= this.#applied, 'floor ≤ applied');
    assert(this.#applied <= this.#applying, 'applied ≤ applying');
    assert(this.#applying <= this.#committed, 'applying ≤ committed');
    assert(this.#committed <= this.last, 'committed ≤ last');
    assert(this.#durable <= this.#handed, 'durable ≤ handed');
    assert(this.#handed <= this.last, 'handed ≤ last');
  }

  #push(entry: EntryMeta): void {
    assert(entry.index === after(this.last), 'the log has no gaps');
    this.#runs.append(entry.term);
    this.#sizes.append(entry.size);
    if (entry.kind !== 'normal') this.#specials.push({ index: entry.index, kind: entry.kind });
  }

  #truncate(last: LogIndex): void {
    this.#runs.truncate(last);
    this.#sizes.truncate(last);
    while (this.#specials.length > 0 && this.#specials[this.#specials.length - 1]!.index > last) {
      this.#specials.pop();
    }
    this.#durable = Math.min(this.#durable, last) as LogIndex;
    this.#handed = Math.min(this.#handed, last) as LogIndex;
    // A write under way may complete after its entries were overwritten, and after entries of the
    // same index and term came back by a third write (append ABA): it speaks only for what stayed.
    for (const write of this.#writes) write.last = Math.min(write.last, last) as LogIndex;
  }

  #release(floor: LogFloor): void {
    this.#runs.release(floor.index);
    this.#sizes.release(floor.index);
    const kept = this.#specials.findIndex((special) => special.index > floor.index);
    this.#specials.splice(0, kept < 0 ? this.#specials.length : kept);
    this.#floor = floor;
    // A snapshot is committed elsewhere: what it covers counts as durable (its Ready is waited
    // for).
    this.#durable = Math.max(this.#durable, floor.index) as LogIndex;
    this.#handed = Math.max(this.#handed, floor.index) as LogIndex;
  }

  #clear(floor: LogFloor): void {
    this.#floor = floor;
    this.#runs = new TermRuns(floor.index, floor.term);
    this.#sizes = new SizeSums(floor.index);
    this.#specials = [];
    this.#durable = floor.index;
    this.#handed = floor.index;
    for (const write of this.#writes) write.last = Math.min(write.last, floor.index) as LogIndex;
  }

  #kindAt(index: LogIndex): EntryKind {
    for (let i = this.#specials.length - 1; i >= 0; i--) {
      const special = this.#specials[i]!;
      if (special.index < index) break;
      if (special.index === index) return special.kind;
    }
    return 'normal';
  }
}
