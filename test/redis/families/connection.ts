/** Commands of a connection and of a server, as far as two servers can agree on them. */
import fc from 'fast-check';
import { bytes, type Family, integer, key, many, small, tail, value, word } from '../words.js';

const none = fc.constant([] as string[]);
const onOff = word('ON', 'OFF', 'FOO').map((found) => [found]);
const printable = fc.constantFrom('me', 'x-1', '', 'with space', 'line\nfeed', 'é', 'a:b');
/** Names of commands that both have, whole commands with keys, and words that are none. */
const command = fc.constantFrom(
  ...['get', 'SET', 'mset', 'del', 'ping', 'nothing', '', 'client|setname', 'config', 'exec'],
);
const whole = fc.constantFrom<string[]>(
  ['get', 'a'],
  ['mset', 'a', '1', 'b', '2'],
  ['mget', 'a', 'b', 'c'],
  ['del', 'x'],
  ['rename', 'a', 'b'],
  ['bitop', 'and', 'd', 's', 't'],
  ['renamenx', 'a', 'b'],
  ['copy', 'a', 'b', 'replace'],
  ['pfmerge', 'd', 'a', 'b'],
  ['sort', 'a', 'store', 'b'],
  ['set', 'a', '1', 'px', '5', 'get'],
  ['bitfield', 'a', 'get', 'u8', '0'],
  ['bitfield', 'a', 'incrby', 'u8', '0', '1'],
  ['lcs', 'a', 'b'],
  ['msetnx', 'a', '1', 'b', '2'],
  ['ping'],
  ['nothing', 'a'],
  ['get'],
  ['set', 'a', '1', 'EX', '5'],
  ['client', 'setname', 'x'],
);
const setting = fc.constantFrom(
  ...[
    'maxmemory',
    'maxmemory-policy',
    'appendonly',
    'save',
    'databases',
    'nothing',
    'max[',
    'TIMEOUT',
  ],
);

export const CONNECTION: Family = {
  ping: many(value, 0, 2),
  echo: many(value, 1, 1),
  select: tail(fc.constantFrom('0', '1', '15', '16', '-1', 'x', '', '99999999999')),
  hello: fc.oneof(
    tail(fc.constantFrom('2', '3', '4', '1', 'x', '')),
    none,
    tail(fc.constantFrom('2', '3'), word('SETNAME'), printable),
    tail(
      fc.constantFrom('2', '3'),
      word('AUTH', 'FOO'),
      many(fc.constantFrom('default', 'x'), 0, 2),
    ),
  ),
  auth: fc.oneof(
    many(value, 1, 3),
    tail(fc.constant('default'), value),
    tail(fc.constant('me'), value),
  ),
  reset: none,
  quit: none,
  'client|id': none,
  'client|info': none,
  'client|list': fc.oneof(
    none,
    tail(word('TYPE'), word('normal', 'master', 'replica', 'pubsub', 'foo')),
    tail(word('ID'), many(fc.constantFrom('99999999', 'x', '0', '-1'), 0, 2)),
    tail(word('FOO')),
  ),
  'client|getname': none,
  'client|setname': tail(printable),
  'client|no-evict': onOff,
  'client|tracking': tail(word('OFF', 'FOO')),
  'client|trackinginfo': none,
  'client|getredir': none,
  'client|caching': tail(word('YES', 'NO')),
  'client|unblock': fc.oneof(
    tail(fc.constantFrom('99999999', 'x', '-1')),
    tail(fc.constantFrom('99999999', '-1'), word('TIMEOUT', 'ERROR', 'FOO')),
  ),
  'client|pause': fc.oneof(
    tail(fc.constantFrom('0', '-1', 'x')),
    tail(fc.constant('0'), word('WRITE', 'ALL', 'FOO')),
  ),
  'client|unpause': none,
  'client|reply': tail(word('ON', 'FOO')),
  'client|kill': fc.oneof(
    tail(fc.constantFrom('127.0.0.1:1', 'x', '')),
    tail(word('ID'), fc.constantFrom('99999999', '0', 'x', '-1')),
    tail(word('ADDR', 'LADDR'), fc.constant('127.0.0.1:1')),
    tail(word('TYPE'), word('pubsub', 'master', 'foo')),
    tail(word('USER'), fc.constant('nobody')),
    tail(word('ADDR'), fc.constant('127.0.0.1:1'), word('SKIPME'), word('YES', 'NO', 'FOO')),
    tail(word('FOO'), bytes),
    tail(word('ID'), fc.constant('1'), word('FOO')),
  ),
  'client|help': none,
  'command|help': none,
  command: none,
  'command|count': none,
  'command|docs': many(command, 0, 2),
  'command|list': fc.oneof(
    none,
    tail(word('FILTERBY'), word('MODULE'), fc.constant('x')),
    tail(word('FILTERBY'), word('ACLCAT', 'PATTERN'), fc.constantFrom('nothing', 'hello', '[')),
    tail(word('FILTERBY', 'FOO'), many(bytes, 0, 3)),
  ),
  'command|info': many(fc.constantFrom('nothing', '', 'x|y'), 1, 2),
  'command|getkeys': tail(whole),
  'command|getkeysandflags': tail(whole),
};

export const SERVER: Family = {
  info: fc.oneof(none, many(word('server', 'clients', 'nothing', 'all', 'everything'), 1, 2)),
  'config|get': many(setting, 1, 2),
  'config|set': fc.oneof(
    tail(fc.constantFrom('maxmemory', 'nothing', 'slowlog-max-len'), fc.constantFrom('0', 'x')),
    tail(fc.constant('maxmemory-policy'), fc.constantFrom('noeviction', 'foo')),
    tail(fc.constant('notify-keyspace-events'), fc.constantFrom('', 'foo!')),
    tail(setting, value, setting),
  ),
  'config|help': none,
  'config|resetstat': none,
  'config|rewrite': none,
  lastsave: none,
  time: none,
  role: none,
  wait: tail(fc.constantFrom('0', '1', 'x', '-1'), fc.constantFrom('1', 'x', '-1')),
  'slowlog|get': fc.oneof(none, tail(fc.constantFrom('0', '10', '-1', '-2', 'x'))),
  'slowlog|help': none,
  'slowlog|len': none,
  'slowlog|reset': none,
  'latency|help': none,
  'latency|latest': none,
  'latency|history': tail(fc.constantFrom('command', 'nothing')),
  'latency|reset': many(fc.constantFrom('command', 'nothing'), 0, 2),
  'latency|doctor': none,
  'memory|help': none,
  'memory|doctor': none,
  'memory|stats': none,
  debug: tail(word('SLEEP', 'RELOAD', 'FOO'), fc.constant('0')),
};

const BY_HAND = [
  ...['addslots', 'addslotsrange', 'bumpepoch', 'delslots', 'delslotsrange', 'failover'],
  ...['flushslots', 'forget', 'meet', 'replicate', 'reset', 'saveconfig', 'set-config-epoch'],
  'setslot',
];

/** Held against a Redis with cluster mode on, on the listener for cluster clients. */
export const CLUSTER: Family = {
  readonly: none,
  readwrite: none,
  asking: none,
  'cluster|keyslot': tail(fc.oneof(key, value, bytes)),
  'cluster|slots': none,
  'cluster|shards': none,
  'cluster|nodes': none,
  'cluster|info': none,
  'cluster|myid': none,
  'cluster|help': none,
  'cluster|links': none,
  ...Object.fromEntries(
    ['replicas', 'slaves', 'count-failure-reports'].map((name) => [
      `cluster|${name}`,
      tail(fc.constantFrom('x', '', '0'.repeat(40))),
    ]),
  ),
  'cluster|countkeysinslot': tail(integer),
  'cluster|getkeysinslot': tail(integer, small),
  ...Object.fromEntries(BY_HAND.map((name) => [`cluster|${name}`, tail(fc.constant('x'))])),
};
