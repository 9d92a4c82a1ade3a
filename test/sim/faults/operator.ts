/**
 * An operator who wants some voters of a group to be learners for a while, and who asks for it
 * again and again: orders go to anybody who believes to lead the group, one step at a time or all
 * at once (a joint change, left by itself or by a later order), until its members are as wanted.
 *
 * A node whose stored bytes rot may be gone for good. Where that can happen, the voters left
 * without it are a majority of every configuration on the way.
 */
import type { GroupId, ReplicaId } from '../../../src/base/ids.js';
import { nodeId } from '../../../src/base/ids.js';
import type { Host } from '../../../src/host/host.js';
import type { ConfigChange, ConfigStep } from '../../../src/raft/types.js';
import type { Replica } from '../../../src/replica/replica.js';
import { initialGroups } from '../../../src/shard/bootstrap.js';
import type { Descriptor, Member } from '../../../src/shard/descriptor.js';
import type { Cluster } from '../cluster.js';
import type { Chance } from '../world/chance.js';

/** Milliseconds between two looks at the groups. */
const LOOK_MS = 120;
/** A joint configuration that waits for an order stands about so many looks. */
const JOINT_LOOKS = 4;

const NOBODY: ReadonlySet<ReplicaId> = new Set();

interface Led {
  readonly host: Host;
  readonly replica: Replica;
  readonly node: number;
}

export class Operator {
  /** Set when a seed has faults that may end the victim for good. */
  victim: number | null = null;
  readonly #cluster: Cluster;
  readonly #chance: Chance;
  /** Who votes at birth, and whenever nothing else is wanted. */
  readonly #voters = new Map<GroupId, readonly Member[]>();
  readonly #demoted = new Map<GroupId, ReadonlySet<ReplicaId>>();
  #looks = false;

  constructor(cluster: Cluster, chance: Chance) {
    this.#cluster = cluster;
    this.#chance = chance;
    const { plan } = cluster;
    const nodes = cluster.nodes.map(({ id }) => nodeId(id));
    for (const born of initialGroups(nodes, Number(plan.options.shards), plan.replicas)) {
      const voters = born.members.filter(({ role }) => role === 'voter');
      this.#voters.set(born.group, voters);
    }
  }

  votersOf(group: GroupId): readonly Member[] {
    return this.#voters.get(group) ?? [];
  }

  /** False: the group could not do without its victim then, so nothing changes. */
  demote(group: GroupId, replicas: ReadonlySet<ReplicaId>): boolean {
    const left = this.votersOf(group).filter(({ replica }) => !replicas.has(replica));
    if (left.length === 0 || !this.#mayStand(left)) return false;
    this.#demoted.set(group, replicas);
    if (!this.#looks) this.#look();
    this.#looks = true;
    return true;
  }

  /** Everybody who voted at birth is to vote again. */
  restore(group: GroupId): void {
    this.#demoted.delete(group);
  }

  #mayStand(voters: readonly { readonly node: number }[]): boolean {
    const left = voters.filter(({ node }) => node !== this.victim);
    return 2 * left.length > voters.length;
  }

  #look(): void {
    this.#cluster.timeline.in(LOOK_MS, null, 'operator', () => {
      for (const group of this.#voters.keys()) this.#order(group);
      this.#look();
    });
  }

  /** Those who believe to lead it, in a process that runs. */
  #leaders(group: GroupId): Led[] {
    return this.#cluster.nodes.flatMap((node): Led[] => {
      const host = node.paused ? null : node.running?.host;
      const replica = host?.replicas.get(group);
      if (host == null || replica?.leads !== true || replica.machine === null) return [];
      return [{ host, replica, node: node.id }];
    });
  }

  #order(group: GroupId): void {
    const leaders = this.#leaders(group);
    if (leaders.length === 0) return;
    const { host, replica, node } = this.#chance.pick(leaders);
    const change = this.#next(group, replica.descriptor);
    if (change === null) return;
    const { timeline, coverage, nodes } = this.#cluster;
    nodes[node - 1]?.running?.process.later(0, 'order', () => {
      const proposal = host.changeMembers(group, change);
      const what = proposal.ok ? 'taken' : proposal.reason;
      coverage.hit(`members: ${change.kind}, ${what}`);
      timeline.say(`node ${node}, group ${group}: ${wordsOf(change)}: ${what}`);
    });
  }

  /** What is wanted and not so; the node of a member that has ended for good never catches up. */
  #steps(group: GroupId, members: readonly Member[]): ConfigStep[] {
    const demoted = this.#demoted.get(group) ?? NOBODY;
    return this.votersOf(group).flatMap(({ replica, node }): ConfigStep[] => {
      const role = members.find((one) => one.replica === replica)?.role;
      if (demoted.has(replica)) return role === 'voter' ? [{ op: 'add-learner', replica }] : [];
      if (role === 'voter' || this.#cluster.nodes[node - 1]?.retired !== null) return [];
      return [{ op: 'add-voter', replica }];
    });
  }

  #next(group: GroupId, { members, autoLeave }: Descriptor): ConfigChange | null {
    if (members.some(({ outgoing }) => outgoing !== null)) {
      const leaves = !autoLeave && this.#chance.below(JOINT_LOOKS) === 0;
      return leaves ? { kind: 'leave' } : null;
    }
    const all = this.#steps(group, members);
    if (all.length === 0) return null;
    const one = [this.#chance.pick(all)];
    const oneByOne = this.#chance.below(3) === 0 && this.#mayStand(votersAfter(members, one));
    const steps = oneByOne ? one : all;
    return { kind: 'change', steps, autoLeave: this.#chance.below(2) === 0 };
  }

  /** A group whose members are not as wanted yet; null when all are. */
  missing(): string | null {
    for (const group of this.#voters.keys()) {
      for (const { replica } of this.#leaders(group)) {
        const { members } = replica.descriptor;
        const joint = members.some(({ outgoing }) => outgoing !== null);
        if (joint || this.#steps(group, members).length > 0) {
          return `the members of group ${group} are not as wanted`;
        }
      }
    }
    return null;
  }
}

function votersAfter(members: readonly Member[], steps: readonly ConfigStep[]): Member[] {
  return members.filter(({ replica, role }) => {
    const step = steps.find((one) => one.replica === replica);
    return step === undefined ? role === 'voter' : step.op === 'add-voter';
  });
}

const wordsOf = (change: ConfigChange): string =>
  change.kind === 'leave'
    ? 'leave'
    : change.steps.map(({ op, replica }) => `${op} ${replica}`).join(', ') +
      (change.autoLeave ? '' : ', to be left by order');
