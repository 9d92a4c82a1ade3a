/**
 * What clients ask of a server: time, role, waiting for replicas, slow commands, latency, memory.
 */
import { parseInteger } from '../../../kv/catalog/integer.js';
import { COMMAND_EVENT } from '../slowlog.js';
import { ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import { NOT_AN_INTEGER } from './parse.js';
import type { ContainerRow, DoorRow, LocalRow } from './row.js';

const ADMIN_ACL = ['@admin', '@slow', '@dangerous'];
const HERE = 'Of this node alone.';

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
  if (numbers.includes(null)) return NOT_AN_INTEGER;
  return (numbers.at(-1) as bigint) < 0n ? 'ERR timeout is negative' : null;
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

function slowlogGet({ args, door, out }: LocalCall): void {
  const asked = args.length === 0 ? 10n : parseInteger(args[0] as Uint8Array);
  if (asked === null || asked < -1n) {
    out.error('ERR count should be greater than or equal to -1');
    return;
  }
  const { entries } = door.slowlog;
  const found = asked === -1n ? entries : entries.slice(0, Number(asked));
  out.array(found.length);
  for (const { id, at, microseconds, words, address, name } of found) {
    out.array(6);
    out.integer(id);
    out.integer(at);
    out.integer(microseconds);
    out.array(words.length);
    for (const word of words) out.bulk(Buffer.from(word, 'latin1'));
    out.text(address);
    out.bulk(Buffer.from(name, 'latin1'));
  }
}

function latencyLatest({ door, out }: LocalCall): void {
  const last = door.slowlog.samples.at(-1);
  out.array(last === undefined ? 0 : 1);
  if (last === undefined) return;
  out.array(4);
  out.text(COMMAND_EVENT);
  out.integer(last.at);
  out.integer(Math.round(last.ms));
  out.integer(Math.round(door.slowlog.worstMs));
}

function latencyHistory({ args, door, out }: LocalCall): void {
  const known = Buffer.from(args[0] as Uint8Array).toString('latin1') === COMMAND_EVENT;
  const samples = known ? door.slowlog.samples : [];
  out.array(samples.length);
  for (const { at, ms } of samples) {
    out.array(2);
    out.integer(at);
    out.integer(Math.round(ms));
  }
}

function memoryStats({ door, out }: LocalCall): void {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { shards } = door.node.own();
  const keys = shards.reduce((sum, shard) => sum + shard.keys.reduce((a, b) => a + b, 0), 0);
  const fields: readonly (readonly [string, number])[] = [
    ['total.allocated', heapUsed + external],
    ['rss', rss],
    ['array.buffers', arrayBuffers],
    ['keys.count', keys],
    ['dataset.bytes', shards.reduce((sum, shard) => sum + shard.bytes, 0)],
    [
      'clients.normal',
      door.clients.all().reduce((sum, { control }) => sum + control.unread + control.unsent, 0),
    ],
  ];
  out.map(fields.length);
  for (const [name, value] of fields) {
    out.text(name);
    out.integer(value);
  }
}

type Sub = Pick<LocalRow, 'name' | 'arity' | 'since' | 'summary' | 'handle'> &
  Partial<Pick<LocalRow, 'differs' | 'complexity'>>;

const admin = (row: Sub): LocalRow => ({
  kind: 'local',
  group: 'server',
  flags: ['admin', 'loading', 'stale'],
  acl: ADMIN_ACL,
  complexity: 'O(N) with N entries',
  differs: HERE,
  ...row,
});

const container = (
  name: string,
  since: string,
  summary: string,
  subcommands: readonly LocalRow[],
): ContainerRow => ({
  kind: 'container',
  name,
  arity: -2,
  flags: [],
  group: 'server',
  acl: ['@slow'],
  since,
  complexity: 'Depends on the subcommand',
  summary,
  subcommands,
});

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
  container('slowlog', '2.2.12', 'A container for slow commands.', [
    admin({
      name: 'get',
      arity: -2,
      since: '2.2.12',
      summary: 'Returns the slowest commands, newest first.',
      differs: `${HERE} Times are from arrival to answer, the way to the disks included.`,
      handle: slowlogGet,
    }),
    admin({
      name: 'len',
      arity: 2,
      since: '2.2.12',
      complexity: 'O(1)',
      summary: 'Counts the slow commands kept.',
      handle: ({ door, out }) => out.integer(door.slowlog.entries.length),
    }),
    admin({
      name: 'reset',
      arity: 2,
      since: '2.2.12',
      summary: 'Forgets the slow commands.',
      handle: ({ door, out }) => {
        door.slowlog.reset();
        ok(out);
      },
    }),
  ]),
  container('latency', '2.8.13', 'A container for latencies.', [
    admin({
      name: 'latest',
      arity: 2,
      since: '2.8.13',
      summary: 'Returns the newest spike above latency-monitor-threshold, and the worst.',
      handle: latencyLatest,
    }),
    admin({
      name: 'history',
      arity: 3,
      since: '2.8.13',
      summary: 'Returns the worst time of each second with a spike.',
      differs: `${HERE} The only event is 'command'.`,
      handle: latencyHistory,
    }),
    admin({
      name: 'reset',
      arity: -2,
      since: '2.8.13',
      summary: 'Forgets the spikes.',
      handle: ({ door, out }) => out.integer(door.slowlog.resetLatency()),
    }),
    admin({
      name: 'doctor',
      arity: 2,
      since: '2.8.13',
      summary: 'Says how many spikes there were.',
      handle: ({ door, out }) => {
        const { samples, worstMs } = door.slowlog;
        const text =
          samples.length === 0
            ? 'No latency spike was seen. CONFIG SET latency-monitor-threshold turns this on.\n'
            : `${samples.length} seconds had a spike, the worst took ${Math.round(worstMs)} ms.\n`;
        out.verbatim('txt', Buffer.from(text));
      },
    }),
  ]),
  container('memory', '4.0.0', 'A container for memory.', [
    admin({
      name: 'doctor',
      arity: 2,
      since: '4.0.0',
      summary: 'Says whether memory is as planned.',
      handle: ({ out }) => {
        const mib = Math.round(process.memoryUsage().rss / 1024 / 1024);
        out.verbatim(
          'txt',
          Buffer.from(`This node has ${mib} MiB of memory; nothing is evicted.\n`),
        );
      },
    }),
    admin({
      name: 'stats',
      arity: 2,
      since: '4.0.0',
      summary: 'Returns figures of memory.',
      handle: memoryStats,
    }),
  ]),
];
