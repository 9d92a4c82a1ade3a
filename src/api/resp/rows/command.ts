/** COMMAND: the rows of this door, told to clients (redis-cli, cluster clients, proxies). */
import { toByteKey } from '../../../base/bytes.js';
import { glob } from '../glob.js';
import { type Entry, keyIndexes, type Registry } from '../registry.js';
import { fitsArity } from '../resolve.js';
import { withHelp } from './help.js';
import type { LocalCall } from './local-call.js';
import { optionWord, SYNTAX_ERROR } from './parse.js';
import type { ContainerRow, DoorRow, KeyFlag, KeyPositions, LocalRow, ReplyOut } from './row.js';

const LOCAL = { kind: 'local', group: 'server', acl: ['@slow', '@connection'] } as const;
const FLAGS = ['loading', 'stale'] as const;
const PER_NAME = 'O(N) with N names';

const NO_KEYS: KeyPositions = { first: 0, last: 0, step: 0, flags: [] };

function writeFlags(row: DoorRow, out: ReplyOut): void {
  const flags: readonly string[] =
    row.movableKeys === undefined || row.flags.includes('movablekeys')
      ? row.flags
      : [...row.flags, 'movablekeys'];
  out.set(flags.length);
  for (const flag of flags) out.simple(flag);
}

/** Redis writes what is done with the key in capitals, and what for in small letters. */
const flagText = (flag: KeyFlag): string => (flag.length === 2 ? flag : flag.toLowerCase());

/** One key specification of Redis 7: by index and range. */
function writeKeySpec({ first, last, step, flags }: KeyPositions, out: ReplyOut): void {
  out.map(3);
  out.text('flags');
  out.set(flags.length);
  for (const flag of flags) out.simple(flagText(flag));
  out.text('begin_search');
  out.map(2);
  out.text('type');
  out.text('index');
  out.text('spec');
  out.map(1);
  out.text('index');
  out.integer(first);
  out.text('find_keys');
  out.map(2);
  out.text('type');
  out.text('range');
  out.text('spec');
  out.map(3);
  out.text('lastkey');
  out.integer(last < 0 ? last : last - first);
  out.text('keystep');
  out.integer(step);
  out.text('limit');
  out.integer(0);
}

/** One for all keys, or one for the first and one for the others. */
function specsOf({ others, ...keys }: KeyPositions): readonly KeyPositions[] {
  const { first, last, step } = keys;
  if (others === undefined || first === last) return [keys];
  return [
    { ...keys, last: first },
    { ...keys, first: first + step, flags: others },
  ];
}

/** name, arity, flags, keys, ACL categories, tips, key specifications, subcommands. */
function writeInfo(entry: Entry, out: ReplyOut): void {
  const { row, fullName } = entry;
  const keys = row.keys ?? NO_KEYS;
  const children = entry.subentries;
  out.array(10);
  out.text(fullName);
  out.integer(row.arity);
  writeFlags(row, out);
  out.integer(keys.first);
  out.integer(keys.last);
  out.integer(keys.step);
  out.set(row.acl.length);
  for (const category of row.acl) out.simple(category);
  out.array(0);
  const specs = row.keys === undefined ? [] : specsOf(row.keys);
  out.array(specs.length);
  for (const spec of specs) writeKeySpec(spec, out);
  out.array(children.length);
  for (const child of children) writeInfo(child, out);
}

function writeDocs(entry: Entry, out: ReplyOut): void {
  const { row } = entry;
  const children = entry.subentries;
  out.map(children.length === 0 ? 4 : 5);
  out.text('summary');
  out.text(row.summary);
  out.text('since');
  out.text(row.since);
  out.text('group');
  out.text(row.group);
  out.text('complexity');
  out.text(row.complexity);
  if (children.length === 0) return;
  out.text('subcommands');
  out.map(children.length);
  for (const child of children) {
    out.text(child.fullName);
    writeDocs(child, out);
  }
}

function all({ door, out }: LocalCall): void {
  const { entries } = door.registry;
  out.array(entries.length);
  for (const entry of entries) writeInfo(entry, out);
}

function info(call: LocalCall): void {
  const { args, door, out } = call;
  if (args.length === 0) {
    all(call);
    return;
  }
  out.array(args.length);
  for (const name of args) {
    const entry = door.registry.findText(toByteKey(name));
    if (entry === undefined) out.null();
    else writeInfo(entry, out);
  }
}

function docs({ args, door, out }: LocalCall): void {
  const { registry } = door;
  const found =
    args.length === 0
      ? registry.entries
      : args.flatMap((name) => registry.findText(toByteKey(name)) ?? []);
  out.map(found.length);
  for (const entry of found) {
    out.text(entry.fullName);
    writeDocs(entry, out);
  }
}

function filterOf(kind: string, value: Uint8Array): ((entry: Entry) => boolean) | null {
  switch (kind) {
    case 'ACLCAT': {
      const wanted = `@${toByteKey(value).toLowerCase()}`;
      return ({ row }) => row.acl.includes(wanted);
    }
    case 'PATTERN': {
      const matches = glob(value, true);
      return ({ fullName }) => matches(fullName);
    }
    case 'MODULE':
      return () => false;
    default:
      return null;
  }
}

function list({ args, door, out }: LocalCall): void {
  let filter: ((entry: Entry) => boolean) | null = () => true;
  if (args.length > 0) {
    const right = args.length === 3 && optionWord(args[0]) === 'FILTERBY';
    filter = right ? filterOf(optionWord(args[1]), args[2] as Uint8Array) : null;
  }
  if (filter === null) {
    out.error(SYNTAX_ERROR);
    return;
  }
  const found = door.registry.entries
    .flatMap((entry) => (args.length === 0 ? [entry] : [entry, ...entry.subentries]))
    .filter(filter);
  out.array(found.length);
  for (const entry of found) out.text(entry.fullName);
}

interface Found {
  readonly entry: Entry;
  /** Arguments behind the name, and the indexes of the keys among them. */
  readonly args: readonly Uint8Array[];
  readonly keys: readonly number[];
}

/** The keys of a whole command given as arguments, or the error Redis gives. */
function findKeys(registry: Registry, words: readonly Uint8Array[]): Found | string {
  const [name, second] = words.map(toByteKey);
  let entry = registry.findText(name ?? '');
  if (entry !== undefined && entry.subcommands !== null) {
    entry = second === undefined ? undefined : registry.findText(`${name}|${second}`);
  }
  if (entry === undefined) return 'ERR Invalid command specified';
  if (entry.row.keys === undefined && entry.row.movableKeys === undefined) {
    return 'ERR The command has no key arguments';
  }
  if (!fitsArity(entry.row.arity, words.length)) {
    return 'ERR Invalid number of arguments specified for command';
  }
  const args = words.slice(entry.words);
  const keys = keyIndexes(entry, args);
  if (keys === null) return 'ERR Invalid arguments specified for command';
  return { entry, args, keys };
}

function getKeys({ args, door, out }: LocalCall): void {
  const found = findKeys(door.registry, args);
  if (typeof found === 'string') {
    out.error(found);
    return;
  }
  out.array(found.keys.length);
  for (const i of found.keys) out.bulk(found.args[i] as Uint8Array);
}

function getKeysAndFlags({ args, door, out }: LocalCall): void {
  const found = findKeys(door.registry, args);
  if (typeof found === 'string') {
    out.error(found);
    return;
  }
  const { keys, keyFlags } = found.entry.row;
  const first = keyFlags?.(found.args) ?? keys?.flags ?? [];
  const others = keys?.others ?? first;
  out.array(found.keys.length);
  for (const [position, i] of found.keys.entries()) {
    const flags = position === 0 ? first : others;
    out.array(2);
    out.bulk(found.args[i] as Uint8Array);
    out.set(flags.length);
    for (const flag of flags) out.simple(flagText(flag));
  }
}

type Sub = Pick<LocalRow, 'name' | 'arity' | 'since' | 'summary' | 'handle'> &
  Partial<Pick<LocalRow, 'usage'>>;

const sub = (row: Sub): LocalRow => ({
  ...LOCAL,
  flags: FLAGS,
  complexity: PER_NAME,
  ...row,
});

const BARE: LocalRow = sub({
  name: 'command',
  arity: -1,
  since: '2.8.13',
  summary: 'Describes all commands.',
  handle: all,
});

const COMMAND: ContainerRow = {
  kind: 'container',
  name: 'command',
  arity: -1,
  flags: FLAGS,
  group: 'server',
  acl: LOCAL.acl,
  since: '2.8.13',
  complexity: 'O(N) with N commands',
  summary: 'Describes all commands.',
  bare: BARE,
  subcommands: [
    sub({
      name: 'count',
      arity: 2,
      since: '2.8.13',
      summary: 'Counts the commands.',
      handle: ({ door, out }) => out.integer(door.registry.entries.length),
    }),
    sub({
      name: 'info',
      usage: '[<command> ...]',
      arity: -2,
      since: '2.8.13',
      summary: 'Describes some commands, or all.',
      handle: info,
    }),
    sub({
      name: 'docs',
      usage: '[<command> ...]',
      arity: -2,
      since: '7.0.0',
      summary: 'Documents some commands, or all.',
      handle: docs,
    }),
    sub({
      name: 'list',
      usage: '[FILTERBY (MODULE <name>|ACLCAT <category>|PATTERN <pattern>)]',
      arity: -2,
      since: '7.0.0',
      summary: 'Names the commands, all or by a filter.',
      handle: list,
    }),
    sub({
      name: 'getkeys',
      usage: '<full-command>',
      arity: -3,
      since: '2.8.13',
      summary: 'Finds the keys in a whole command.',
      handle: getKeys,
    }),
    sub({
      name: 'getkeysandflags',
      usage: '<full-command>',
      arity: -3,
      since: '7.0.0',
      summary: 'Finds the keys in a whole command, and what it does with each.',
      handle: getKeysAndFlags,
    }),
  ],
};

export const COMMAND_DOOR_ROWS: readonly ContainerRow[] = [withHelp(COMMAND, '5.0.0')];
