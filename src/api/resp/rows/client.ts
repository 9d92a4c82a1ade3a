/** CLIENT: connections looked at, named and ended (Redis documentation, group "connection"). */
import { toByteKey } from '../../../base/bytes.js';
import { parseInteger } from '../../../kv/catalog/integer.js';
import type { Client } from '../client.js';
import { ok } from './answers.js';
import { kill, lines, list, text } from './client-list.js';
import { isPrintable } from './connection.js';
import { withHelp } from './help.js';
import type { LocalCall } from './local-call.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR } from './parse.js';
import type { CommandFlag, ContainerRow, LocalRow } from './row.js';

const FLAGS: readonly CommandFlag[] = ['noscript', 'loading', 'stale'];
const BAD_NAME = 'ERR Client names cannot contain spaces, newlines or special characters.';
function setName({ args, client, out }: LocalCall): void {
  const name = args[0] as Uint8Array;
  if (!isPrintable(name)) out.error(BAD_NAME);
  else {
    client.name = toByteKey(name);
    ok(out);
  }
}

function getName({ client, out }: LocalCall): void {
  if (client.name === '') out.null();
  else out.bulk(Buffer.from(client.name, 'latin1'));
}

function setInfo({ args, client, out }: LocalCall): void {
  const [option, value] = args as [Uint8Array, Uint8Array];
  const word = optionWord(option);
  if (word !== 'LIB-NAME' && word !== 'LIB-VER') {
    out.error(`ERR Unrecognized option '${text(option)}'`);
  } else if (!isPrintable(value)) {
    out.error(`ERR ${word.toLowerCase()} cannot contain spaces, newlines or special characters.`);
  } else {
    if (word === 'LIB-NAME') client.libName = toByteKey(value);
    else client.libVersion = toByteKey(value);
    ok(out);
  }
}

function reply({ args, client, out }: LocalCall): void {
  switch (optionWord(args[0])) {
    case 'ON':
      client.reply = 'on';
      ok(out);
      return;
    case 'OFF':
      client.reply = 'off';
      return;
    case 'SKIP':
      if (client.reply !== 'off') client.reply = 'skip';
      return;
    default:
      out.error(SYNTAX_ERROR);
  }
}

function onOff(set: (client: Client, on: boolean) => void) {
  return ({ args, client, out }: LocalCall): void => {
    const word = optionWord(args[0]);
    if (word !== 'ON' && word !== 'OFF') {
      out.error(SYNTAX_ERROR);
      return;
    }
    set(client, word === 'ON');
    ok(out);
  };
}

function tracking({ args, out }: LocalCall): void {
  const word = optionWord(args[0]);
  if (word === 'OFF') ok(out);
  else if (word === 'ON') out.error('ERR client tracking is not in this version of rkv');
  else out.error(SYNTAX_ERROR);
}

function trackingInfo({ out }: LocalCall): void {
  out.map(3);
  out.text('flags');
  out.set(1);
  out.text('off');
  out.text('redirect');
  out.integer(-1);
  out.text('prefixes');
  out.array(0);
}

/** Nothing blocks yet, so nobody can be woken. */
function unblock({ args, out }: LocalCall): void {
  const how = optionWord(args[1]);
  if (args.length > 2) out.error(SYNTAX_ERROR);
  else if (args.length === 2 && how !== 'TIMEOUT' && how !== 'ERROR') {
    out.error('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR');
  } else if (parseInteger(args[0] as Uint8Array) === null) out.error(NOT_AN_INTEGER);
  else out.integer(0);
}

function pause({ args, door, out }: LocalCall): void {
  const ms = parseInteger(args[0] as Uint8Array);
  const mode = args.length === 1 ? 'ALL' : optionWord(args[1]);
  if (ms === null) out.error('ERR timeout is not an integer or out of range');
  else if (ms < 0n) out.error('ERR timeout is negative');
  else if (args.length > 2 || (mode !== 'ALL' && mode !== 'WRITE')) out.error(SYNTAX_ERROR);
  else {
    door.pause.begin(Number(ms), mode === 'ALL');
    ok(out);
  }
}

type Sub = Pick<LocalRow, 'name' | 'arity' | 'since' | 'summary' | 'handle'> &
  Partial<Pick<LocalRow, 'usage' | 'flags' | 'acl' | 'differs' | 'complexity' | 'waits'>>;

const sub = (row: Sub): LocalRow => ({
  kind: 'local',
  group: 'connection',
  flags: FLAGS,
  acl: ['@slow', '@connection'],
  complexity: 'O(1)',
  ...row,
});

const ADMIN: Pick<LocalRow, 'flags' | 'acl' | 'complexity'> = {
  flags: ['admin', ...FLAGS],
  acl: ['@admin', '@slow', '@dangerous', '@connection'],
  complexity: 'O(N) with N connections',
};
const HERE = 'Connections of this node alone.';

const CLIENT: ContainerRow = {
  kind: 'container',
  name: 'client',
  arity: -2,
  flags: [],
  group: 'connection',
  acl: ['@slow'],
  since: '2.4.0',
  complexity: 'Depends on the subcommand',
  summary: 'A container for commands about connections.',
  subcommands: [
    sub({
      name: 'id',
      arity: 2,
      since: '5.0.0',
      summary: 'Returns the number of this connection.',
      handle: ({ client, out }) => out.integer(client.id),
    }),
    sub({
      name: 'info',
      arity: 2,
      since: '6.2.0',
      summary: 'Describes this connection.',
      handle: (call) => call.out.verbatim('txt', lines(call, [call.client])),
    }),
    sub({
      ...ADMIN,
      name: 'list',
      usage: '[TYPE (NORMAL|MASTER|REPLICA|PUBSUB) | ID <id> [<id> ...]]',
      arity: -2,
      since: '2.4.0',
      summary: 'Lists connections.',
      differs: HERE,
      handle: list,
    }),
    sub({
      ...ADMIN,
      name: 'kill',
      usage:
        '<ip:port> | [ID <id>] [ADDR <ip:port>] [LADDR <ip:port>] [TYPE <type>] [USER <name>] [SKIPME (YES|NO)]',
      arity: -3,
      since: '2.4.0',
      summary: 'Ends connections.',
      differs: HERE,
      handle: kill,
    }),
    sub({
      name: 'setname',
      usage: '<name>',
      arity: 3,
      since: '2.6.9',
      summary: 'Names this connection.',
      handle: setName,
    }),
    sub({
      name: 'getname',
      arity: 2,
      since: '2.6.9',
      summary: 'Returns the name of this connection.',
      handle: getName,
    }),
    sub({
      name: 'setinfo',
      usage: '(LIB-NAME|LIB-VER) <value>',
      arity: 4,
      since: '7.2.0',
      summary: 'Tells which library this connection is of.',
      handle: setInfo,
    }),
    sub({
      name: 'reply',
      usage: '(ON|OFF|SKIP)',
      arity: 3,
      since: '3.2.0',
      summary: 'Switches answers on and off, or leaves one out.',
      handle: reply,
    }),
    sub({
      name: 'no-evict',
      usage: '(ON|OFF)',
      arity: 3,
      since: '7.0.0',
      summary: 'Accepted: no connection is ended to save memory.',
      handle: onOff((client, on) => {
        client.noEvict = on;
      }),
    }),
    sub({
      name: 'no-touch',
      usage: '(ON|OFF)',
      arity: 3,
      since: '7.2.0',
      summary: 'Accepted: access times are not kept.',
      handle: onOff((client, on) => {
        client.noTouch = on;
      }),
    }),
    sub({
      name: 'tracking',
      usage: 'OFF',
      arity: -3,
      since: '6.0.0',
      summary: 'Client-side caching, off only.',
      differs: 'ON is refused: tracking comes with a later issue.',
      handle: tracking,
    }),
    sub({
      name: 'trackinginfo',
      arity: 2,
      since: '6.2.0',
      summary: 'Says that tracking is off.',
      handle: trackingInfo,
    }),
    sub({
      name: 'getredir',
      arity: 2,
      since: '6.0.0',
      summary: 'Says that tracking is off.',
      handle: ({ out }) => out.integer(-1),
    }),
    sub({
      name: 'caching',
      usage: '(YES|NO)',
      arity: 3,
      since: '6.0.0',
      summary: 'Wants tracking, which is off.',
      handle: ({ out }) =>
        out.error(
          'ERR CLIENT CACHING can be called only when the client is in tracking mode with ' +
            'OPTIN or OPTOUT mode enabled',
        ),
    }),
    sub({
      name: 'unblock',
      usage: '<id> [TIMEOUT|ERROR]',
      arity: -3,
      since: '5.0.0',
      summary: 'Wakes a connection that blocks; none does yet.',
      handle: unblock,
    }),
    sub({
      ...ADMIN,
      name: 'pause',
      usage: '<milliseconds> [WRITE|ALL]',
      arity: -3,
      since: '3.0.0',
      summary: 'Holds commands of all connections, or writes alone, for a time.',
      differs: HERE,
      handle: pause,
    }),
    sub({
      ...ADMIN,
      name: 'unpause',
      arity: 2,
      since: '6.2.0',
      summary: 'Ends a pause.',
      differs: HERE,
      handle: ({ door, out }) => {
        door.pause.end();
        ok(out);
      },
    }),
  ],
};

export const CLIENT_DOOR_ROWS: readonly ContainerRow[] = [
  withHelp(CLIENT, '5.0.0', ['@slow', '@connection']),
];
