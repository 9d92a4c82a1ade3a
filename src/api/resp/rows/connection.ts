/** Commands of the connection itself (Redis documentation, group "connection"), but CLIENT. */
import { toByteKey } from '../../../base/bytes.js';
import { parseInteger } from '../../../kv/catalog/integer.js';
import { MAX_USER_DATABASE } from '../../gate/gate.js';
import { REDIS_VERSION } from '../version.js';
import { ok } from './answers.js';
import type { LocalCall } from './local-call.js';
import { OUT_OF_INT_RANGE, optionWord } from './parse.js';
import type { LocalRow } from './row.js';

const LOCAL = { kind: 'local', group: 'connection', complexity: 'O(1)' } as const;
const ACL = ['@fast', '@connection'];
const OPEN = ['noscript', 'loading', 'stale', 'fast', 'no_auth', 'allow_busy'] as const;

const NO_PASSWORD =
  'ERR AUTH <password> called without any password configured for the default user. ' +
  'Are you sure your configuration is correct?';
const WRONG_PASSWORD = 'WRONGPASS invalid username-password pair or user is disabled.';
const BAD_NAME = 'ERR Client names cannot contain spaces, newlines or special characters.';

/** Names and library fields: what fits a line of CLIENT LIST. */
export const isPrintable = (text: Uint8Array): boolean =>
  text.every((byte) => byte > 0x20 && byte < 0x7f);

function ping({ args, out }: LocalCall): void {
  const [message] = args;
  if (args.length > 1) out.error("ERR wrong number of arguments for 'ping' command");
  else if (message === undefined) out.pong();
  else out.bulk(message);
}

/** The default user has no password: any will do for it, as in Redis; others do not exist. */
function auth({ args, out }: LocalCall): void {
  const [first] = args;
  if (args.length > 2) out.error('ERR syntax error');
  else if (args.length === 1) out.error(NO_PASSWORD);
  else if (toByteKey(first as Uint8Array) === 'default') ok(out);
  else out.error(WRONG_PASSWORD);
}

interface Greeting {
  protocol: 2 | 3 | null;
  name: string | null;
}

/** HELLO [version [AUTH user password] [SETNAME name]]: what it asks for, or its error. */
function readHello({ args }: LocalCall): Greeting | string {
  const asked: Greeting = { protocol: null, name: null };
  const [version, ...options] = args;
  if (version === undefined) return asked;
  const number = parseInteger(version);
  if (number === null) return 'ERR Protocol version is not an integer or out of range';
  if (number !== 2n && number !== 3n) return 'NOPROTO unsupported protocol version';
  asked.protocol = number === 2n ? 2 : 3;
  for (let i = 0; i < options.length; i++) {
    const word = optionWord(options[i]);
    const left = options.length - i - 1;
    if (word === 'AUTH' && left >= 2) {
      if (toByteKey(options[i + 1] as Uint8Array) !== 'default') return WRONG_PASSWORD;
      i += 2;
    } else if (word === 'SETNAME' && left >= 1) {
      const name = options[++i] as Uint8Array;
      if (!isPrintable(name)) return BAD_NAME;
      asked.name = toByteKey(name);
    } else {
      return `ERR Syntax error in HELLO option '${toByteKey(options[i] as Uint8Array)}'`;
    }
  }
  return asked;
}

function hello(call: LocalCall): void {
  const { client, out } = call;
  const asked = readHello(call);
  if (typeof asked === 'string') {
    out.error(asked);
    return;
  }
  if (asked.name !== null) client.name = asked.name;
  if (asked.protocol !== null) client.control.setProtocol(asked.protocol);
  out.map(7);
  out.text('server');
  out.text('redis');
  out.text('version');
  out.text(REDIS_VERSION);
  out.text('proto');
  out.integer(client.protocol);
  out.text('id');
  out.integer(client.id);
  out.text('mode');
  out.text(client.mode);
  out.text('role');
  out.text('master');
  out.text('modules');
  out.array(0);
}

function select({ args, client, out }: LocalCall): void {
  const number = parseInteger(args[0] as Uint8Array);
  if (number === null) out.error('ERR value is not an integer or out of range');
  else if (number !== BigInt.asIntN(32, number)) out.error(OUT_OF_INT_RANGE);
  else if (number < 0n || number > BigInt(MAX_USER_DATABASE)) {
    out.error('ERR DB index is out of range');
  } else if (client.mode === 'cluster' && number !== 0n) {
    out.error('ERR SELECT is not allowed in cluster mode');
  } else {
    client.database = Number(number);
    ok(out);
  }
}

function reset({ client, door, out }: LocalCall): void {
  door.monitors.delete(client);
  client.reset();
  client.control.setProtocol(2);
  out.simple('RESET');
}

export const CONNECTION_DOOR_ROWS: readonly LocalRow[] = [
  {
    ...LOCAL,
    name: 'ping',
    arity: -1,
    flags: ['fast'],
    acl: ACL,
    since: '1.0.0',
    summary: 'Answers PONG, or what it is given.',
    handle: ping,
  },
  {
    ...LOCAL,
    name: 'echo',
    arity: 2,
    flags: ['loading', 'stale', 'fast'],
    acl: ACL,
    since: '1.0.0',
    summary: 'Returns the string it is given.',
    handle: ({ args, out }) => out.bulk(args[0] as Uint8Array),
  },
  {
    ...LOCAL,
    name: 'quit',
    arity: -1,
    flags: OPEN,
    acl: ACL,
    since: '1.0.0',
    summary: 'Closes the connection behind the answers under way.',
    waits: true,
    handle: ({ client, out }) => {
      ok(out);
      client.control.endWhenSent();
    },
  },
  {
    ...LOCAL,
    name: 'auth',
    arity: -2,
    flags: OPEN,
    acl: ACL,
    since: '1.0.0',
    summary: 'Authenticates; the default user has no password.',
    differs: 'There is only the default user, and it has no password.',
    handle: auth,
  },
  {
    ...LOCAL,
    name: 'hello',
    arity: -1,
    flags: OPEN,
    acl: ACL,
    since: '6.0.0',
    summary: 'Greets the server and chooses the protocol, RESP2 or RESP3.',
    waits: true,
    handle: hello,
  },
  {
    ...LOCAL,
    name: 'select',
    arity: 2,
    flags: ['loading', 'stale', 'fast'],
    acl: ACL,
    since: '1.0.0',
    summary: 'Chooses the database of the connection, 0 to 15.',
    handle: select,
  },
  {
    ...LOCAL,
    name: 'reset',
    arity: 1,
    flags: OPEN,
    acl: ACL,
    since: '6.2.0',
    summary: 'Makes the connection as it was when it came.',
    waits: true,
    handle: reset,
  },
];
