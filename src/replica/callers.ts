/**
 * Everybody who waits for a replica: writers, readers, the meta group's commands and the leader's
 * own entries. A turn proposes and asks for all of them at once; apply answers them.
 */
import type { GroupId, LogIndex, MonoMs } from '../base/ids.js';
import { growsData } from '../kv/catalog/route.js';
import { resolveTimes } from '../kv/catalog/times.js';
import type { ShardWrite } from '../kv/request.js';
import type { AppliedEntry, CommittedEntry, Machine } from '../machine/types.js';
import type { Raft, ReadState } from '../raft/types.js';
import type { EntryPayload } from '../wire/entry/types.js';
import { Housekeeping } from './housekeeping.js';
import { ReadQueue } from './reads.js';
import type {
  PendingMeta,
  PendingRead,
  PendingWrite,
  ReplicaHost,
  ReplicaLimits,
} from './types.js';
import { type Keep, WriteQueue } from './writes.js';

/** The state of the replica as its callers meet it. */
export interface Standing {
  readonly leads: boolean;
  /** Stopped, fenced or without a machine: nothing is answered from here. */
  readonly silent: boolean;
  readonly applied: LogIndex;
  readonly machine: Machine | null;
}

export interface CallersParts {
  readonly group: GroupId;
  readonly core: Raft;
  readonly host: ReplicaHost;
  readonly limits: ReplicaLimits;
  readonly standing: Standing;
  readonly wake: () => void;
  readonly fail: (error: unknown) => void;
}

export class Callers {
  readonly #parts: CallersParts;
  readonly #writes: WriteQueue;
  readonly #reads: ReadQueue;
  readonly #house = new Housekeeping();
  #writeCount = 0;
  #readCount = 0;

  constructor(parts: CallersParts) {
    this.#parts = parts;
    const { core, host, limits, standing } = parts;
    this.#writes = new WriteQueue(limits);
    this.#reads = new ReadQueue(limits, {
      machine: () => standing.machine,
      applied: () => standing.applied,
      clusterNow: () => host.clusterNow(),
      needTime: (read) => this.#needTime(read),
      leaseHolds: () => core.leaseHolds(),
      fail: parts.fail,
      mayAsk: () => host.readPace.mayAsk(parts.group),
      roundBegins: (reads) => host.readPace.begin(reads),
      roundEnds: (batch) => host.readPace.end(batch),
    });
  }

  /** Requests taken since the start; for rates. */
  get traffic(): { readonly writes: number; readonly reads: number } {
    return { writes: this.#writeCount, reads: this.#readCount };
  }

  write(pending: PendingWrite): void {
    const { leads, silent, machine } = this.#parts.standing;
    if (!leads || silent || machine === null) {
      pending.done({ kind: 'not-leader' });
      return;
    }
    if (this.#parts.host.spaceLow() && growsData(pending.write.command)) {
      pending.done({ kind: 'refused', code: 'FULL' });
      return;
    }
    const write = this.#settleTimes(pending.write, machine);
    // A time from now on, and nobody here knows when that is: another node may, or this one soon.
    if (write !== pending.write && !this.#parts.host.clockTrusted()) {
      pending.done({ kind: 'not-leader' });
      return;
    }
    this.#writeCount++;
    const settled = write === pending.write ? pending : { ...pending, write };
    if (this.#writes.add(settled)) this.#parts.wake();
    else pending.done({ kind: 'refused', code: 'OVERLOADED' });
  }

  /** Relative times become deadlines before they are proposed, so that the log holds a fact. */
  #settleTimes(write: ShardWrite, machine: Machine): ShardWrite {
    const now = this.#parts.host.clusterNow();
    const from = now > machine.clusterTime ? now : machine.clusterTime;
    const command = resolveTimes(write.command, from);
    return command === write.command ? write : { ...write, command };
  }

  read(pending: PendingRead): void {
    if (this.#parts.standing.silent) {
      pending.done({ kind: 'not-leader' });
      return;
    }
    this.#readCount++;
    if (this.#reads.add(pending)) this.#parts.wake();
    else pending.done({ kind: 'refused', code: 'OVERLOADED' });
  }

  meta(pending: PendingMeta): void {
    const { leads, silent } = this.#parts.standing;
    if (!leads || silent) {
      pending.done({ kind: 'not-leader' });
      return;
    }
    this.#house.addMeta(pending);
    this.#parts.wake();
  }

  queue(payload: EntryPayload): void {
    const { leads, silent } = this.#parts.standing;
    if (!leads || silent) return;
    this.#house.queue(payload);
    this.#parts.wake();
  }

  #needTime(read: PendingRead): void {
    if (!this.#parts.standing.leads) {
      read.done({ kind: 'not-leader' });
      return;
    }
    this.#house.addNeedTime(read);
    this.#parts.wake();
  }

  /** What waits is proposed and asked for; writes gather while the log is busy. */
  gather(keep: Keep): void {
    const { core, host, standing } = this.#parts;
    if (standing.leads && host.clockTrusted()) {
      const propose = (sizes: readonly number[]) => core.propose(sizes);
      const stamp = host.clusterNow();
      if (this.#mayPropose) this.#writes.propose(stamp, propose, keep);
      if (this.#house.hasWork) this.#house.propose(stamp, propose, keep);
    }
    this.#reads.begin((context, mode) => core.readIndex(context, mode));
  }

  /** While the log writes, or entries wait for their majority, the next batch gathers. */
  get #mayPropose(): boolean {
    const { host, limits } = this.#parts;
    if (this.#writes.waitingBytes >= limits.maxBatchBytes) return true;
    return !host.logBusy() && this.#writes.inFlight < limits.maxEntriesInFlight;
  }

  /** Somebody waits for a turn. */
  get waiting(): boolean {
    return this.#writes.waiting > 0 || this.#house.hasWork || this.#reads.hasWork;
  }

  onReadState(state: ReadState): void {
    this.#reads.onState(state);
  }

  onEntry({ index, term }: CommittedEntry, applied: AppliedEntry): void {
    this.#writes.onApplied(index, term, applied.outcomes);
    this.#house.onMeta(index, term, applied.meta ?? []);
  }

  /** Applied moved on: reads whose index is reached run. */
  onRun(applied: LogIndex): void {
    this.#reads.onApplied(applied);
    for (const read of this.#house.takeTimed(applied)) this.#reads.run(read, true);
  }

  onLeadershipLost(): void {
    this.#writes.onLeadershipLost();
    this.#house.onLeadershipLost();
  }

  /** Nobody is answered from here any more. */
  drop(): void {
    this.#reads.drop();
    this.onLeadershipLost();
  }

  sweep(now: MonoMs): void {
    this.#writes.sweep(now);
    this.#reads.sweep(now);
    this.#house.sweep(now);
  }
}
