/** Administration as the doors offer it: status of everything, topology, transfers, probes. */
import { randomBytes } from 'node:crypto';
import type { Admin } from '../api/ports.js';
import { must } from '../base/assert.js';
import type { Clock } from '../base/clock.js';
import { META_GROUP, type MonoMs, type NodeId, nodeId, shardId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import { codeOf } from '../kv/catalog/catalog.js';
import { RkvError } from '../kv/errors.js';
import { PROBE_DATABASE } from '../kv/limits.js';
import type { Command } from '../kv/request.js';
import type { Topology } from '../kv/status.js';
import type { Catalogue, ShardMember } from '../meta/catalogue.js';
import { shardOf } from '../meta/catalogue.js';
import type { MetaState } from '../meta/meta-state.js';
import type { Router } from '../router/types.js';
import { bucketOf } from '../shard/slot.js';
import type { MetaClient } from './meta-client.js';
import type { PeerCalls } from './peer-calls.js';
import { clusterStatus, type NodeReport } from './reports.js';

export interface AdminParts {
  readonly node: NodeId;
  readonly clusterId: string;
  readonly clock: Clock;
  readonly host: Host;
  readonly meta: MetaState;
  readonly metaClient: MetaClient;
  readonly calls: PeerCalls;
  readonly router: Router;
  readonly ownReport: () => NodeReport;
  readonly options: Readonly<Record<string, string | number | boolean | null>>;
}

const POLL_MS = 20;
/** A node that does not answer within this share of the caller's time is shown as down. */
const STATUS_SHARE = 0.5;

export function createAdmin(parts: AdminParts): Admin {
  const watchers = new Set<(topology: Topology) => void>();
  let version = 0;
  let told = false;
  const topology = (): Topology => topologyOf(parts, version);
  const onChange = (): void => {
    version++;
    if (told) return;
    told = true;
    parts.clock.endOfTurn(() => {
      told = false;
      for (const watcher of watchers) watcher(topology());
    });
  };
  parts.meta.watch(onChange);
  parts.host.leaders.onChange(onChange);

  return {
    status: (timeoutMs) => status(parts, timeoutMs),
    topology,
    watchTopology(watcher) {
      watchers.add(watcher);
      watcher(topology());
      return () => watchers.delete(watcher);
    },
    transferLeader: (shard, toNode, timeoutMs) => transfer(parts, shard, toNode, timeoutMs),
    probe: (timeoutMs) => probe(parts, timeoutMs),
    options: () => parts.options,
    localRead: (database, key) => localRead(parts, database, key),
  };
}

function topologyOf(parts: AdminParts, version: number): Topology {
  const { catalogue } = parts.meta;
  return {
    clusterId: parts.clusterId,
    version,
    nodes: catalogue.nodes.map(({ id, addresses }) => ({ id, grpc: addresses.grpc })),
    shards: catalogue.shards.map((shard) => ({
      id: shard.id,
      firstBucket: shard.range.first,
      lastBucket: shard.range.last,
      rangeEpoch: shard.rangeEpoch,
      leader: parts.host.leaders.of(shardId(shard.id)),
    })),
  };
}

function metaMembers(parts: AdminParts): readonly ShardMember[] {
  const replica = parts.host.replicas.get(META_GROUP);
  if (replica === undefined || replica.machine === null) return [];
  return replica.descriptor.members.map((member) => ({
    replica: member.replica,
    node: member.node,
    role: member.role ?? 'voter',
  }));
}

async function status(parts: AdminParts, timeoutMs: number) {
  const { catalogue } = parts.meta;
  const reports = new Map<NodeId, NodeReport>([[parts.node, parts.ownReport()]]);
  const others = catalogue.nodes
    .map((node) => nodeId(node.id))
    .filter((id) => id !== parts.node && parts.host.beats.alive(id));
  await Promise.all(
    others.map(async (id) => {
      const report = await parts.calls.status(id, timeoutMs * STATUS_SHARE).catch(() => null);
      if (report !== null) reports.set(id, report as NodeReport);
    }),
  );
  return clusterStatus(parts.clusterId, catalogue, metaMembers(parts), reports);
}

async function transfer(
  parts: AdminParts,
  id: number,
  to: number,
  timeoutMs: number,
): Promise<void> {
  const shard = shardOf(parts.meta.catalogue, id);
  if (shard === undefined) throw new RkvError('NOT_FOUND', `there is no shard ${id}`);
  if (!parts.meta.catalogue.nodes.some((node) => node.id === to)) {
    throw new RkvError('NOT_FOUND', `there is no node ${to}`);
  }
  const deadline = parts.clock.monotonic() + timeoutMs;
  const reply = await parts.metaClient.propose(
    { op: 'wish-leader', shard: id, node: to },
    timeoutMs,
  );
  if (!reply.ok) throw new RkvError(reply.code, reply.message, { shard: id });
  const group = shardId(id);
  while (parts.host.leaders.of(group) !== to) {
    if (parts.clock.monotonic() >= deadline) {
      const hint = 'the wish stands: it is carried out as soon as that replica keeps up';
      throw new RkvError('NOT_READY', `node ${to} does not lead shard ${id} yet`, {
        shard: id,
        hint,
      });
    }
    const leader = parts.host.leaders.of(group);
    if (leader === parts.node) parts.host.transfer(group, nodeId(to));
    else if (leader !== null) parts.calls.transfer(leader, group, nodeId(to));
    await new Promise<void>((resolve) => void parts.clock.after(POLL_MS, resolve));
  }
}

/** A key of the probe's own in the shard that begins with this bucket. */
function probeKey(firstBucket: number, lastBucket: number, token: string): Uint8Array {
  for (let n = 0; ; n++) {
    const key = Buffer.from(`probe:${token}:${n}`);
    const bucket = bucketOf(key);
    if (bucket >= firstBucket && bucket <= lastBucket) return key;
  }
}

async function probe(parts: AdminParts, timeoutMs: number) {
  const { shards } = parts.meta.catalogue;
  const token = randomBytes(6).toString('hex');
  const deadline = (parts.clock.monotonic() + timeoutMs) as MonoMs;
  const run = (command: Command) => runCommand(parts, command, deadline);
  await Promise.all(
    shards.map(async (shard) => {
      const key = probeKey(shard.range.first, shard.range.last, token);
      const value = Buffer.from(token);
      await run({ code: codeOf('set'), database: PROBE_DATABASE, args: [key, value] });
      const read = await run({ code: codeOf('get'), database: PROBE_DATABASE, args: [key] });
      if (read.kind !== 'item' || !value.equals(read.value)) {
        throw new RkvError('INTERNAL', `shard ${shard.id} did not return what was written`);
      }
      await run({ code: codeOf('del'), database: PROBE_DATABASE, args: [key] });
    }),
  );
  return { shards: shards.map((shard) => shard.id) };
}

function runCommand(parts: AdminParts, command: Command, deadline: MonoMs) {
  return new Promise<Exclude<Parameters<Parameters<Router['execute']>[1]>[0], RkvError>>(
    (resolve, reject) => {
      parts.router.execute(
        { command, stamp: null, read: { kind: 'linearizable' }, deadline },
        (answer) => (answer instanceof RkvError ? reject(answer) : resolve(answer)),
      );
    },
  );
}

async function localRead(
  parts: AdminParts,
  database: number,
  key: Uint8Array,
): Promise<Uint8Array | null> {
  const bucket = bucketOf(key);
  const shard = shardAt(parts.meta.catalogue, bucket);
  const replica = parts.host.replicas.get(shardId(shard.id));
  if (replica === undefined || replica.machine === null || replica.fenced) {
    throw new RkvError('NOT_FOUND', `no readable replica of shard ${shard.id} is on this node`);
  }
  const command: Command = { code: codeOf('get'), database, args: [key] };
  const result = await replica.machine.read(command, parts.host.clusterClock.now(), true);
  if (result.kind !== 'reply') throw new RkvError('MOVED', 'the key has left this shard');
  return result.reply.kind === 'item' ? result.reply.value : null;
}

const shardAt = (catalogue: Catalogue, bucket: number) =>
  must(
    catalogue.shards.find((shard) => shard.range.first <= bucket && bucket <= shard.range.last),
    `shard of bucket ${bucket}`,
  );
