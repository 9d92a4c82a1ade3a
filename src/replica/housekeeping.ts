/**
 * Entries that no client asked for by name: time for reads that met a passed deadline, expiry of
 * due keys, digests, and the meta group's commands. Each kind has at most one entry waiting for a
 * turn.
 */
import type { EpochMs, LogIndex, MonoMs, Term } from '../base/ids.js';
import type { Proposal } from '../raft/types.js';
import { encodeEntry } from '../wire/entry/codec.js';
import type { EntryPayload } from '../wire/entry/types.js';
import { Flights } from './flights.js';
import type { MetaAnswer, PendingMeta, PendingRead } from './types.js';
import type { Keep, Propose } from './writes.js';

export class Housekeeping {
  readonly #metaFlights = new Flights<MetaAnswer>();
  #meta: PendingMeta[] = [];
  #needTime: PendingRead[] = [];
  #timed: { readonly index: LogIndex; readonly term: Term; readonly reads: PendingRead[] }[] = [];
  #queued: EntryPayload[] = [];

  get hasWork(): boolean {
    return this.#meta.length > 0 || this.#needTime.length > 0 || this.#queued.length > 0;
  }

  addMeta(pending: PendingMeta): void {
    this.#meta.push(pending);
  }

  addNeedTime(read: PendingRead): void {
    this.#needTime.push(read);
  }

  /** One of a kind is enough: the next is made from what the machine says by then. */
  queue(payload: EntryPayload): void {
    if (!this.#queued.some((waiting) => waiting.kind === payload.kind)) this.#queued.push(payload);
  }

  propose(stamp: EpochMs, propose: Propose, keep: Keep): void {
    const append = (payload: EntryPayload): Proposal => {
      const bytes = encodeEntry(payload);
      const proposal = propose([bytes.length]);
      if (proposal.ok) keep(proposal.index, proposal.term, bytes, payload);
      return proposal;
    };
    if (this.#meta.length > 0) {
      const commands = this.#meta.map((pending) => pending.command);
      const proposal = append({ kind: 'meta', stamp, commands });
      if (!proposal.ok) return;
      this.#metaFlights.add(proposal.index, proposal.term, this.#meta);
      this.#meta = [];
    }
    if (this.#needTime.length > 0) {
      const proposal = append({ kind: 'time', stamp });
      if (!proposal.ok) return;
      this.#timed.push({ index: proposal.index, term: proposal.term, reads: this.#needTime });
      this.#needTime = [];
    }
    for (let payload = this.#queued[0]; payload !== undefined; payload = this.#queued[0]) {
      if (!append(payload).ok) return;
      this.#queued.shift();
    }
  }

  onMeta(index: LogIndex, term: Term, replies: readonly Uint8Array[]): void {
    const answer = (i: number): MetaAnswer => ({ kind: 'reply', reply: replies[i] as Uint8Array });
    this.#metaFlights.onApplied(index, term, replies.length, answer, { kind: 'not-leader' });
  }

  /** Reads whose time entry is applied: cluster time has passed their deadline's instant. */
  takeTimed(applied: LogIndex): PendingRead[] {
    const reads: PendingRead[] = [];
    while (this.#timed[0] !== undefined && this.#timed[0].index <= applied) {
      reads.push(...(this.#timed.shift()?.reads ?? []));
    }
    return reads;
  }

  onLeadershipLost(): void {
    const reads = [...this.#needTime, ...this.#timed.flatMap((timed) => timed.reads)];
    const meta = this.#meta;
    this.#meta = [];
    this.#needTime = [];
    this.#timed = [];
    this.#queued = [];
    for (const read of reads) read.done({ kind: 'not-leader' });
    for (const pending of meta) pending.done({ kind: 'not-leader' });
    this.#metaFlights.drop({ kind: 'dropped' });
  }

  sweep(now: MonoMs): void {
    this.#metaFlights.sweep(now, { kind: 'late' });
    const late = this.#needTime.filter((read) => read.deadline <= now);
    if (late.length === 0) return;
    this.#needTime = this.#needTime.filter((read) => read.deadline > now);
    for (const read of late) read.done({ kind: 'refused', code: 'TIMEOUT' });
  }
}
