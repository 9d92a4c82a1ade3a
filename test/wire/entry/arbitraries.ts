/** Random payloads and replies inside the ranges that the gates let through. */
import fc from 'fast-check';
import type { Epoch, EpochMs, NodeId, ReplicaId, Revision, Term } from '../../../src/base/ids.js';
import {
  FAILURE_CODES,
  type FailureCode,
  type Item,
  type PageItem,
  type Reply,
} from '../../../src/kv/reply.js';
import type { SessionStamp, ShardWrite } from '../../../src/kv/request.js';
import type { ConfigChange } from '../../../src/raft/types.js';
import type { Effect, EntryPayload } from '../../../src/wire/entry/types.js';

const whole = <T extends number>(min = 0) =>
  fc.integer({ min, max: Number.MAX_SAFE_INTEGER }) as unknown as fc.Arbitrary<T>;
export const bytes = (maxLength = 40) => fc.uint8Array({ maxLength });
const database = fc.integer({ min: 0, max: 255 });
const time = whole<EpochMs>();
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: null });

export const sessionName: fc.Arbitrary<string> = fc
  .uint8Array({ minLength: 16, maxLength: 16 })
  .map((name) => Buffer.from(name).toString('latin1'));

const stamp = (names: readonly string[]): fc.Arbitrary<SessionStamp> =>
  fc.record({
    session: fc.constantFrom(...names),
    sequence: whole(),
    mark: whole(),
    firstAttempt: time,
  });

const write = (names: readonly string[]): fc.Arbitrary<ShardWrite> =>
  fc.record({
    command: fc.record({
      code: fc.integer({ min: 0, max: 300 }),
      database,
      args: fc.array(bytes(), { maxLength: 4 }),
    }),
    stamp: stamp(names),
    rangeEpoch: whole<Epoch>(),
  });

const item: fc.Arbitrary<Item> = fc.record({
  value: bytes(),
  revision: whole<Revision>(),
  expiresAt: maybe(time),
});
const pageItem: fc.Arbitrary<PageItem> = fc.record({
  key: bytes(),
  value: bytes(),
  revision: whole<Revision>(),
  expiresAt: maybe(time),
});

const leaf: fc.Arbitrary<Reply> = fc.oneof(
  fc.constant<Reply>({ kind: 'null' }),
  fc.constant<Reply>({ kind: 'applied' }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({
    kind: 'integer' as const,
    value,
  })),
  fc.integer().map((value) => ({ kind: 'integer' as const, value: BigInt(value) })),
  bytes().map((value) => ({ kind: 'bytes' as const, bytes: value })),
  item.map((one) => ({ kind: 'item' as const, ...one })),
  fc.record({
    kind: fc.constant('written' as const),
    applied: fc.boolean(),
    revision: whole<Revision>(),
    previous: maybe(bytes()),
  }),
  fc.record({
    kind: fc.constant('page' as const),
    items: fc.array(pageItem, { maxLength: 4 }),
    next: maybe(bytes()),
  }),
  fc.constantFrom<FailureCode>(...FAILURE_CODES).map((code) => ({ kind: 'failed' as const, code })),
);

export const reply: fc.Arbitrary<Reply> = fc.oneof(
  leaf,
  fc.array(leaf, { maxLength: 5 }).map((items) => ({ kind: 'list' as const, items })),
);

const replica = whole<ReplicaId>(1);
const change: fc.Arbitrary<ConfigChange> = fc.oneof(
  fc.constant<ConfigChange>({ kind: 'leave' }),
  fc.record({
    kind: fc.constant('change' as const),
    autoLeave: fc.boolean(),
    steps: fc.array(
      fc.record({ op: fc.constantFrom('add-voter', 'add-learner', 'remove'), replica }),
      { maxLength: 4 },
    ),
  }),
);

const effect: fc.Arbitrary<Effect> = fc.record({
  database,
  key: bytes(),
  value: maybe(bytes()),
  deadline: maybe(time),
});

export const payload: fc.Arbitrary<EntryPayload> = fc
  .array(sessionName, { minLength: 1, maxLength: 3 })
  .chain((names) =>
    fc.oneof<fc.Arbitrary<EntryPayload>[]>(
      fc.record({
        kind: fc.constant('commands'),
        stamp: time,
        commands: fc.array(write(names), { maxLength: 6 }),
      }),
      fc.record({ kind: fc.constantFrom('time', 'digest'), stamp: time }),
      fc.record({
        kind: fc.constant('expireFields'),
        stamp: time,
        hashes: fc.array(
          fc.record({
            database,
            key: bytes(),
            generation: whole<number>(),
            seen: whole<Revision>(),
            next: maybe(time),
            fields: fc.array(fc.record({ field: bytes(), deadline: time }), { maxLength: 4 }),
          }),
          { maxLength: 3 },
        ),
      }),
      fc.record({
        kind: fc.constant('expire'),
        stamp: time,
        due: fc.array(fc.record({ database, key: bytes(), deadline: time }), { maxLength: 4 }),
      }),
      fc.record({
        kind: fc.constant('effects'),
        stamp: time,
        proposer: whole<Term>(),
        session: stamp(names),
        reads: fc.array(fc.record({ database, key: bytes(), revision: whole<Revision>() }), {
          maxLength: 3,
        }),
        effects: fc.array(effect, { maxLength: 3 }),
        reply,
      }),
      fc.record({
        kind: fc.constant('config'),
        change,
        placed: fc.array(
          fc.record({
            replica,
            node: fc.integer({ min: 1, max: 65_535 }) as unknown as fc.Arbitrary<NodeId>,
          }),
          { maxLength: 3 },
        ),
      }),
      fc.record({
        kind: fc.constant('meta'),
        stamp: time,
        commands: fc.array(bytes(), { maxLength: 4 }),
      }),
    ),
  );

/** Typed arrays of any class as plain arrays, so that views and copies compare equal. */
export function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return { bytes: Array.from(value) };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  }
  return value;
}
