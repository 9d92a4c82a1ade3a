/** DEBUG, as far as test suites of Redis need it, and only when the node was started for it. */
import { toByteKey } from '../../../base/bytes.js';
import { codeOf } from '../../../kv/catalog/catalog.js';
import { RkvError } from '../../../kv/errors.js';
import { globMatches } from '../glob.js';
import { ok } from './answers.js';
import { type Helped, writeHelp } from './help.js';
import type { LocalCall } from './local-call.js';
import { optionWord } from './parse.js';
import type { LocalRow } from './row.js';

const OBJECT = codeOf('object');
const NOT_ENABLED =
  'ERR DEBUG command not allowed. Start the node with --enable-debug-command if this is a test.';
const MAX_SLEEP_SECONDS = 60;

function sleep({ args, door, out }: LocalCall): Promise<void> | undefined {
  const seconds = Number(toByteKey(args[1] ?? new Uint8Array(0)));
  if (!(seconds >= 0 && seconds <= MAX_SLEEP_SECONDS)) {
    out.error('ERR value is not a valid float or out of range');
    return undefined;
  }
  return new Promise((resolve) => {
    door.clock.after(seconds * 1000, () => {
      ok(out);
      resolve();
    });
  });
}

async function object({ args, client, execute, out }: LocalCall): Promise<void> {
  const key = args[1] ?? new Uint8Array(0);
  const answer = await execute({ code: OBJECT, database: client.database, args: [key] });
  if (answer instanceof RkvError) throw answer;
  const [, encoding, size] = answer.kind === 'list' ? answer.items : [];
  if (encoding?.kind !== 'bytes' || size?.kind !== 'integer') {
    out.error('ERR no such key');
    return;
  }
  const text = Buffer.from(encoding.bytes).toString('latin1');
  out.simple(
    `Value at:0x0 refcount:1 encoding:${text} serializedlength:${size.value} lru:0 ` +
      'lru_seconds_idle:0',
  );
}

/** A pattern with many stars against a long text: it ends soon, or the matcher is broken. */
function stringMatch({ args, out }: LocalCall): void {
  const length = Math.min(Number(toByteKey(args[1] ?? new Uint8Array(0))) || 0, 1024 * 1024);
  globMatches(toByteKey(args[2] ?? new Uint8Array(0)), 'a'.repeat(length));
  ok(out);
}

interface Subcommand extends Helped {
  readonly run: (call: LocalCall) => void | Promise<void>;
}

const accepted = (name: string, usage?: string): Subcommand => ({
  name,
  ...(usage === undefined ? {} : { usage }),
  summary: 'Accepted, without effect.',
  run: ({ out }) => ok(out),
});

const SUBCOMMANDS: readonly Subcommand[] = [
  { name: 'sleep', usage: '<seconds>', summary: 'Holds this connection.', run: sleep },
  { name: 'object', usage: '<key>', summary: 'Describes a value.', run: object },
  {
    name: 'stringmatch-len',
    usage: '<length> <pattern>',
    summary: 'Matches a pattern with a long text.',
    run: stringMatch,
  },
  accepted('set-active-expire', '(0|1)'),
  accepted('reload'),
  accepted('jmap'),
  accepted('change-repl-id'),
  accepted('quicklist-packed-threshold', '<bytes>'),
];

function debug(call: LocalCall): void | Promise<void> {
  const { args, door, out } = call;
  if (!door.debugCommand) {
    out.error(NOT_ENABLED);
    return;
  }
  const word = optionWord(args[0]);
  if (word === 'HELP') {
    writeHelp('debug', SUBCOMMANDS, out);
    return;
  }
  const found = SUBCOMMANDS.find(({ name }) => name.toUpperCase() === word);
  if (found !== undefined) return found.run(call);
  out.error(`ERR unknown subcommand or wrong number of arguments for '${word}'. Try DEBUG HELP.`);
}

export const DEBUG_DOOR_ROWS: readonly LocalRow[] = [
  {
    kind: 'local',
    name: 'debug',
    arity: -2,
    flags: ['admin', 'noscript', 'loading', 'stale'],
    group: 'server',
    acl: ['@admin', '@slow', '@dangerous'],
    since: '1.0.0',
    complexity: 'Depends on the subcommand',
    summary: 'What test suites need, with --enable-debug-command alone.',
    differs:
      'SLEEP holds this connection, not the node. SET-ACTIVE-EXPIRE, ' +
      'RELOAD, JMAP, CHANGE-REPL-ID and QUICKLIST-PACKED-THRESHOLD are accepted without effect.',
    handle: debug,
  },
];
