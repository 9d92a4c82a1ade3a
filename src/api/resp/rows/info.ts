/** INFO and CONFIG (Redis documentation, group "server"). */
import { toByteKey } from '../../../base/bytes.js';
import { glob } from '../glob.js';
import { infoText } from '../info.js';
import { ok } from './answers.js';
import { withHelp } from './help.js';
import type { LocalCall } from './local-call.js';
import { SYNTAX_ERROR } from './parse.js';
import type { ContainerRow, DoorRow, LocalRow } from './row.js';

const ACL = ['@admin', '@slow', '@dangerous'];
const HERE = 'Of this node alone.';

function info({ args, door, client, out }: LocalCall): void {
  const names = new Set(args.map((arg) => toByteKey(arg).toLowerCase()));
  const text = infoText({ door, client, own: door.node.own() }, names);
  out.verbatim('txt', Buffer.from(text));
}

function configGet({ args, door, out }: LocalCall): void {
  const patterns = args.map((arg) => glob(arg, true));
  const found = door.settings.find((name) => patterns.some((matches) => matches(name)));
  out.map(found.length);
  for (const [name, value] of found) {
    out.text(name);
    out.text(value);
  }
}

function configSet({ args, door, out }: LocalCall): void {
  if (args.length % 2 !== 0) {
    out.error(SYNTAX_ERROR);
    return;
  }
  const pairs: [string, string][] = [];
  for (let i = 0; i < args.length; i += 2) {
    pairs.push([toByteKey(args[i] as Uint8Array), toByteKey(args[i + 1] as Uint8Array)]);
  }
  const problem = door.settings.set(pairs);
  if (problem !== null) {
    out.error(problem);
    return;
  }
  door.slowlog.onSettings();
  door.idle.onSettings();
  ok(out);
}

function resetStat({ door, out }: LocalCall): void {
  door.stats.reset(door.clock.monotonic());
  door.registry.resetStats();
  ok(out);
}

type Sub = Pick<LocalRow, 'name' | 'arity' | 'since' | 'complexity' | 'summary' | 'handle'> &
  Partial<Pick<LocalRow, 'usage' | 'differs'>>;

const sub = (row: Sub): LocalRow => ({
  kind: 'local',
  group: 'server',
  flags: ['admin', 'noscript', 'loading', 'stale'],
  acl: ACL,
  differs: HERE,
  ...row,
});

const CONFIG: ContainerRow = {
  kind: 'container',
  name: 'config',
  arity: -2,
  flags: [],
  group: 'server',
  acl: ['@slow'],
  since: '2.0.0',
  complexity: 'Depends on the subcommand',
  summary: 'A container for settings of this node.',
  subcommands: [
    sub({
      name: 'get',
      usage: '<pattern> [<pattern> ...]',
      arity: -3,
      since: '2.0.0',
      complexity: 'O(N) with N settings',
      summary: 'Returns settings by name or pattern.',
      handle: configGet,
    }),
    sub({
      name: 'set',
      usage: '<setting> <value> [<setting> <value> ...]',
      arity: -4,
      since: '2.0.0',
      complexity: 'O(N) with N settings',
      summary: 'Changes settings until the node ends.',
      differs: 'Of this node alone, until it ends; options of rkv are not changed from here.',
      handle: configSet,
    }),
    sub({
      name: 'resetstat',
      arity: 2,
      since: '2.0.0',
      complexity: 'O(1)',
      summary: 'Sets the counters of INFO to 0.',
      handle: resetStat,
    }),
    sub({
      name: 'rewrite',
      arity: 2,
      since: '2.8.0',
      complexity: 'O(1)',
      summary: 'Refused: this server runs without a config file of Redis.',
      handle: ({ out }) => out.error('ERR The server is running without a config file'),
    }),
  ],
};

export const INFO_DOOR_ROWS: readonly DoorRow[] = [
  {
    kind: 'local',
    name: 'info',
    arity: -1,
    flags: ['loading', 'stale'],
    group: 'server',
    acl: ['@slow', '@dangerous'],
    since: '1.0.0',
    complexity: 'O(1)',
    summary: 'Tells how this node is, in sections.',
    differs:
      'Of this node alone; the keyspace section counts keys of shards with a replica here, and ' +
      'says 0 for avg_ttl, which is not kept.',
    handle: info,
  },
  withHelp(CONFIG, '5.0.0'),
];
