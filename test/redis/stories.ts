/**
 * Stories are sequences of commands for two servers: run on both, in lockstep or all at once, over
 * one or two connections to each. What comes back must be equal.
 */
import fc from 'fast-check';
import { ROWS } from '../../src/api/resp/rows/table.js';
import { type Exchange, mismatch } from './compare.js';
import { TRANSACTIONS } from './families/transactions.js';
import { RawClient } from './raw-client.js';
import { type Family, KEYS, NEAR_KEYS, near, type Tail, value } from './words.js';

export interface Step {
  /** Which of a story's two connections sends it. */
  readonly on: 0 | 1;
  /** Full name of its row; of a wrong command what it is near to. */
  readonly name: string;
  readonly words: readonly string[];
}

export interface Story {
  readonly protocol: 2 | 3;
  /** All at once, in one write; else each waits for the answer of the one before. */
  readonly pipelined: boolean;
  readonly steps: readonly Step[];
}

export interface Row {
  readonly name: string;
  readonly arity: number;
  readonly since: string;
}

/** Every row of the door and of its containers, by full name. */
export const ALL_ROWS: ReadonlyMap<string, Row> = new Map(
  ROWS.flatMap((row) => {
    const subs = row.kind === 'container' ? row.subcommands : [];
    const own = row.kind === 'container' && row.bare === undefined ? [] : [row];
    return [
      ...own.map(({ name, arity, since }) => [name, { name, arity, since }] as const),
      ...subs.map(({ name, arity, since }) => {
        const full = `${row.name}|${name}`;
        return [full, { name: full, arity, since }] as const;
      }),
    ];
  }),
);

/** What Debian's redis-server knows. */
const REDIS = [7, 0, 15];

/** Whether a row is newer than the Redis it could be held against. */
export function isNewer({ since }: Row): boolean {
  const parts = since.split('.').map(Number);
  for (const [i, part] of REDIS.entries()) {
    const other = parts[i] ?? 0;
    if (other !== part) return other > part;
  }
  return false;
}

const CASES: readonly ((name: string) => string)[] = [
  (name) => name,
  (name) => name.toUpperCase(),
  (name) => name.replace(/.$/, (last) => last.toUpperCase()),
];

const named = (name: string, spelling: number, rest: readonly string[]): string[] => [
  ...name.split('|').map(CASES[spelling % CASES.length] as (name: string) => string),
  ...rest,
];

/** Commands of these families that rkv has and Redis too. */
export function stepsOf(...families: readonly Family[]): fc.Arbitrary<Step> {
  const tails = Object.assign({}, ...families) as Family;
  const names = Object.keys(tails).filter((name) => {
    const row = ALL_ROWS.get(name);
    return row !== undefined && !isNewer(row);
  });
  const right = fc
    .constantFrom(...names)
    .chain((name) =>
      fc
        .tuple(tails[name] as Family[string], fc.nat(2))
        .map(([rest, spelling]): Step => ({ on: 0, name, words: named(name, spelling, rest) })),
    );
  return fc.oneof({ weight: 15, arbitrary: right }, { weight: 1, arbitrary: wrongArity(names) });
}

/** Too few words, or too many where their number is fixed. */
function wrongArity(names: readonly string[]): fc.Arbitrary<Step> {
  const fixed = names.filter((name) => Math.abs((ALL_ROWS.get(name) as Row).arity) > 1);
  return fc.tuple(fc.constantFrom(...fixed), fc.nat(3), fc.boolean()).map(([name, less, more]) => {
    const { arity } = ALL_ROWS.get(name) as Row;
    const least = Math.abs(arity) - name.split('|').length;
    const tooFew = Math.max(0, least - 1 - less);
    const count = (more && arity > 0) || least === 0 ? least + 1 + less : tooFew;
    const wrong = count > least ? arity > 0 : count < least;
    const rest = Array.from({ length: wrong ? count : least + 1 }, () => 'a');
    return { on: 0, name: wrong ? name : 'get', words: wrong ? named(name, 0, rest) : ['get'] };
  });
}

export const storiesOf = (step: fc.Arbitrary<Step>, maxLength = 30): fc.Arbitrary<Story> =>
  fc.record({
    protocol: fc.constantFrom<2 | 3>(2, 3),
    pipelined: fc.boolean(),
    steps: fc.array(step, { minLength: 1, maxLength }),
  });

/** The same with every key in one slot. */
function together(step: Step): Step {
  const words = step.words.map((word, i) => {
    const at = (KEYS as readonly string[]).indexOf(word);
    return i > 0 && at >= NEAR_KEYS.length ? (NEAR_KEYS[at % NEAR_KEYS.length] as string) : word;
  });
  return { ...step, words };
}

/**
 * Commands that never take a key away: rkv sees a watched key by its revision, or that it is not
 * there.
 */
const KEEPING: Family = {
  set: fc.tuple(near, value),
  append: near.map((key) => [key, 'more']),
};

/** One connection watches and runs transactions, the other writes in between. */
export function transactionStories(data: fc.Arbitrary<Step>): fc.Arbitrary<Story> {
  const queued = data.map(together);
  const keeping = stepsOf(KEEPING);
  const other = keeping.map((step): Step => ({ ...step, on: 1 }));
  const named = (...names: string[]): fc.Arbitrary<Step> =>
    fc
      .constantFrom(...names)
      .chain((name) =>
        (TRANSACTIONS[name] as Tail).map((rest): Step => ({ on: 0, name, words: [name, ...rest] })),
      );
  const inside = fc.oneof(
    { weight: 8, arbitrary: queued },
    { weight: 2, arbitrary: other },
    { weight: 1, arbitrary: named('multi', 'watch', 'unwatch') },
  );
  const whole = fc
    .tuple(
      fc.array(named('watch'), { maxLength: 1 }),
      fc.array(fc.oneof(keeping, other, named('unwatch')), { maxLength: 2 }),
      named('multi').map((step) => [step]),
      fc.array(inside, { maxLength: 5 }),
      named('exec', 'exec', 'exec', 'discard').map((step) => [step]),
    )
    .map((parts) => parts.flat());
  const block = fc.oneof(
    { weight: 6, arbitrary: whole },
    { weight: 1, arbitrary: named('exec', 'discard', 'unwatch').map((step) => [step]) },
    { weight: 1, arbitrary: queued.map((step) => [step]) },
  );
  return fc.record({
    protocol: fc.constantFrom<2 | 3>(2, 3),
    pipelined: fc.boolean(),
    steps: fc.array(block, { minLength: 1, maxLength: 5 }).map((blocks) => blocks.flat()),
  });
}

const DATABASES = ['1', '15', '0'];

async function empty(port: number): Promise<void> {
  const client = await RawClient.connect(port);
  await client.askAll(
    DATABASES.flatMap((number) => [
      ['select', number],
      ['del', ...KEYS],
    ]),
  );
  client.close();
}

type Both<T> = readonly [ours: T, theirs: T];

async function exchange(
  clients: readonly Both<RawClient>[],
  protocol: 2 | 3,
  steps: readonly Step[],
): Promise<Exchange[]> {
  const begin = performance.now();
  const ask = async (side: 0 | 1): Promise<string[]> => {
    const [first] = steps;
    if (first === undefined) return [];
    const client = (clients[first.on] as Both<RawClient>)[side];
    return client.askAll(steps.map(({ words }) => words));
  };
  const [ours, theirs] = await Promise.all([ask(0), ask(1)]);
  const tookMs = performance.now() - begin;
  return steps.map(({ name, words }, i) => ({
    name,
    words,
    protocol,
    ours: ours[i] as string,
    theirs: theirs[i] as string,
    tookMs,
  }));
}

/** Runs a story on both servers; what is unequal, each with what came before it. */
export async function run(story: Story, ours: number, theirs: number): Promise<string[]> {
  const problems: string[] = [];
  const { protocol, pipelined, steps } = story;
  await Promise.all([empty(ours), empty(theirs)]);
  const clients: Both<RawClient>[] = [];
  try {
    for (let i = 0; i < 2; i++) {
      clients.push([
        await RawClient.connect(ours, protocol),
        await RawClient.connect(theirs, protocol),
      ]);
    }
    const single = new Set(steps.map(({ on }) => on)).size <= 1;
    const parts = pipelined && single ? [steps] : steps.map((step) => [step]);
    let slowest = 0;
    for (const [i, part] of parts.entries()) {
      const found = await exchange(clients, protocol, part);
      slowest = Math.max(slowest, ...found.map(({ tookMs }) => tookMs));
      for (const one of found) {
        const problem = mismatch({ ...one, tookMs: slowest });
        if (problem === null) continue;
        const before = steps
          .slice(0, pipelined && single ? 0 : i)
          .map(({ on, words }) => `${on} ${JSON.stringify(words)}`);
        problems.push(`RESP${protocol}: ${[...before, problem].join('\n')}`);
      }
    }
  } finally {
    for (const pair of clients) for (const client of pair) client.close();
  }
  return problems;
}
