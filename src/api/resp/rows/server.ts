/** What clients ask of a server: time, role, waiting for replicas; and watching all commands. */
import { parseInteger } from '../../../kv/catalog/integer.js';
import { ADMIN_ACL, HERE } from './admin.js';
import { ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import { NOT_AN_INTEGER } from './parse.js';
import type { DoorRow } from './row.js';

/** Cluster time: it never goes back, whichever node is asked. */
function time({ door, out }: LocalCall): void {
  const now = door.node.now();
  const seconds = Math.floor(now / 1000);
  out.array(2);
  out.text(String(seconds));
  out.text(String(Math.floor((now - seconds * 1000) * 1000)));
}

/** Every node serves every key, so to a client each is a master. */
function role({ door, out }: LocalCall): void {
  const { shards } = door.node.own();
  out.array(3);
  out.text('master');
  out.integer(shards.reduce((sum, shard) => sum + shard.applied, 0));
  out.array(0);
}

/** Copies besides the leader's that hold what was acknowledged: a majority's, less the leader. */
function sureCopies({ door }: LocalCall): number {
  const sizes = door.node.shards().map((shard) => shard.nodes.length);
  return sizes.length === 0 ? 0 : Math.floor(Math.min(...sizes) / 2);
}

/** Whether all are 64-bit integers and the time is not negative; else Redis's error. */
function problemOfWait(args: LocalCall['args']): string | null {
  const numbers = args.map(parseInteger);
  const timeout = numbers.pop() ?? null;
  if (numbers.includes(null)) return NOT_AN_INTEGER;
  if (timeout === null) return 'ERR timeout is not an integer or out of range';
  return timeout < 0n ? 'ERR timeout is negative' : null;
}

/** An acknowledged write is on a majority of disks already: there is nothing to wait for. */
function wait(call: LocalCall): void {
  const problem = problemOfWait(call.args);
  if (problem === null) call.out.integer(sureCopies(call));
  else call.out.error(problem);
}

function waitAof(call: LocalCall): void {
  const problem = problemOfWait(call.args);
  if (problem !== null) {
    call.out.error(problem);
    return;
  }
  const local = parseInteger(call.args[0] as Uint8Array) as bigint;
  if (local > 1n || local < 0n) {
    call.out.error('ERR value is out of range, must be between 0 and 1');
    return;
  }
  call.out.array(2);
  call.out.integer(1);
  call.out.integer(sureCopies(call));
}

const WAIT_DIFFERS =
  'Answers at once: an acknowledged write is on a majority of disks already. The number is that ' +
  'of the copies besides the leader’s which surely have it.';

export const SERVER_DOOR_ROWS: readonly DoorRow[] = [
  {
    kind: 'local',
    name: 'time',
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    group: 'server',
    acl: ['@fast'],
    since: '2.6.0',
    complexity: 'O(1)',
    summary: 'Returns the time of the cluster.',
    handle: time,
  },
  {
    kind: 'local',
    name: 'lastsave',
    arity: 1,
    flags: ['loading', 'stale', 'fast'],
    group: 'server',
    acl: ['@admin', '@fast', '@dangerous'],
    since: '1.0.0',
    complexity: 'O(1)',
    summary: 'Returns the time: every acknowledged write is on disks already.',
    differs: 'Always now.',
    handle: ({ door, out }) => out.integer(Math.floor(door.node.now() / 1000)),
  },
  {
    kind: 'local',
    name: 'role',
    arity: 1,
    flags: ['noscript', 'loading', 'stale', 'fast'],
    group: 'server',
    acl: ['@admin', '@fast', '@dangerous'],
    since: '2.8.12',
    complexity: 'O(1)',
    summary: 'Returns the role of this node: always master, it serves every key.',
    differs: 'Replicas are not listed: clients have no use for them here.',
    handle: role,
  },
  {
    kind: 'local',
    name: 'wait',
    arity: 3,
    flags: ['blocking'],
    group: 'generic',
    acl: ['@slow', '@blocking', '@connection'],
    since: '3.0.0',
    complexity: 'O(1)',
    summary: 'Tells how many other copies have the writes of this connection.',
    differs: WAIT_DIFFERS,
    waits: true,
    handle: wait,
  },
  {
    kind: 'local',
    name: 'waitaof',
    arity: 4,
    flags: ['blocking'],
    group: 'generic',
    acl: ['@slow', '@blocking', '@connection'],
    since: '7.2.0',
    complexity: 'O(1)',
    summary: 'Tells on how many disks the writes of this connection are.',
    differs: WAIT_DIFFERS,
    waits: true,
    handle: waitAof,
  },
  {
    kind: 'local',
    name: 'monitor',
    arity: 1,
    flags: ['admin', 'noscript', 'loading', 'stale'],
    group: 'server',
    acl: ADMIN_ACL,
    since: '1.0.0',
    complexity: 'O(1)',
    summary: 'Shows every command of this node’s Redis clients.',
    differs: HERE,
    waits: true,
    handle: ({ client, door, out }) => {
      client.monitors = true;
      door.monitors.add(client);
      ok(out);
    },
  },
];
