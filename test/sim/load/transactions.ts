/**
 * Transactions over keys of one shard: lists `{g0}a`, `{g0}b` and so on that EXEC appends to and
 * reads, also under the condition that one has not changed (WATCH), and numbers in two hashes of
 * one tag that are always changed together.
 */
import type { Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';
import type { HistoryOut } from '../../../src/verify/history.js';
import type { ListStep } from '../../../src/verify/list-append.js';
import type { Draft, Load } from './load.js';
import type { Mix } from './mixes.js';
import {
  commandOf,
  contentOf,
  countOf,
  deletedOf,
  execOf,
  fieldsOf,
  inside,
  type Line,
  type ListPart,
  latin1,
  numberOf,
  type Operation,
  partOf,
  read,
  write,
} from './operation.js';

const TAGS = 3;
const LISTS = ['a', 'b', 'c'];

const tag = (load: Load): string => `{g${load.below(TAGS)}}`;
const list = (load: Load, of: string): string => of + load.pick(LISTS);

// Lists.

const END = ';';
const listOf = (reply: Reply | undefined): readonly string[] | null => {
  const value = contentOf(reply);
  return value === undefined ? null : (value ?? '').split(END).slice(0, -1);
};

/** One command of a transaction, and the step that it is. */
interface Part {
  readonly command: Command;
  readonly step: (reply: Reply | undefined) => ListStep;
}

function appendTo(load: Load, key: string): Part {
  const element = load.name();
  const command = commandOf('append', [key, element + END]);
  return { command, step: () => ({ kind: 'append', key, element }) };
}

const readOf = (key: string): Part => ({
  command: commandOf('get', [key]),
  step: (reply) => ({ kind: 'read', key, list: listOf(reply) }),
});

const partsOf = (load: Load, of: string): Part[] =>
  Array.from({ length: 1 + load.below(4) }, () => {
    const key = list(load, of);
    return load.below(5) < 3 ? appendTo(load, key) : readOf(key);
  });

const stepsOf =
  (parts: readonly Part[], before: readonly ListStep[] = []) =>
  (reply: Reply | null): ListPart => ({
    steps: [
      ...before,
      ...parts.map(({ step }, at) => step(reply === null ? undefined : partOf(reply, at))),
    ],
    aborted: reply?.kind === 'null',
  });

const execLists: Draft = (load) => {
  const parts = partsOf(load, tag(load));
  const command = execOf(parts.map((part) => part.command));
  return write('exec', command, { lists: stepsOf(parts) });
};

const alone =
  ({ step }: Part) =>
  (reply: Reply | null): ListPart => ({
    steps: [step(reply ?? undefined)],
    aborted: false,
  });

const appendAlone: Draft = (load) => {
  const part = appendTo(load, list(load, tag(load)));
  return write('append to a list', part.command, { lists: alone(part) });
};

const readList = (key: string): Operation => {
  const part = readOf(key);
  return read('get of a list', part.command, { lists: alone(part) });
};

/**
 * WATCH, GET, then MULTI … EXEC as the door does it: when EXEC runs, what GET saw is still so, as
 * if the transaction had read it itself.
 */
const watchList: Draft = (load) => {
  const of = tag(load);
  const key = list(load, of);
  let revision = 0;
  let seen: readonly string[] | null = null;
  const exec = (): Operation => {
    const parts = [appendTo(load, key), ...partsOf(load, of)];
    const watched = [{ database: 0, key: latin1(key), revision }];
    const command = execOf(
      parts.map((part) => part.command),
      watched,
    );
    return write('exec under a condition', command, {
      lists: stepsOf(parts, [{ kind: 'read', key, list: seen }]),
      learn: ({ kind }) =>
        kind === 'null' ? 'exec: a watched key has changed' : 'exec: done, its condition was true',
    });
  };
  const look = (): Operation => ({
    ...readList(key),
    learn: (reply) => {
      seen = listOf(reply);
      load.plan(exec);
      return null;
    },
  });
  return read('rev', commandOf('rev', [key]), {
    learn: (reply) => {
      revision = countOf(partOf(reply, 0)) ?? 0;
      load.plan(look);
      return null;
    },
  });
};

// Numbers that are changed together.

const PLACES = [
  ['h', 'x'],
  ['h', 'y'],
  ['i', 'x'],
] as const;

/** Equal wherever all are known. */
function unequal(values: readonly (string | null | undefined)[]): string | null {
  const known = values.filter((value) => value !== undefined);
  return new Set(known).size <= 1 ? null : `changed together, and now ${known.join(', ')}`;
}

const placeLine = (of: string, at: number, op: string, args: string[], out: Line['out']): Line => {
  const [hash, field] = PLACES[at] as (typeof PLACES)[number];
  return { op, key: `${of}${hash}/${field}`, args, out };
};

const add: Draft = (load) => {
  const [of, by] = [tag(load), String(1 + load.below(9))];
  const commands = PLACES.map(([hash, field]) => commandOf('hincrby', [of + hash, field, by]));
  const lines = PLACES.map((_, at) => placeLine(of, at, 'incr', [by], inside(at, numberOf)));
  const torn = (reply: Reply): string | null =>
    unequal(PLACES.map((_, at) => countOf(partOf(reply, at))?.toString()));
  return write('exec of hincrby', execOf(commands), { lines, torn });
};

const remove: Draft = (load) => {
  const of = tag(load);
  const commands = [commandOf('del', [`${of}h`]), commandOf('del', [`${of}i`])];
  const lines = [0, 0, 1].map((part, at) => placeLine(of, at, 'del', [], inside(part, deletedOf)));
  const torn = (reply: Reply): string | null =>
    unequal([0, 1].map((at) => countOf(partOf(reply, at))?.toString()));
  return write('exec of del', execOf(commands), { lines, torn });
};

const known = (value: string | null | undefined): HistoryOut =>
  value === undefined ? {} : { value };

const readBoth: Draft = (load) => {
  const of = tag(load);
  const commands = PLACES.map(([hash, field]) => commandOf('hget', [of + hash, field]));
  const lines = PLACES.map((_, at) =>
    placeLine(
      of,
      at,
      'get',
      [],
      inside(at, (reply) => known(contentOf(reply))),
    ),
  );
  const torn = (reply: Reply): string | null =>
    unequal(PLACES.map((_, at) => contentOf(partOf(reply, at))));
  return write('exec of hget', execOf(commands), { lines, torn });
};

const readTwo = (of: string): Operation => {
  const fieldOf = (reply: Reply, field: string): string | null | undefined => {
    const found = fieldsOf(reply);
    return found === null ? undefined : (found.get(field) ?? null);
  };
  const lines = ['x', 'y'].map((field, at) =>
    placeLine(of, at, 'get', [], (reply) => known(fieldOf(reply, field))),
  );
  const torn = (reply: Reply): string | null => unequal([fieldOf(reply, 'x'), fieldOf(reply, 'y')]);
  return read('hgetall', commandOf('hgetall', [`${of}h`]), { lines, torn });
};

const MIX_OF_TRANSACTIONS: Mix = [
  [30, execLists],
  [40, appendAlone],
  [52, (load) => readList(list(load, tag(load)))],
  [64, watchList],
  [80, add],
  [86, remove],
  [93, readBoth],
  [100, (load) => readTwo(tag(load))],
];

export const transactions: Draft = (load) => load.from(MIX_OF_TRANSACTIONS);

export const everyTagged = (): Operation[] =>
  Array.from({ length: TAGS }, (_, at) => `{g${at}}`).flatMap((of) => [
    ...LISTS.map((name) => readList(of + name)),
    readTwo(of),
  ]);
