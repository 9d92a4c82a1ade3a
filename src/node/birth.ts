/**
 * The birth of a cluster on one of its nodes: every group this node belongs to gets a floor in the
 * log, then a descriptor in the store. Each step may be repeated after a crash: nothing has been
 * voted for or acknowledged before `markBootstrapped`.
 */
import { must } from '../base/assert.js';
import type { EpochMs, GroupId, NodeId } from '../base/ids.js';
import { logIndex, META_GROUP, replicaId, spaceId, term } from '../base/ids.js';
import type { Addresses } from '../kv/status.js';
import type { NodeState } from '../machine/types.js';
import { CATALOGUE_VERSION, type Catalogue } from '../meta/catalogue.js';
import type { MetaState } from '../meta/meta-state.js';
import type { Log, LogRecord } from '../replica/ports.js';
import { BIRTH_INDEX, BIRTH_TERM, FIRST_EPOCH, type GroupPlan } from '../shard/bootstrap.js';
import type { Descriptor } from '../shard/descriptor.js';

export const CLUSTER_VERSION = 1;
const DESCRIPTOR_FORMAT = 1;
const NO_ADDRESSES: Addresses = {
  grpc: null,
  redis: null,
  http: null,
  peer: null,
  redisCluster: null,
};

/** The catalogue every node of a new cluster starts from, computed alike on all of them. */
export function initialCatalogue(
  clusterName: string,
  peers: ReadonlyMap<NodeId, string>,
  plans: readonly GroupPlan[],
): Catalogue {
  const nodes = [...peers.keys()].sort((a, b) => a - b);
  const shards = plans.filter((plan) => plan.group !== META_GROUP);
  return {
    formatVersion: CATALOGUE_VERSION,
    clusterName,
    clusterVersion: CLUSTER_VERSION,
    nodes: nodes.map((id) => ({
      id,
      diskId: null,
      addresses: { ...NO_ADDRESSES, peer: peers.get(id) ?? null },
      labels: {},
      release: null,
      versions: { min: CLUSTER_VERSION, max: CLUSTER_VERSION },
    })),
    shards: shards.map((plan) => ({
      id: plan.group,
      range: plan.range,
      rangeEpoch: FIRST_EPOCH,
      membersEpoch: FIRST_EPOCH,
      members: plan.members.map(({ replica, node, role }) => ({
        replica,
        node,
        role: must(role, 'role at birth'),
      })),
      leaderWish: null,
    })),
    nextShard: shards.length + 1,
  };
}

function descriptorOf(plan: GroupPlan, node: NodeId, state: NodeState): Descriptor | null {
  const self = plan.members.find((member) => member.node === node);
  if (self === undefined) return null;
  const known = state.descriptors.get(plan.group);
  if (known !== undefined) return null;
  return {
    formatVersion: DESCRIPTOR_FORMAT,
    shard: plan.group,
    replica: self.replica,
    nextReplica: replicaId(plan.members.length + 1),
    range: plan.range,
    pieces: [{ range: plan.range, space: spaceId(state.allocateSpace()) }],
    rangeEpoch: FIRST_EPOCH,
    membersEpoch: FIRST_EPOCH,
    members: plan.members,
    autoLeave: false,
    applied: { index: logIndex(BIRTH_INDEX), term: term(BIRTH_TERM) },
    revision: 0 as Descriptor['revision'],
    clusterTime: 0 as EpochMs,
    sessionHorizon: 0 as EpochMs,
    state: 'live',
  };
}

/** Makes this node's groups; resolves when all is durable. */
export async function giveBirth(
  node: NodeId,
  plans: readonly GroupPlan[],
  meta: MetaState,
  log: Log,
  state: NodeState,
): Promise<void> {
  const own = plans.filter((plan) => plan.members.some((member) => member.node === node));
  await writeFloors(node, own, log);
  for (const plan of own) {
    const descriptor = descriptorOf(plan, node, state);
    if (descriptor === null) continue;
    const rows = state.create(descriptor);
    if (plan.group === META_GROUP) meta.writeInitial(rows);
  }
  await state.flush();
}

function writeFloors(node: NodeId, plans: readonly GroupPlan[], log: Log): Promise<void> {
  const index = logIndex(BIRTH_INDEX);
  const birth = term(BIRTH_TERM);
  const records: LogRecord[] = [];
  for (const plan of plans) {
    if (log.restored.groups.has(plan.group)) continue;
    const self = must(
      plan.members.find((member) => member.node === node),
      'own member',
    );
    const own: { group: GroupId; replica: typeof self.replica } = {
      group: plan.group,
      replica: self.replica,
    };
    const state = { term: birth, vote: null, commit: index };
    records.push(
      { kind: 'floor', ...own, index, term: birth },
      { kind: 'hard-state', ...own, state },
    );
  }
  if (records.length === 0) return Promise.resolve();
  return new Promise((resolve) => log.write(records, true, resolve));
}
