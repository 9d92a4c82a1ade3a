/** Arbitrary raft messages, for properties of codecs and transports. */
import fc from 'fast-check';
import { groupId, logIndex, replicaId, term } from '../../src/base/ids.js';
import type { EntryKind, Members, Message } from '../../src/raft/types.js';
import type { GroupMessage } from '../../src/wire/raft-encode.js';

const MAX = Number.MAX_SAFE_INTEGER;
export const anyIndex = fc.oneof(fc.nat(1000), fc.maxSafeNat()).map(logIndex);
export const anyTerm = fc.oneof(fc.nat(100), fc.maxSafeNat()).map(term);
export const anyReplica = fc.integer({ min: 1, max: MAX }).map(replicaId);
export const anyGroup = fc.integer({ min: 0, max: 0xffff_ffff }).map(groupId);
const anyKind = fc.constantFrom<EntryKind>('normal', 'noop', 'config');
const anyCount = fc.maxSafeNat();
const head = { from: anyReplica, to: anyReplica, term: anyTerm };

const anyMembers: fc.Arbitrary<Members> = fc.record({
  voters: fc.array(anyReplica, { maxLength: 5 }),
  outgoing: fc.array(anyReplica, { maxLength: 5 }),
  learners: fc.array(anyReplica, { maxLength: 5 }),
  learnersNext: fc.array(anyReplica, { maxLength: 5 }),
  autoLeave: fc.boolean(),
});

const kindOf = <K extends string>(kind: K) => fc.constant(kind);

export const anyPlain: fc.Arbitrary<Message> = fc.oneof(
  fc.record({
    ...head,
    kind: kindOf('pre-vote'),
    lastIndex: anyIndex,
    lastTerm: anyTerm,
    hint: fc.boolean(),
  }),
  fc.record({ ...head, kind: kindOf('pre-vote-reply'), granted: fc.boolean() }),
  fc.record({
    ...head,
    kind: kindOf('vote'),
    lastIndex: anyIndex,
    lastTerm: anyTerm,
    forced: fc.boolean(),
  }),
  fc.record({ ...head, kind: kindOf('vote-reply'), granted: fc.boolean() }),
  fc.record({
    ...head,
    kind: kindOf('append-reply'),
    result: fc.oneof(
      fc.record({ ok: fc.constant(true as const), match: anyIndex }),
      fc.record({
        ok: fc.constant(false as const),
        rejected: anyIndex,
        hintIndex: anyIndex,
        hintTerm: anyTerm,
      }),
    ),
    round: anyCount,
  }),
  fc.record({ ...head, kind: kindOf('heartbeat'), commit: anyIndex, round: anyCount }),
  fc.record({ ...head, kind: kindOf('heartbeat-reply'), round: anyCount }),
  fc.record({ ...head, kind: kindOf('read-index'), context: anyCount }),
  fc.record({ ...head, kind: kindOf('read-index-reply'), context: anyCount, index: anyIndex }),
  fc.record({
    ...head,
    kind: kindOf('snapshot'),
    floor: fc.record({ index: anyIndex, term: anyTerm }),
    members: anyMembers,
  }),
  fc.record({ ...head, kind: kindOf('timeout-now') }),
  fc.record({ ...head, kind: kindOf('quiesce'), commit: anyIndex }),
);

const anyEntries = fc.array(
  fc.record({ term: anyTerm, kind: anyKind, bytes: fc.uint8Array({ maxLength: 40 }) }),
  { maxLength: 8 },
);

export const anyAppend: fc.Arbitrary<GroupMessage> = fc
  .record({
    ...head,
    group: anyGroup,
    prevIndex: fc.integer({ min: 0, max: MAX - 10 }).map(logIndex),
    prevTerm: anyTerm,
    commit: anyIndex,
    round: anyCount,
    list: anyEntries,
  })
  .map(({ group, list, ...rest }) => ({
    group,
    message: {
      ...rest,
      kind: 'append' as const,
      entries: list.map(({ term: at, kind, bytes }, i) => ({
        index: logIndex(rest.prevIndex + 1 + i),
        term: at,
        kind,
        size: bytes.length,
      })),
    },
    payloads: list.map(({ bytes }) => Buffer.from(bytes)),
  }));

export const anyMessage: fc.Arbitrary<GroupMessage> = fc.oneof(
  anyAppend,
  fc
    .record({ group: anyGroup, message: anyPlain })
    .map(({ group, message }) => ({ group, message, payloads: [] })),
);
