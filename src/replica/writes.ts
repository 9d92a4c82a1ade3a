/**
 * Writes of one shard on their way into its log: waiting for their turn, then in flight under the
 * index of the entry that carries them. One turn's writes share an entry (DESIGN section 2).
 */
import type { EpochMs, LogIndex, MonoMs, Term } from '../base/ids.js';
import type { ShardWrite } from '../kv/request.js';
import type { Outcome } from '../machine/types.js';
import type { Proposal } from '../raft/types.js';
import { encodeEntry } from '../wire/entry/codec.js';
import type { EntryPayload } from '../wire/entry/types.js';
import { Flights } from './flights.js';
import type { PendingWrite, ReplicaLimits, ShardAnswer } from './types.js';

/** Hands over the bytes of an entry that was appended. */
export type Keep = (index: LogIndex, term: Term, bytes: Uint8Array, payload: EntryPayload) => void;

export type Propose = (sizes: readonly number[]) => Proposal;

interface Batch {
  readonly payload: EntryPayload;
  readonly bytes: Uint8Array;
  readonly writes: readonly PendingWrite[];
}

const sizeOf = (write: ShardWrite): number => {
  let size = 48;
  for (const arg of write.command.args) size += arg.length + 4;
  return size;
};

export class WriteQueue {
  readonly #limits: ReplicaLimits;
  readonly #flights = new Flights<ShardAnswer>();
  #waiting: PendingWrite[] = [];
  #waitingBytes = 0;

  constructor(limits: ReplicaLimits) {
    this.#limits = limits;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get waitingBytes(): number {
    return this.#waitingBytes;
  }

  /** Entries proposed here whose outcome is not known yet. */
  get inFlight(): number {
    return this.#flights.size;
  }

  /** False: too much waits already; nothing was taken. */
  add(pending: PendingWrite): boolean {
    const size = sizeOf(pending.write);
    const room = this.#limits.maxWaitingBytes - this.#waitingBytes;
    if (this.#waiting.length >= this.#limits.maxWaitingRequests || size > room) return false;
    this.#waiting.push(pending);
    this.#waitingBytes += size;
    return true;
  }

  /** Proposes everything that waits, cut into entries; a refusal leaves it waiting. */
  propose(stamp: EpochMs, propose: Propose, keep: Keep): Proposal | null {
    if (this.#waiting.length === 0) return null;
    const batches = this.#cut(stamp);
    const proposal = propose(batches.map((batch) => batch.bytes.length));
    if (!proposal.ok) return proposal;
    batches.forEach((batch, i) => {
      const index = (proposal.index + i) as LogIndex;
      keep(index, proposal.term, batch.bytes, batch.payload);
      this.#flights.add(index, proposal.term, batch.writes);
    });
    this.#waiting = [];
    this.#waitingBytes = 0;
    return proposal;
  }

  #cut(stamp: EpochMs): Batch[] {
    const batches: Batch[] = [];
    let writes: PendingWrite[] = [];
    let bytes = 0;
    const close = (): void => {
      if (writes.length === 0) return;
      const commands = writes.map((pending) => pending.write);
      const payload: EntryPayload = { kind: 'commands', stamp, commands };
      batches.push({ payload, bytes: encodeEntry(payload), writes });
      writes = [];
      bytes = 0;
    };
    const { maxBatchCommands, maxBatchBytes } = this.#limits;
    for (const pending of this.#waiting) {
      const size = sizeOf(pending.write);
      if (writes.length === maxBatchCommands || bytes + size > maxBatchBytes) close();
      writes.push(pending);
      bytes += size;
    }
    close();
    return batches;
  }

  onApplied(index: LogIndex, term: Term, outcomes: readonly Outcome[]): void {
    this.#flights.onApplied(index, term, outcomes.length, (i) => answerOf(outcomes[i] as Outcome), {
      kind: 'not-leader',
    });
  }

  /** What waits was never proposed; what is in flight may still commit. */
  onLeadershipLost(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const pending of waiting) pending.done({ kind: 'not-leader' });
    this.#flights.drop({ kind: 'dropped' });
  }

  sweep(now: MonoMs): void {
    this.#flights.sweep(now, { kind: 'late' });
    if (!this.#waiting.some((pending) => pending.deadline <= now)) return;
    const late = this.#waiting.filter((pending) => pending.deadline <= now);
    this.#waiting = this.#waiting.filter((pending) => pending.deadline > now);
    this.#waitingBytes = this.#waiting.reduce((sum, pending) => sum + sizeOf(pending.write), 0);
    for (const pending of late) pending.done({ kind: 'refused', code: 'NOT_READY' });
  }
}

function answerOf(outcome: Outcome): ShardAnswer {
  switch (outcome.kind) {
    case 'reply':
    case 'moved':
      return outcome;
    case 'settled':
      return { kind: 'refused', code: 'SETTLED' };
    case 'expired':
      return { kind: 'refused', code: 'EXPIRED' };
    case 'conflict':
      return { kind: 'refused', code: 'CONFLICT' };
  }
}
