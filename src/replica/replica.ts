/**
 * One replica of one shard: the Raft core, its entries in memory, the callers that wait, and the
 * machine. The host gives it a turn when it has something to do; within a turn everything that
 * waits shares one proposal, one read round and one Ready (DESIGN section 2).
 */
import { must } from '../base/assert.js';
import type { GroupId, LogIndex, NodeId, ReplicaId, Term } from '../base/ids.js';
import type { AppliedEntry, CommittedEntry, Machine } from '../machine/types.js';
import type {
  ConfigChange,
  Message,
  MessageOf,
  Proposal,
  Raft,
  RaftView,
  Ready,
  SoftState,
} from '../raft/types.js';
import type { Descriptor } from '../shard/descriptor.js';
import { membersOf, type Placed } from '../shard/members.js';
import type { EntryPayload } from '../wire/entry/types.js';
import { Applier } from './applier.js';
import { Callers, type Standing } from './callers.js';
import { EntryCache } from './entry-cache.js';
import { Installation, type Received } from './installation.js';
import { applyMembers, proposeMembers } from './members.js';
import { type InFlight, Readys, recordsOf } from './readys.js';
import { type ReadLog, type RecentLog, Shipping } from './shipping.js';
import type {
  PendingMeta,
  PendingRead,
  PendingWrite,
  ReplicaHost,
  ReplicaLimits,
} from './types.js';
import type { Keep } from './writes.js';

export interface ReplicaParts {
  readonly group: GroupId;
  readonly self: ReplicaId;
  readonly core: Raft;
  readonly machine: Machine;
  readonly host: ReplicaHost;
  readonly limits: ReplicaLimits;
  readonly readLog: ReadLog;
  readonly recentLog: RecentLog;
  readonly saturated: () => boolean;
}

const FETCH_BYTES = 1024 * 1024;

export class Replica implements Standing {
  readonly group: GroupId;
  readonly self: ReplicaId;
  readonly core: Raft;
  readonly #host: ReplicaHost;
  readonly #parts: ReplicaParts;
  readonly #cache: EntryCache;
  readonly #callers: Callers;
  readonly #applier: Applier;
  readonly #shipping: Shipping;
  readonly #installation: Installation;
  readonly #fail = (error: unknown): void => this.#host.onFatal(this.group, error);
  readonly #readys: Readys;
  #machine: Machine | null;
  /** What the machine stood on before it was given up for a snapshot. */
  #standing: Descriptor | null = null;
  #leads = false;
  #term: Term | null = null;
  #stopped = false;
  #fenced = false;
  #inTurn = false;
  /** The turn under way has settled something. */
  #settled = false;

  constructor(parts: ReplicaParts) {
    this.group = parts.group;
    this.self = parts.self;
    this.core = parts.core;
    this.#parts = parts;
    this.#host = parts.host;
    this.#machine = parts.machine;
    this.#cache = new EntryCache();
    const { group, core, host, readLog, recentLog } = parts;
    this.#shipping = new Shipping({
      group,
      core,
      host,
      cache: this.#cache,
      readLog,
      recentLog,
      nodeOf: (replica) => this.nodeOf(replica),
      compact: () => this.compact(),
      stopped: () => this.#stopped,
    });
    this.#readys = new Readys(core, (message) => this.#shipping.send(message));
    this.#installation = new Installation({
      group,
      self: parts.self,
      host,
      begin: () => {
        this.#applier.pause();
        this.#standing = this.descriptor;
        this.#machine = null;
      },
      done: (machine, index) => this.#onInstalled(machine, index),
    });
    this.#callers = new Callers({
      group,
      core,
      host,
      limits: parts.limits,
      standing: this,
      wake: () => host.wake(group),
      fail: this.#fail,
    });
    this.#applier = new Applier(
      {
        machine: () => this.#machine,
        entry: (index) => this.#cache.get(index, null),
        fetch: (from, to) => this.#fetchForApply(from, to),
        saturated: parts.saturated,
        monotonic: () => this.#host.monotonic(),
        onEntry: (entry, applied) => this.#onEntry(entry, applied),
        onRun: (applied) => this.#onRun(applied),
        again: () => this.#host.wake(this.group),
        fail: this.#fail,
      },
      parts.limits,
      parts.machine.state.descriptor.applied.index,
    );
  }

  get leads(): boolean {
    return this.#leads;
  }

  /** Leads a group that another member could lead. */
  get leadsOthers(): boolean {
    return this.#leads && this.descriptor.members.length > 1;
  }

  get descriptor(): Descriptor {
    return this.#machine?.state.descriptor ?? must(this.#standing, 'descriptor');
  }

  get machine(): Machine | null {
    return this.#machine;
  }

  get applied(): LogIndex {
    return this.#applier.applied;
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Stopped, fenced or without a machine: nothing is answered from here. */
  get silent(): boolean {
    return this.#stopped || this.#fenced || this.#machine === null;
  }

  get traffic(): Callers['traffic'] {
    return this.#callers.traffic;
  }

  view(): RaftView {
    return this.core.view();
  }

  write(pending: PendingWrite): void {
    this.#callers.write(pending);
  }

  read(pending: PendingRead): void {
    this.#callers.read(pending);
  }

  proposeMeta(pending: PendingMeta): void {
    this.#callers.meta(pending);
  }

  /** Expiry, digests: entries of the leader's own making. */
  queue(payload: EntryPayload): void {
    this.#callers.queue(payload);
  }

  /** Proposes a change of the members (one at a time); `placed`: where new ones live. */
  changeMembers(change: ConfigChange, placed: readonly Placed[] = []): Proposal {
    if (!this.#leads || this.silent) return { ok: false, reason: 'not-leader' };
    const keep: Keep = (index, term, bytes, payload) => {
      this.#cache.put({ index, term, kind: 'config', bytes, payload });
    };
    const proposal = proposeMembers(this.core, this.descriptor, change, placed, keep);
    this.#host.wake(this.group);
    return proposal;
  }

  /** A message for this replica; an append comes with the bytes of its entries. */
  step(message: Message, payloads: readonly Uint8Array[]): void {
    if (this.#stopped) return;
    if (message.kind === 'append') this.#cache.arrive(message.entries, payloads);
    this.core.step(message);
    if (message.kind === 'append' || this.core.hasReady()) this.#host.wake(this.group);
    else this.#host.stir();
  }

  tick(): void {
    if (this.#stopped) return;
    this.core.tick();
    if (this.core.hasReady()) this.#host.wake(this.group);
  }

  sweep(): void {
    this.#callers.sweep(this.#host.monotonic());
  }

  /** One turn: what waits is proposed and asked, then everything the core owes is begun. */
  turn(): void {
    if (this.#stopped) return;
    this.#inTurn = true;
    this.#settled = false;
    try {
      this.#callers.gather(this.#keep);
      this.#applier.run();
      while (this.core.hasReady()) {
        this.#onReady(this.core.ready());
        this.#applier.run();
      }
    } finally {
      this.#inTurn = false;
      this.#cache.dropArrived();
      // What it has settled may have made room for who still waits.
      if (this.#settled && this.#callers.waiting) this.#host.wake(this.group);
    }
  }

  /** Something was settled: asks for a turn if one has work; a turn under way does that work. */
  wakeIfOwed(): void {
    if (this.#inTurn) this.#settled = true;
    else if (this.core.hasReady() || this.#applier.hasWork || this.#callers.waiting) {
      this.#host.wake(this.group);
    }
  }

  readonly #keep: Keep = (index, term, bytes, payload) => {
    this.#cache.put({ index, term, kind: 'normal', bytes, payload });
  };

  #onReady(ready: Ready): void {
    if (ready.soft !== null) this.#onSoft(ready.soft);
    const entries = ready.entries.map((meta) => this.#cache.take(meta));
    for (const message of ready.messages) this.#shipping.send(message);
    const records = recordsOf(ready, this, entries, () =>
      this.#installation.take(this.core.view().lastIndex > (ready.snapshot?.floor.index ?? 0)),
    );
    const inFlight = this.#readys.begin(ready);
    if (records.length === 0) this.#complete(inFlight);
    else this.#host.write(records, ready.mustSync, () => this.#onDurable(inFlight));
    if (ready.committed !== null) this.#applier.onCommitted(ready.committed.to);
    for (const state of ready.reads) this.#callers.onReadState(state);
  }

  #onDurable(inFlight: InFlight): void {
    if (this.#stopped) return;
    const durable = (): void => this.#complete(inFlight);
    // A row may have rotted since it came: the log then goes on as that of any fenced replica.
    const rotten = (error: unknown): void => {
      this.#fail(error);
      if (this.#fenced) durable();
    };
    if (inFlight.ready.snapshot === null) durable();
    else this.#installation.complete().then(durable, rotten);
  }

  #onInstalled(machine: Machine, index: LogIndex): void {
    this.#machine = machine;
    this.#cache.trim(index);
    this.#applier.restart(index);
    if (this.#fenced) {
      this.#fenced = false;
      // It logged on, but applied nothing: who votes may have changed in what lies between.
      this.core.adoptMembers(membersOf(machine.state.descriptor), index);
      this.core.setMayLead(true);
    }
    this.#callers.onRun(this.#applier.applied);
  }

  #complete(inFlight: InFlight): void {
    const sent = this.#readys.complete(inFlight);
    // The end of a turn lets messages go.
    if (sent && !this.#inTurn) this.#host.wake(this.group);
    else this.wakeIfOwed();
  }

  #onSoft(soft: SoftState): void {
    const { term } = soft;
    const leads = soft.role === 'leader';
    const lost = this.#leads && (!leads || term !== this.#term);
    this.#leads = leads;
    this.#term = term;
    if (lost) this.#callers.onLeadershipLost();
    this.#host.onSoftState(this.group, soft);
  }

  #fetchForApply(from: LogIndex, to: LogIndex): void {
    this.#parts.readLog(from, to, FETCH_BYTES).then((found) => {
      if (this.#stopped) return;
      for (const entry of must(found, `entries ${from} to ${to} of the log`))
        this.#cache.put(entry);
      this.#applier.resume();
      this.#host.wake(this.group);
    }, this.#fail);
  }

  /** Where a member lives, as far as this replica has applied; null: not a member. */
  nodeOf(replica: ReplicaId): NodeId | null {
    const { members } = this.descriptor;
    return members.find((member) => member.replica === replica)?.node ?? null;
  }

  #onEntry(entry: CommittedEntry, applied: AppliedEntry): void {
    const { index } = entry;
    this.#callers.onEntry(entry, applied);
    if (entry.kind === 'config') this.#onConfig(index, applied.payload);
    if (applied.digest !== undefined) this.#host.onDigest(this.group, index, applied.digest);
  }

  #onConfig(index: LogIndex, payload: EntryPayload | null): void {
    const { state } = must(this.#machine, 'machine');
    state.update(applyMembers(this.core, state.descriptor, payload, index));
  }

  #onRun(applied: LogIndex): void {
    if (this.#machine !== null) this.#host.atLeast(this.#machine.clusterTime);
    this.core.advance({ kind: 'applied', index: applied });
    this.#cache.trim(applied);
    this.#callers.onRun(applied);
    this.wakeIfOwed();
  }

  /** The log has let go of entries: the core does not offer them any more. */
  compact(): void {
    const floor = this.#host.logFloor(this.group);
    if (this.#stopped || floor === null || floor.index > this.#applier.applied) return;
    this.core.compact(floor.index);
  }

  get fenced(): boolean {
    return this.#fenced;
  }

  /** Stops applying and answering: its state can no longer be believed. It logs and votes on. */
  fence(): void {
    if (this.#fenced) return;
    this.#fenced = true;
    this.#applier.pause();
    this.#machine?.state.update({ state: 'fenced' });
    this.core.setMayLead(false);
    this.#callers.drop();
    this.#host.wake(this.group);
  }

  /** The member of this group that lives on `node`, or null. */
  memberOn(node: NodeId): ReplicaId | null {
    const { members } = this.descriptor;
    return members.find((member) => member.node === node)?.replica ?? null;
  }

  /** A snapshot was received whole: the core decides whether it is of use. */
  offer(received: Received, message: MessageOf<'snapshot'>): void {
    if (this.#stopped || !this.#installation.offer(received)) {
      received.refused('another snapshot is being installed');
      return;
    }
    const { index } = received.record;
    const { commit, applied } = this.core.view();
    const floor = this.#host.logFloor(this.group)?.index ?? 0;
    if (this.#fenced && index <= commit && index >= Math.max(applied, floor)) {
      this.#installation.rebuild(() => this.#onRun(index), this.#fail);
      return;
    }
    // Below the floor nothing of the log would follow it: a later snapshot's record stands there.
    if (index >= floor) {
      this.core.step(message);
      this.turn();
      this.#host.wake(this.group);
    }
    this.#installation.dropUntaken();
  }

  /** Ends this replica: whoever waits is told; nothing of it runs any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#applier.pause();
    this.#callers.drop();
  }
}
