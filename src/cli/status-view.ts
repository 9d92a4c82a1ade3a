/** Status for eyes: tables of nodes and shards, and the sentence that says what is wrong. */
import type { ClusterStatus, NodeStatus, ShardStatus } from '../kv/status.js';
import type { Cell } from './table.js';

type Table = (head: readonly string[], rows: readonly (readonly Cell[])[]) => string;

const KIB = 1024;
const SIZES = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export function sizeOf(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= KIB && unit < SIZES.length - 1) {
    value /= KIB;
    unit++;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${SIZES[unit]}`;
}

export function durationOf(ms: number | null): string {
  if (ms === null) return '-';
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  return `${Math.floor(seconds / 3600)}h${Math.floor((seconds % 3600) / 60)}m`;
}

/** Every shard, the meta group too, that does not answer right now. */
export const notServing = (status: ClusterStatus): ShardStatus[] =>
  [status.meta, ...status.shards].filter((shard) => shard.state === 'no-leader');

const nameOf = (shard: ShardStatus): string => (shard.id === 0 ? 'meta' : `shard ${shard.id}`);

/** What is wrong, in one sentence; null: nothing. */
export function troubleOf(status: ClusterStatus): string | null {
  const silent = notServing(status);
  if (silent.length > 0) return `no leader: ${silent.map(nameOf).join(', ')}`;
  const down = status.nodes.filter((node) => node.state === 'down');
  if (down.length > 0) return `down: ${down.map((node) => `node ${node.id}`).join(', ')}`;
  const fenced = status.shards.filter((shard) => shard.members.some((member) => member.fenced));
  if (fenced.length > 0) return `a fenced replica: ${fenced.map(nameOf).join(', ')}`;
  if (status.cluster.health === 'ok') return null;
  return `health is ${status.cluster.health}`;
}

export function nodesTable(table: Table, nodes: readonly NodeStatus[]): string {
  return table(
    ['NODE', 'STATE', 'GRPC', 'PEER', 'LEADERS', 'REPLICAS', 'UPTIME', 'PID', 'VERSION'],
    nodes.map((node) => [
      node.id,
      node.state,
      node.addresses.grpc,
      node.addresses.peer,
      node.leaders,
      node.replicas,
      durationOf(node.uptimeMs),
      node.pid,
      node.version,
    ]),
  );
}

const lagOf = (shard: ShardStatus): number =>
  shard.members.reduce((lag, member) => Math.max(lag, member.lag), 0);

/** Nodes in order; a learner's in brackets. */
const membersOf = (shard: ShardStatus): string =>
  [...shard.members]
    .sort((a, b) => a.node - b.node)
    .map((one) => (one.role === 'voter' ? `${one.node}` : `(${one.node})`))
    .join(' ');

export function shardsTable(table: Table, shards: readonly ShardStatus[]): string {
  return table(
    [
      'SHARD',
      'SLOTS',
      'STATE',
      'LEADER',
      'TERM',
      'COMMIT',
      'APPLIED',
      'LAG',
      'KEYS',
      'SIZE',
      'READS/S',
      'WRITES/S',
      'NODES',
    ],
    shards.map((shard) => [
      shard.id === 0 ? 'meta' : shard.id,
      shard.id === 0 ? '-' : `${shard.slots[0]}-${shard.slots[1]}`,
      shard.state,
      shard.leader,
      shard.term,
      shard.commit,
      shard.applied,
      lagOf(shard),
      shard.keys,
      sizeOf(shard.bytes),
      Math.round(shard.readsPerSecond),
      Math.round(shard.writesPerSecond),
      membersOf(shard),
    ]),
  );
}

/** No fault, nothing of it was acknowledged; but a disk that tears often is worth knowing. */
const tornTailOf = ({ id, tornTail }: NodeStatus): string[] =>
  tornTail === undefined
    ? []
    : [`node ${id} cut a torn tail at its start: ${tornTail.segment} at byte ${tornTail.offset}`];

/** Nobody should run on such a node without knowing. */
function faultsOf({ id, faults }: NodeStatus): string[] {
  if (faults === undefined) return [];
  const { disk, clockOffsetMs } = faults;
  const slow = disk.delayMs === undefined ? '' : ` by ${disk.delayMs} ms`;
  const now = [
    ...(disk.kind === 'none' ? [] : [`disk ${disk.kind}${slow}`]),
    ...(clockOffsetMs === 0 ? [] : [`clock off by ${clockOffsetMs} ms`]),
  ];
  const sentence = `node ${id} takes injected faults (serve --inject-faults)`;
  return [now.length === 0 ? sentence : `${sentence}, now: ${now.join(', ')}`];
}

export function statusTable(table: Table, status: ClusterStatus): string {
  const { name, id, version, health } = status.cluster;
  const trouble = troubleOf(status);
  return [
    `cluster ${name} (${id}), version ${version}: ${health}${trouble === null ? '' : `, ${trouble}`}`,
    '',
    nodesTable(table, status.nodes),
    ...status.nodes.flatMap(tornTailOf),
    ...status.nodes.flatMap(faultsOf),
    '',
    shardsTable(table, [status.meta, ...status.shards]),
  ].join('\n');
}
