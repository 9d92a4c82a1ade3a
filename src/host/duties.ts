/**
 * What a node does for its groups by itself, on the ticker: expiry and digests where it leads,
 * leaders back to their place, away from a disk that hangs, and the fencing and rebuilding of
 * replicas that can no longer be believed.
 */
import type { GroupId, LogIndex, MonoMs, NodeId, ReplicaId } from '../base/ids.js';
import { RkvError } from '../kv/errors.js';
import type { Machine } from '../machine/types.js';
import type { Replica } from '../replica/replica.js';
import { Digests } from './digests.js';
import type { Host } from './host.js';
import { Leadership } from './leadership.js';
import type { DigestReport, HostParts } from './types.js';

const EXPIRY_BATCH = 256;
const LEADERSHIP_EVERY_MS = 500;
const REBUILD_EVERY_MS = 1_000;

export class Duties {
  readonly digests = new Digests();
  readonly #host: Host;
  readonly #parts: HostParts;
  readonly #leadership = new Leadership();
  readonly #expiring = new Set<GroupId>();
  /** What was found wrong with a group's rows, since its last snapshot at most. */
  readonly #wrong = new Map<GroupId, string>();
  readonly #digestAt = new Map<GroupId, LogIndex>();
  /** Where an operator wants a shard led, from the catalogue. */
  #chosenLeader: (group: GroupId) => NodeId | null = () => null;
  #digestDue: MonoMs;
  #leadershipDue: MonoMs;
  #rebuildDue: MonoMs;
  #diskHangs = false;
  /** The node is stopping: it takes nothing back. */
  handingOver = false;
  #spaceLow = false;

  constructor(host: Host, parts: HostParts) {
    this.#host = host;
    this.#parts = parts;
    const now = parts.clock.monotonic();
    this.#digestDue = (now + parts.limits.digestEveryMs) as MonoMs;
    this.#leadershipDue = now;
    this.#rebuildDue = now;
  }

  setChosenLeader(chosen: (group: GroupId) => NodeId | null): void {
    this.#chosenLeader = chosen;
  }

  /** Below the reserve of free space this node leads nothing it can hand over. */
  setSpaceLow(low: boolean): void {
    this.#spaceLow = low;
  }

  /** Whether this node may be given leadership. */
  get fit(): boolean {
    return !this.#diskHangs && !this.#spaceLow && !this.handingOver;
  }

  get spaceLow(): boolean {
    return this.#spaceLow;
  }

  onTick(): void {
    const now = this.#parts.clock.monotonic();
    this.#watchDisk();
    for (const replica of this.#host.replicas.values()) if (replica.leads) this.#expire(replica);
    if (now >= this.#digestDue) {
      this.#digestDue = (now + this.#parts.limits.digestEveryMs) as MonoMs;
      this.#proposeDigests();
    }
    if (now >= this.#leadershipDue) {
      this.#leadershipDue = (now + LEADERSHIP_EVERY_MS) as MonoMs;
      this.#returnLeaders(now);
    }
    if (now >= this.#rebuildDue) {
      this.#rebuildDue = (now + REBUILD_EVERY_MS) as MonoMs;
      this.#rebuildFenced();
    }
  }

  /**
   * A frame that takes longer than an election timeout: heartbeats would flow, writes would not.
   */
  #watchDisk(): void {
    const hangs = this.#parts.log.frameAgeMs() > this.#parts.limits.electionMs;
    if (hangs === this.#diskHangs) return;
    this.#diskHangs = hangs;
    this.#parts.say(hangs ? 'the disk hangs: handing leadership over' : 'the disk answers again');
    this.#judgeFitness();
  }

  #judgeFitness(): void {
    for (const [group, replica] of this.#host.replicas) {
      if (replica.stopped || replica.fenced) continue;
      replica.core.setMayLead(!this.#diskHangs && !this.handingOver);
      this.#host.wake(group);
    }
  }

  #expire(replica: Replica): void {
    const { machine, group } = replica;
    if (machine === null || this.#expiring.has(group)) return;
    const now = this.#host.clusterClock.now();
    const next = machine.state.nextDeadline();
    if (next === null || next > now) return;
    this.#expiring.add(group);
    machine.due(now, EXPIRY_BATCH).then(
      (payload) => {
        this.#expiring.delete(group);
        if (payload !== null) replica.queue(payload);
      },
      (error: unknown) => {
        this.#expiring.delete(group);
        this.onReplicaFatal(group, error);
      },
    );
  }

  #proposeDigests(): void {
    for (const [group, replica] of this.#host.replicas) {
      if (!replica.leads) continue;
      const { applied } = replica;
      if (applied <= (this.#digestAt.get(group) ?? 0)) continue;
      // The entry itself moves the index by one: nothing new after it means nothing to compare.
      this.#digestAt.set(group, (applied + 1) as LogIndex);
      replica.queue({ kind: 'digest', stamp: this.#host.clusterClock.now() });
    }
  }

  onOwnDigest(group: GroupId, index: LogIndex, digest: string): void {
    const replica = this.#host.replicas.get(group);
    if (replica === undefined) return;
    const report: DigestReport = { group, replica: replica.self, index, digest };
    this.onDigestReport(report);
    const leader = this.#host.leaders.of(group);
    if (leader !== null && leader !== this.#host.node)
      this.#parts.peers.reportDigest(leader, report);
  }

  onDigestReport(report: DigestReport): void {
    const replica = this.#host.replicas.get(report.group);
    if (replica === undefined || replica.machine === null) return;
    const voters = replica.descriptor.members.filter((member) => member.role === 'voter');
    const differing = this.digests.onReport(
      report,
      voters.map((member) => member.replica),
    );
    if (!replica.leads) return;
    for (const other of differing) this.#onDiffers(replica, other, report.index);
  }

  #onDiffers(leader: Replica, replica: ReplicaId, index: LogIndex): void {
    const reason = `its digest at index ${index} differs from the majority's`;
    const node = leader.nodeOf(replica);
    if (replica === leader.self) this.fence(leader.group, reason);
    else if (node !== null) this.#parts.peers.fence(node, leader.group, replica, reason);
  }

  /**
   * Opens the rows that a snapshot has brought. What is found wrong with them meanwhile refuses
   * them: the replica they are for is fenced, or is about to be made whole by them.
   */
  async opened(group: GroupId, open: () => Promise<Machine>): Promise<Machine> {
    this.#wrong.delete(group);
    const machine = await open();
    const wrong = this.#wrong.get(group);
    if (wrong !== undefined) throw new RkvError('CORRUPT', wrong, { shard: group });
    return machine;
  }

  fence(group: GroupId, reason: string): void {
    this.#wrong.set(group, reason);
    const replica = this.#host.replicas.get(group);
    if (replica === undefined || replica.fenced) return;
    this.#parts.say('replica fenced', { group, replica: replica.self, reason });
    replica.fence();
  }

  #rebuildFenced(): void {
    for (const [group, replica] of this.#host.replicas) {
      if (!replica.fenced || replica.stopped) continue;
      const leader = this.#host.leaders.of(group);
      if (leader === null || leader === this.#host.node) continue;
      this.#parts.peers.requestSnapshot(leader, group, replica.self);
    }
  }

  #returnLeaders(now: MonoMs): void {
    for (const [group, replica] of this.#host.replicas) {
      if (!replica.leads || replica.machine === null) continue;
      const to = this.#leadership.next(
        replica.descriptor,
        replica.view(),
        this.#host.node,
        this.#spaceLow ? this.#otherThanMe(replica) : this.#chosenLeader(group),
        (node) => this.#host.beats.takesLead(node),
        now,
      );
      if (to === null) continue;
      replica.core.transferLeader(to);
      this.#host.wake(group);
    }
  }

  /** A node short of space would rather have any other lead. */
  #otherThanMe(replica: Replica): NodeId | null {
    const others = replica.descriptor.members.filter(
      ({ role, node }) =>
        role === 'voter' && node !== this.#host.node && this.#host.beats.takesLead(node),
    );
    return others[0]?.node ?? this.#chosenLeader(replica.group);
  }

  /** A row that fails its check fences the replica; anything else unforeseen ends the node. */
  onReplicaFatal(group: GroupId, error: unknown): void {
    if (error instanceof RkvError && error.code === 'CORRUPT') {
      this.fence(group, error.message);
      return;
    }
    this.#parts.say('replica failed', { group, error: String(error) });
    this.#parts.onFatal(error);
  }
}
