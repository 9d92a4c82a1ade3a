/**
 * Status: what each node says of itself and its replicas, and the one document made of all their
 * reports. Who does not answer is down.
 */
import type { Clock } from '../base/clock.js';
import { type GroupId, META_GROUP, type MonoMs, type NodeId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import type { ClusterStatus, MemberStatus, NodeStatus, ShardStatus } from '../kv/status.js';
import type { Catalogue, ShardMember } from '../meta/catalogue.js';
import type { Replica } from '../replica/replica.js';
import { SLOTS_PER_BUCKET } from '../shard/slot.js';

export interface ProgressReport {
  readonly replica: number;
  readonly state: 'probe' | 'replicate' | 'snapshot';
  readonly match: number;
  readonly digest: { readonly index: number; readonly value: string } | null;
}

export interface GroupReport {
  readonly group: number;
  readonly replica: number;
  readonly leads: boolean;
  readonly term: number;
  readonly commit: number;
  readonly applied: number;
  readonly fenced: boolean;
  readonly keys: number;
  readonly bytes: number;
  readonly readsPerSecond: number;
  readonly writesPerSecond: number;
  readonly members: readonly ShardMember[];
  readonly rangeEpoch: number;
  readonly membersEpoch: number;
  /** The leader's view of everybody; empty elsewhere. */
  readonly progress: readonly ProgressReport[];
}

export interface NodeReport {
  readonly node: Omit<NodeStatus, 'leaders' | 'replicas' | 'state'>;
  readonly groups: readonly GroupReport[];
}

interface Sample {
  readonly at: MonoMs;
  readonly reads: number;
  readonly writes: number;
}

/** Requests a second, from two samples at least a second apart. */
class Rates {
  readonly #clock: Clock;
  readonly #samples = new Map<GroupId, [Sample, Sample]>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  of(replica: Replica): { readonly reads: number; readonly writes: number } {
    const now: Sample = { at: this.#clock.monotonic(), ...replica.traffic };
    const known = this.#samples.get(replica.group);
    if (known === undefined) {
      this.#samples.set(replica.group, [now, now]);
      return { reads: 0, writes: 0 };
    }
    const [older, newer] = known;
    if (now.at - newer.at >= 1000) this.#samples.set(replica.group, [newer, now]);
    const from = now.at - newer.at >= 1000 ? newer : older;
    const seconds = (now.at - from.at) / 1000;
    if (seconds < 0.5) return { reads: 0, writes: 0 };
    return {
      reads: Math.round((now.reads - from.reads) / seconds),
      writes: Math.round((now.writes - from.writes) / seconds),
    };
  }
}

export class Reporter {
  readonly #host: Host;
  readonly #rates: Rates;

  constructor(host: Host, clock: Clock) {
    this.#host = host;
    this.#rates = new Rates(clock);
  }

  groups(): GroupReport[] {
    return [...this.#host.replicas.values()]
      .filter((replica) => replica.machine !== null)
      .map((replica) => this.#group(replica));
  }

  #group(replica: Replica): GroupReport {
    const view = replica.view();
    const { descriptor } = replica;
    const counts = replica.machine?.state.counts() ?? { keys: 0, bytes: 0 };
    const rates = this.#rates.of(replica);
    return {
      group: replica.group,
      replica: replica.self,
      leads: replica.leads,
      term: view.term,
      commit: view.commit,
      applied: replica.applied,
      fenced: replica.fenced,
      keys: counts.keys,
      bytes: counts.bytes,
      readsPerSecond: rates.reads,
      writesPerSecond: rates.writes,
      rangeEpoch: descriptor.rangeEpoch,
      membersEpoch: descriptor.membersEpoch,
      members: descriptor.members.map((member) => ({
        replica: member.replica,
        node: member.node,
        role: member.role ?? 'voter',
      })),
      progress: view.progress.map(({ replica: member, state, match }) => ({
        replica: member,
        state,
        match,
        digest: this.#host.duties.digests.of(replica.group, member),
      })),
    };
  }
}

const slotsOf = (first: number, last: number): readonly [number, number] => [
  first * SLOTS_PER_BUCKET,
  (last + 1) * SLOTS_PER_BUCKET - 1,
];

/** All that is known of a group, from whoever answered. */
function groupStatus(
  id: number,
  slots: readonly [number, number],
  members: readonly ShardMember[],
  reports: ReadonlyMap<number, NodeReport>,
): ShardStatus {
  const own = new Map<number, GroupReport>();
  for (const [node, report] of reports) {
    const group = report.groups.find((one) => one.group === id);
    if (group !== undefined) own.set(node, group);
  }
  const leading = [...own].filter(([, group]) => group.leads);
  leading.sort(([, a], [, b]) => b.term - a.term);
  const [leaderNode, leader] = leading[0] ?? [null, null];
  const best = leader ?? [...own.values()].sort((a, b) => b.applied - a.applied)[0] ?? null;
  return {
    id,
    slots,
    rangeEpoch: best?.rangeEpoch ?? 0,
    membersEpoch: best?.membersEpoch ?? 0,
    state: leader === null ? 'no-leader' : 'serving',
    leader: leaderNode,
    term: best?.term ?? 0,
    commit: best?.commit ?? 0,
    applied: best?.applied ?? 0,
    keys: best?.keys ?? 0,
    bytes: best?.bytes ?? 0,
    readsPerSecond: [...own.values()].reduce((sum, group) => sum + group.readsPerSecond, 0),
    writesPerSecond: leader?.writesPerSecond ?? 0,
    members: members.map((member) => memberStatus(member, leader, own.get(member.node))),
  };
}

function memberStatus(
  member: ShardMember,
  leader: GroupReport | null,
  own: GroupReport | undefined,
): MemberStatus {
  const progress = leader?.progress.find((one) => one.replica === member.replica);
  const applied = own?.applied ?? 0;
  return {
    node: member.node,
    replica: member.replica,
    role: member.role,
    state: own === undefined ? 'down' : (progress?.state ?? 'probe'),
    match: progress?.match ?? 0,
    applied,
    lag: Math.max(0, (leader?.commit ?? applied) - applied),
    digest: progress?.digest ?? null,
    ...(own?.fenced ? { fenced: true } : {}),
  };
}

function nodeStatus(id: number, catalogue: Catalogue, report: NodeReport | undefined): NodeStatus {
  const known = catalogue.nodes.find((node) => node.id === id);
  if (report === undefined) {
    const none = { grpc: null, redis: null, http: null, peer: null, redisCluster: null };
    return {
      id,
      state: 'down',
      addresses: known?.addresses ?? none,
      labels: known?.labels ?? {},
      leaders: 0,
      replicas: 0,
      version: known?.release ?? null,
      pid: null,
      uptimeMs: null,
    };
  }
  return {
    ...report.node,
    state: 'up',
    leaders: report.groups.filter((group) => group.leads).length,
    replicas: report.groups.length,
  };
}

function healthOf(
  groups: readonly ShardStatus[],
  nodes: readonly NodeStatus[],
): ClusterStatus['cluster']['health'] {
  if (groups.some((group) => group.state === 'no-leader')) return 'unavailable';
  const whole = groups.every((group) =>
    group.members.every((member) => member.state === 'replicate' && member.fenced !== true),
  );
  return whole && nodes.every((node) => node.state === 'up') ? 'ok' : 'degraded';
}

export function clusterStatus(
  clusterId: string,
  catalogue: Catalogue,
  metaMembers: readonly ShardMember[],
  reports: ReadonlyMap<NodeId, NodeReport>,
): ClusterStatus {
  const meta = groupStatus(META_GROUP, [0, 0], metaMembers, reports);
  const shards = catalogue.shards.map((shard) =>
    groupStatus(shard.id, slotsOf(shard.range.first, shard.range.last), shard.members, reports),
  );
  const nodes = catalogue.nodes.map((node) =>
    nodeStatus(node.id, catalogue, reports.get(node.id as NodeId)),
  );
  return {
    cluster: {
      name: catalogue.clusterName,
      id: clusterId,
      version: catalogue.clusterVersion,
      health: healthOf([meta, ...shards], nodes),
    },
    meta,
    nodes,
    shards,
  };
}
