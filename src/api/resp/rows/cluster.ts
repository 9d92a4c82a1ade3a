/**
 * CLUSTER, READONLY, READWRITE, ASKING (Redis documentation, group "cluster"). Answered alike on
 * both listeners; only the one for cluster clients ever redirects.
 */
import { toByteKey } from '../../../base/bytes.js';
import { slotOf } from '../../../shard/slot.js';
import { redisNodeId } from '../info.js';
import { type Endpoint, endpoints, joined, type SlotRange, slotRanges } from '../topology.js';
import { ok } from './answers.js';
import { countKeysInSlot, getKeysInSlot } from './cluster-slots.js';
import { withHelp } from './help.js';
import type { LocalCall } from './local-call.js';
import type { ContainerRow, DoorRow, LocalRow, ReplyOut } from './row.js';

const ACL = ['@slow'];
/** Redis Cluster's own bus; announced because the format asks for a port. */
const BUS_PORT_STEP = 10_000;

function writeEndpoint({ host, port, id }: Endpoint, out: ReplyOut): void {
  out.array(4);
  out.text(host);
  out.integer(port);
  out.text(id);
  out.map(0);
}

const nodesOf = (members: readonly Endpoint[]): number[] => members.map(({ node }) => node);

function slots({ door, client, out }: LocalCall): void {
  const ranges = slotRanges(door.node, client).map(({ shard, endpoints: members }) => ({
    first: shard.firstSlot,
    last: shard.lastSlot,
    members,
  }));
  const runs = joined(ranges, (a, b) => String(nodesOf(a.members)) === String(nodesOf(b.members)));
  out.array(runs.length);
  for (const { first, last, members } of runs) {
    out.array(2 + members.length);
    out.integer(first);
    out.integer(last);
    for (const member of members) writeEndpoint(member, out);
  }
}

function writeShard({ shard, endpoints: members }: SlotRange, out: ReplyOut): void {
  out.map(2);
  out.text('slots');
  out.array(2);
  out.integer(shard.firstSlot);
  out.integer(shard.lastSlot);
  out.text('nodes');
  out.array(members.length);
  members.forEach((member, i) => {
    out.map(7);
    out.text('id');
    out.text(member.id);
    out.text('port');
    out.integer(member.port);
    out.text('ip');
    out.text(member.host);
    out.text('endpoint');
    out.text(member.host);
    out.text('role');
    out.text(i === 0 ? 'master' : 'replica');
    out.text('replication-offset');
    out.integer(0);
    out.text('health');
    out.text(member.alive ? 'online' : 'fail');
  });
}

function shards({ door, client, out }: LocalCall): void {
  const ranges = slotRanges(door.node, client);
  out.array(ranges.length);
  for (const range of ranges) writeShard(range, out);
}

function nodes({ door, client, out }: LocalCall): void {
  const ranges = slotRanges(door.node, client).map(({ shard, endpoints: members }) => ({
    first: shard.firstSlot,
    last: shard.lastSlot,
    owner: (members[0] as Endpoint).node,
  }));
  const led = joined(ranges, (a, b) => a.owner === b.owner);
  const lines = [...endpoints(door.node, client).values()].map((one) => {
    const flags = `${one.node === door.node.nodeId ? 'myself,' : ''}master${one.alive ? '' : ',fail'}`;
    const link = one.alive ? 'connected' : 'disconnected';
    const owned = led
      .filter(({ owner }) => owner === one.node)
      .map(({ first, last }) => `${first}-${last}`);
    const address = `${one.host}:${one.port}@${one.port + BUS_PORT_STEP}`;
    return [one.id, address, flags, '-', 0, 0, one.node, link, ...owned].join(' ');
  });
  out.verbatim('txt', Buffer.from(`${lines.join('\n')}\n`));
}

function info({ door, out }: LocalCall): void {
  const all = door.node.shards();
  const peers = door.node.nodes();
  const served = all.filter((shard) => shard.leader !== null);
  const slotsOf = (list: typeof all): number =>
    list.reduce((sum, shard) => sum + shard.lastSlot - shard.firstSlot + 1, 0);
  const epoch = Math.max(0, ...all.map((shard) => shard.rangeEpoch));
  const fields: readonly (readonly [string, string | number])[] = [
    ['cluster_state', served.length === all.length && all.length > 0 ? 'ok' : 'fail'],
    ['cluster_slots_assigned', slotsOf(all)],
    ['cluster_slots_ok', slotsOf(served)],
    ['cluster_slots_pfail', 0],
    ['cluster_slots_fail', slotsOf(all) - slotsOf(served)],
    ['cluster_known_nodes', peers.length],
    ['cluster_size', new Set(served.map((shard) => shard.leader)).size],
    ['cluster_current_epoch', epoch],
    ['cluster_my_epoch', epoch],
    ['cluster_stats_messages_sent', 0],
    ['cluster_stats_messages_received', 0],
    ['total_cluster_links_buffer_limit_exceeded', 0],
  ];
  const text = fields.map(([name, value]) => `${name}:${value}\r\n`).join('');
  out.verbatim('txt', Buffer.from(text));
}

const DIRECTIONS = [
  ['to', 'w'],
  ['from', 'r'],
] as const;

/** Peers are connected both ways or not at all: two links each. */
function links({ door, out }: LocalCall): void {
  const { clusterId } = door.node;
  const connected = door.node.nodes().filter(({ connectedAt }) => connectedAt !== null);
  out.array(2 * connected.length);
  for (const { id, connectedAt } of connected) {
    for (const [direction, events] of DIRECTIONS) {
      out.map(4);
      out.text('direction');
      out.text(direction);
      out.text('node');
      out.text(redisNodeId(clusterId, id));
      out.text('create-time');
      out.integer(connectedAt as number);
      out.text('events');
      out.text(events);
    }
  }
}

/** Of a node that is known by its id; else Redis's error. */
const ofNode =
  (answer: (out: ReplyOut) => void) =>
  ({ args, door, out }: LocalCall): void => {
    const id = toByteKey(args[0] as Uint8Array);
    const { clusterId } = door.node;
    const isKnown = door.node.nodes().some((peer) => redisNodeId(clusterId, peer.id) === id);
    if (isKnown) answer(out);
    else out.error(`ERR Unknown node ${id}`);
  };

/** Every node is a master. */
const noReplicas = ofNode((out) => out.array(0));

const myId = ({ door, out }: LocalCall): void =>
  out.text(redisNodeId(door.node.clusterId, door.node.nodeId));

type Sub = Pick<LocalRow, 'name' | 'arity' | 'since' | 'summary' | 'handle'> &
  Partial<Pick<LocalRow, 'usage' | 'differs' | 'complexity' | 'flags' | 'acl'>>;

const sub = (row: Sub): LocalRow => ({
  kind: 'local',
  group: 'cluster',
  flags: ['loading', 'stale'],
  acl: ACL,
  complexity: 'O(N) with N nodes',
  ...row,
});

const BY_ID = {
  usage: '<node-id>',
  arity: 3,
  flags: ['admin', 'stale'],
  acl: ['@admin', '@slow', '@dangerous'],
} as const;

const OF_NODES: readonly Sub[] = [
  {
    ...BY_ID,
    name: 'replicas',
    since: '5.0.0',
    summary: 'Returns nothing: every node is a master; SHARDS tells who holds what.',
    differs: 'Always empty.',
    handle: noReplicas,
  },
  {
    ...BY_ID,
    name: 'slaves',
    since: '3.0.0',
    summary: 'Returns nothing: every node is a master; SHARDS tells who holds what.',
    differs: 'Always empty.',
    handle: noReplicas,
  },
  {
    ...BY_ID,
    name: 'count-failure-reports',
    since: '3.0.0',
    summary: 'Returns 0: no node reports another, leaders are voted for.',
    differs: 'Always 0.',
    handle: ofNode((out) => out.integer(0)),
  },
];

/** What Redis lets clients do to a cluster by hand, and the way it is done here. */
const BY_HAND: readonly (readonly [string, string, string])[] = [
  ['addslots', '3.0.0', 'rkv shard split, rkv shard move'],
  ['addslotsrange', '7.0.0', 'rkv shard split, rkv shard move'],
  ['bumpepoch', '3.0.0', 'rkv status'],
  ['delslots', '3.0.0', 'rkv shard split, rkv shard move'],
  ['delslotsrange', '7.0.0', 'rkv shard split, rkv shard move'],
  ['failover', '3.0.0', 'rkv shard transfer ID --to NODE'],
  ['flushslots', '3.0.0', 'rkv cluster down --wipe'],
  ['forget', '3.0.0', 'rkv node remove N'],
  ['meet', '3.0.0', 'rkv node add'],
  ['replicate', '3.0.0', 'rkv shard move ID --from NODE --to NODE'],
  ['reset', '3.0.0', 'rkv cluster down --wipe'],
  ['saveconfig', '3.0.0', 'rkv status'],
  ['set-config-epoch', '3.0.0', 'rkv status'],
  ['setslot', '3.0.0', 'rkv shard move ID --from NODE --to NODE'],
];

const byHand = ([name, since, instead]: readonly [string, string, string]): LocalRow =>
  sub({
    name,
    usage: '...',
    arity: -2,
    since,
    flags: ['admin', 'stale'],
    acl: ['@admin', '@slow', '@dangerous'],
    complexity: 'O(1)',
    summary: `Refused: the cluster looks after itself; see ${instead}.`,
    differs: `Always an error; instead: ${instead}.`,
    handle: ({ out }) =>
      out.error(
        `ERR CLUSTER ${name.toUpperCase()} is not for rkv, its cluster looks after itself: see ${instead}`,
      ),
  });

function flag(
  name: string,
  since: string,
  summary: string,
  set: (call: LocalCall) => void,
): LocalRow {
  return {
    kind: 'local',
    name,
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    group: 'cluster',
    acl: ['@fast', '@connection'],
    since,
    complexity: 'O(1)',
    summary,
    handle: (call) => {
      set(call);
      ok(call.out);
    },
  };
}

const CLUSTER: ContainerRow = {
  kind: 'container',
  name: 'cluster',
  arity: -2,
  flags: [],
  group: 'cluster',
  acl: ACL,
  since: '3.0.0',
  complexity: 'Depends on the subcommand',
  summary: 'A container for commands about the cluster.',
  subcommands: [
    sub({
      name: 'slots',
      arity: 2,
      since: '3.0.0',
      summary: 'Tells who serves which slots; the leader of a range first.',
      differs: 'A node can lead one range and follow in another.',
      handle: slots,
    }),
    sub({
      name: 'shards',
      arity: 2,
      since: '7.0.0',
      summary: 'Tells the shards with their nodes.',
      differs: 'A node can lead one shard and follow in another.',
      handle: shards,
    }),
    sub({
      name: 'nodes',
      arity: 2,
      since: '3.0.0',
      summary: 'Tells the nodes with the slots they lead.',
      differs: 'Every node is a master; replicas of shards are told by SLOTS and SHARDS.',
      handle: nodes,
    }),
    sub({
      name: 'info',
      arity: 2,
      since: '3.0.0',
      complexity: 'O(1)',
      summary: 'Tells how the cluster is.',
      handle: info,
    }),
    sub({
      name: 'myid',
      arity: 2,
      since: '3.0.0',
      complexity: 'O(1)',
      summary: 'Returns the id of this node.',
      handle: myId,
    }),
    sub({
      name: 'myshardid',
      arity: 2,
      since: '7.2.0',
      complexity: 'O(1)',
      summary: 'Returns the id of this node: it can be part of many shards.',
      differs: 'The id of the node.',
      handle: myId,
    }),
    sub({
      name: 'links',
      arity: 2,
      since: '7.0.0',
      summary: 'Tells the connections of this node to the others.',
      differs: 'Without the sizes of buffers.',
      handle: links,
    }),
    sub({
      name: 'keyslot',
      usage: '<key>',
      arity: 3,
      since: '3.0.0',
      complexity: 'O(N) with the bytes of the key',
      summary: 'Returns the slot of a key.',
      handle: ({ args, out }) => out.integer(slotOf(args[0] as Uint8Array)),
    }),
    sub({
      name: 'countkeysinslot',
      usage: '<slot>',
      arity: 3,
      since: '3.0.0',
      complexity: 'O(N) with N keys of 64 slots',
      summary: 'Counts the keys of a slot.',
      differs: 'Of the whole cluster, whichever node is asked.',
      handle: countKeysInSlot,
    }),
    sub({
      name: 'getkeysinslot',
      usage: '<slot> <count>',
      arity: 4,
      since: '3.0.0',
      complexity: 'O(N) with N keys of 64 slots',
      summary: 'Lists keys of a slot.',
      differs: 'Of the whole cluster, whichever node is asked.',
      handle: getKeysInSlot,
    }),
    ...OF_NODES.map(sub),
    ...BY_HAND.map(byHand),
  ],
};

export const CLUSTER_DOOR_ROWS: readonly DoorRow[] = [
  withHelp(CLUSTER, '5.0.0'),
  flag(
    'readonly',
    '3.0.0',
    'Lets this cluster connection read from replicas, linearizably.',
    ({ client }) => {
      client.readonlyReads = true;
    },
  ),
  flag('readwrite', '3.0.0', 'Ends what READONLY began.', ({ client }) => {
    client.readonlyReads = false;
  }),
  flag('asking', '3.0.0', 'Accepted: no slot is ever asked for with ASK.', () => undefined),
];
