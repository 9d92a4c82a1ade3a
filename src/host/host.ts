/**
 * All replicas of a node. One turn for all groups: what woke is stepped, messages leave in one
 * envelope per peer, records go into one frame of the log; one ticker, one heartbeat (DESIGN
 * section 2). It serves the transport and calls the replicas; it knows nothing of doors or routes.
 */
import { assert } from '../base/assert.js';
import type { GroupId, LogIndex, NodeId, ReplicaId, Term } from '../base/ids.js';
import { createPrng, type Prng } from '../base/prng.js';
import { createRaft } from '../raft/core.js';
import type { ConfigChange, Proposal, RaftConfig, Restored, SoftState } from '../raft/types.js';
import type {
  LogRecord,
  NodeBeat,
  PeerMessage,
  SnapshotHeader,
  TransportHandler,
} from '../replica/ports.js';
import { Replica } from '../replica/replica.js';
import type { ReplicaHost } from '../replica/types.js';
import type { Descriptor } from '../shard/descriptor.js';
import { membersOf } from '../shard/members.js';
import { Beats } from './beats.js';
import { ClusterClock } from './cluster-clock.js';
import { Duties } from './duties.js';
import { Leaders } from './leaders.js';
import { ReadGate } from './read-gate.js';
import { Snapshots } from './snapshots.js';
import { Ticker } from './ticker.js';
import type { HostParts } from './types.js';

interface QueuedRecords {
  readonly records: readonly LogRecord[];
  readonly onDurable: () => void;
}

export class Host implements Omit<TransportHandler, 'onCall'> {
  readonly node: NodeId;
  readonly clusterClock: ClusterClock;
  readonly leaders = new Leaders();
  readonly replicas = new Map<GroupId, Replica>();
  readonly duties: Duties;
  readonly beats: Beats;
  readonly #parts: HostParts;
  readonly #snapshots: Snapshots;
  readonly #ticker: Ticker;
  readonly #random: Prng;
  readonly #readGate: ReadGate;
  #dirty = new Set<GroupId>();
  #scheduled = false;
  #queued: QueuedRecords[] = [];
  #queuedSync = false;
  #inTurn = false;
  #stopped = false;
  /** Free disk space is nearly gone: no appends are taken any more. */
  takesAppends = true;

  constructor(parts: HostParts) {
    this.node = parts.node;
    this.#parts = parts;
    this.#random = createPrng(parts.seed);
    this.#readGate = new ReadGate(parts.clock, (group) => this.wake(group));
    let newest = 0;
    for (const descriptor of parts.state.descriptors.values()) {
      newest = Math.max(newest, descriptor.clusterTime);
    }
    this.clusterClock = new ClusterClock(parts.clock, newest as never);
    this.beats = new Beats(this, parts);
    this.duties = new Duties(this, parts);
    this.#snapshots = new Snapshots({
      state: parts.state,
      log: parts.log,
      transport: parts.transport,
      replica: (group) => this.replicas.get(group),
      openMachine: (group, descriptor) =>
        this.duties.opened(group, async () =>
          parts.openMachine(group, await parts.state.install(group, descriptor)),
        ),
      say: parts.say,
      wake: (group) => this.wake(group),
    });
    const electionTicks = Math.ceil(parts.limits.electionMs / parts.limits.tickMs);
    this.#ticker = new Ticker(
      parts.clock,
      parts.limits.tickMs,
      electionTicks,
      (count) => this.#onTicks(count),
      () => this.resting,
    );
  }

  /**
   * Opens every replica the store has a descriptor of. `newborn`: their logs were begun by this
   * very start; `campaign`: the groups to lead at once.
   */
  async open(newborn: boolean, campaign: (group: GroupId) => boolean): Promise<void> {
    for (const group of this.#parts.state.descriptors.keys()) {
      await this.#openReplica(group, newborn);
    }
    this.#ticker.start();
    this.beats.start();
    for (const [group, replica] of this.replicas) {
      if (campaign(group)) replica.core.campaign();
      this.wake(group);
    }
  }

  async #openReplica(group: GroupId, newborn: boolean): Promise<void> {
    const { state, log, limits } = this.#parts;
    const rows = state.shard(group);
    const machine = await this.#parts.openMachine(group, rows);
    const { descriptor } = rows;
    const held = log.restored.groups.get(group) ?? (newborn ? bornAt(descriptor) : undefined);
    assert(held !== undefined, `group ${group} has a descriptor but no log`);
    // A store that has lost what the log let go of long ago: its rows are rebuilt by a snapshot.
    const storeLost = descriptor.applied.index < held.floor.index;
    const restored: Restored = {
      hardState: held.hardState,
      floor: held.floor,
      entries: held.entries,
      applied: storeLost ? held.floor.index : descriptor.applied.index,
      members: membersOf(descriptor),
    };
    const { trace } = this.#parts;
    const core = createRaft(
      this.#raftConfig(descriptor.replica),
      restored,
      this.#random,
      trace && ((event) => trace(group, event)),
    );
    const replica = new Replica({
      group,
      self: descriptor.replica,
      core,
      machine,
      host: this.#replicaHost,
      limits,
      recentLog: (from, to, maxBytes) => log.recent(group, from, to, maxBytes),
      readLog: (from, to, maxBytes) => log.entries(group, from, to, maxBytes),
      saturated: () => state.saturated,
    });
    this.replicas.set(group, replica);
    if (descriptor.state === 'fenced' || storeLost) replica.fence();
  }

  #raftConfig(self: ReplicaId): RaftConfig {
    const { limits } = this.#parts;
    const ticks = (ms: number): number => Math.max(1, Math.round(ms / limits.tickMs));
    return {
      self,
      electionTicks: ticks(limits.electionMs),
      heartbeatTicks: ticks(limits.heartbeatMs),
      preVote: true,
      checkQuorum: true,
      leaseTicks: limits.leaseReads ? ticks(limits.electionMs * 0.9) : 0,
      maxAppendBytes: limits.maxAppendBytes,
      maxInflightMessages: limits.maxInflightMessages,
      maxInflightBytes: limits.maxInflightBytes,
      maxUncommittedBytes: limits.maxUncommittedBytes,
      quiesceTicks: ticks(limits.quiesceMs),
      commitNews: 'heartbeat',
      promoteLag: 1000,
    };
  }

  readonly #replicaHost: ReplicaHost = {
    readPace: {
      mayAsk: (group) => this.#readGate.mayAsk(group),
      begin: (reads) => this.#readGate.begin(reads),
      end: (batch) => this.#readGate.end(batch),
    },
    monotonic: () => this.#parts.clock.monotonic(),
    clusterNow: () => this.clusterClock.now(),
    atLeast: (time) => this.clusterClock.atLeast(time),
    clockTrusted: () => this.clusterClock.trusted,
    wake: (group) => this.wake(group),
    stir: () => this.#ticker.hurry(),
    spaceLow: () => this.duties.spaceLow,
    logBusy: () => this.#parts.log.busy,
    logFloor: (group) => this.#parts.log.floor(group),
    write: (records, sync, onDurable) => this.#write(records, sync, onDurable),
    send: (group, to, message, payloads) =>
      this.#parts.transport.send(to, { group, message, payloads }),
    onSoftState: (group, soft) => this.#onSoftState(group, soft),
    sendSnapshot: (group, to) => this.#snapshots.send(group, to),
    onDigest: (group, index, digest) => this.duties.onOwnDigest(group, index, digest),
    onFatal: (group, error) => this.#onReplicaFatal(group, error),
  };

  /** Every group rests: nothing here waits for the next tick. */
  get resting(): boolean {
    for (const replica of this.replicas.values()) if (!replica.view().quiesced) return false;
    return true;
  }

  wake(group: GroupId): void {
    this.#dirty.add(group);
    this.#ticker.hurry();
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled || this.#stopped) return;
    this.#scheduled = true;
    this.#parts.clock.endOfTurn(() => this.#turn());
  }

  #turn(): void {
    this.#scheduled = false;
    if (this.#stopped) return;
    this.#inTurn = true;
    this.#readGate.beginTurn();
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const group of dirty) this.#turnOf(group);
    this.#inTurn = false;
    this.#parts.transport.flush();
    this.#flushRecords();
  }

  #turnOf(group: GroupId): void {
    try {
      this.replicas.get(group)?.turn();
    } catch (error) {
      this.#onReplicaFatal(group, error);
    }
  }

  #write(records: readonly LogRecord[], sync: boolean, onDurable: () => void): void {
    this.#queued.push({ records, onDurable });
    this.#queuedSync ||= sync;
    if (!this.#inTurn) this.#schedule();
  }

  /** Everything this turn owes the log, as one unit: one frame, one sync. */
  #flushRecords(): void {
    if (this.#queued.length === 0) return;
    const queued = this.#queued;
    const sync = this.#queuedSync;
    this.#queued = [];
    this.#queuedSync = false;
    const records: LogRecord[] = [];
    for (const item of queued) for (const record of item.records) records.push(record);
    this.#parts.log.write(records, sync, () => {
      for (const item of queued) item.onDurable();
      // Proposals that gathered while the frame was written go now.
      for (const replica of this.replicas.values()) if (replica.leads) replica.wakeIfOwed();
    });
  }

  #onSoftState(group: GroupId, soft: SoftState): void {
    const replica = this.replicas.get(group);
    const node = soft.leader === null ? null : (replica?.nodeOf(soft.leader) ?? null);
    this.leaders.learn(group, node, soft.term);
    this.beats.onLeadsChanged();
  }

  #onTicks(count: number): void {
    for (const replica of this.replicas.values()) {
      for (let i = 0; i < count; i++) replica.tick();
      replica.sweep();
    }
    this.duties.onTick();
  }

  /** What held every group up is over (a full overlay, an unknown time): all go on. */
  onDrained(): void {
    for (const group of this.replicas.keys()) this.wake(group);
  }

  onMessages(_from: NodeId, messages: readonly PeerMessage[]): void {
    for (const { group, message, payloads } of messages) {
      const replica = this.replicas.get(group);
      if (replica === undefined || replica.self !== message.to) continue;
      if (message.kind === 'append' && !this.takesAppends) continue;
      try {
        replica.step(message, payloads);
      } catch (error) {
        this.#onReplicaFatal(group, error);
      }
    }
  }

  onBeat(from: NodeId, beat: NodeBeat): void {
    this.beats.onBeat(from, beat);
  }

  onPeerUp(peer: NodeId): void {
    this.beats.onPeerUp(peer);
    for (const replica of this.replicas.values()) {
      if (this.#leaderNode(replica) === peer) replica.core.setLeaderConnected(true);
    }
  }

  /** The connection is gone: for a follower of that node a hint that its leader is dead. */
  onPeerDown(peer: NodeId): void {
    for (const [group, replica] of this.replicas) {
      const lost = replica.memberOn(peer);
      if (lost === null || replica.stopped) continue;
      if (replica.leads) replica.core.reportUnreachable(lost);
      else if (this.#leaderNode(replica) === peer) {
        replica.core.setLeaderConnected(false);
        replica.core.connectionLost();
      }
      this.wake(group);
    }
    this.leaders.lose(peer);
    this.beats.onPeerDown(peer);
  }

  #leaderNode(replica: Replica): NodeId | null {
    const { leader } = replica.view();
    return leader === null ? null : replica.nodeOf(leader);
  }

  /** An append for that node did not fit into its queue: the core probes where it stands. */
  onDropped(peer: NodeId, group: GroupId): void {
    const replica = this.replicas.get(group);
    const member = replica?.memberOn(peer) ?? null;
    if (replica === undefined || member === null || replica.stopped) return;
    replica.core.reportUnreachable(member);
    this.wake(group);
  }

  onSnapshot(from: NodeId, header: SnapshotHeader) {
    return this.#snapshots.receive(from, header);
  }

  sendSnapshot(group: GroupId, to: ReplicaId): void {
    this.#snapshots.send(group, to);
  }

  #onReplicaFatal(group: GroupId, error: unknown): void {
    this.duties.onReplicaFatal(group, error);
  }

  /** Leadership of a group led here to the member on that node, if it can take it. */
  transfer(group: GroupId, to: NodeId): void {
    const replica = this.replicas.get(group);
    const member = replica?.memberOn(to) ?? null;
    if (replica === undefined || member === null || !replica.leads) return;
    replica.core.transferLeader(member);
    this.wake(group);
  }

  /**
   * Proposes a change among the replicas a group led here has; its entry may yet be overwritten, so
   * the descriptor tells what came of it. New replicas are refused: no node would make them.
   */
  changeMembers(group: GroupId, change: ConfigChange): Proposal {
    const replica = this.replicas.get(group);
    return replica?.changeMembers(change) ?? { ok: false, reason: 'not-leader' };
  }

  /** The store is durable up to here: the log decides how long a tail it keeps for followers. */
  onFlushed(
    groups: readonly { readonly group: GroupId; readonly index: LogIndex; readonly term: Term }[],
  ): void {
    for (const { group, index, term } of groups) {
      this.#parts.log.release(group, index, term);
      this.replicas.get(group)?.compact();
    }
  }

  /** Hands leadership away where somebody can take it; nothing waits for the outcome. */
  handOver(): void {
    this.duties.handingOver = true;
    for (const [group, replica] of this.replicas) {
      if (!replica.leads) continue;
      replica.core.setMayLead(false);
      this.wake(group);
    }
  }

  stop(): void {
    this.#ticker.stop();
    this.beats.stop();
    for (const replica of this.replicas.values()) replica.stop();
    this.#parts.transport.flush();
    this.#stopped = true;
  }
}

/** What the log of a group holds at its birth. */
function bornAt(descriptor: Descriptor): Pick<Restored, 'hardState' | 'floor' | 'entries'> {
  const { index, term } = descriptor.applied;
  return { hardState: { term, vote: null, commit: index }, floor: { index, term }, entries: [] };
}
