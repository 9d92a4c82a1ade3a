/**
 * Raft messages on their way in: every number passes its gate, so that what the core sees is in
 * range, and what is not throws a `WireError` that ends the connection. Payloads are copied into
 * memory of their own (`slab.ts`). The objects made here have all their properties from the start
 * and in one order, so that the core meets one shape for each kind.
 */
import { unreachable } from '../base/assert.js';
import type { LogIndex, ReplicaId, Term } from '../base/ids.js';
import { groupId, logIndex, replicaId, term as termGate } from '../base/ids.js';
import type { EntryKind, EntryMeta, Members, Message, MessageOf } from '../raft/types.js';
import type { ProtoReader } from './proto/reader.js';
import { BODY, type GroupMessage } from './raft-encode.js';
import { keep } from './slab.js';
import { received, WireError } from './wire-error.js';

type Kind = Message['kind'];

const KINDS: (Kind | undefined)[] = [];
for (const [kind, field] of Object.entries(BODY)) KINDS[field] = kind as Kind;

const ENTRY_KINDS: readonly EntryKind[] = ['normal', 'noop', 'config'];
const NO_BYTES = Buffer.alloc(0);
const NO_PAYLOADS: readonly Uint8Array[] = [];

const LENGTHS = 2;
const fieldOf = (tag: number): number => Math.floor(tag / 8);

/** Numbers of a message, by field; the reader has let none through that is unsafe. */
const fields = new Float64Array(16);

/** Reads a message of numbers alone; returns the set of fields that were there, as bits. */
function readNumbers(from: ProtoReader, highest: number): number {
  fields.fill(0, 0, highest + 1);
  let seen = 0;
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    const field = fieldOf(tag);
    if (field <= highest && (tag & 7) === 0) {
      fields[field] = from.varint();
      seen |= 1 << field;
    } else from.skip(tag);
  }
  return seen;
}

const number = (field: number): number => fields[field] as number;
const index = (value: number): LogIndex => received(logIndex, value);

function entryKind(kind: number): EntryKind {
  const known = ENTRY_KINDS[kind];
  if (known === undefined) throw new WireError(`unknown kind of entry: ${kind}`);
  return known;
}

/** What stands beside every body. */
interface Head {
  readonly from: ReplicaId;
  readonly to: ReplicaId;
  readonly term: Term;
}

interface ReadBody {
  readonly message: Message;
  readonly payloads: readonly Uint8Array[];
}

/** An entry, put behind those read before. */
function readEntry(from: ProtoReader, entries: EntryMeta[], payloads: Uint8Array[]): void {
  let term = 0;
  let kind = 0;
  let bytes: Buffer = NO_BYTES;
  const outer = from.enter();
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === 8) term = from.varint();
    else if (tag === 16) kind = from.varint();
    else if (tag === 26) bytes = from.bytes();
    else from.skip(tag);
  }
  from.leave(outer);
  const payload = bytes.length === 0 ? NO_BYTES : keep(bytes);
  entries.push({
    index: 0 as LogIndex,
    term: received(termGate, term),
    kind: entryKind(kind),
    size: payload.length,
  });
  payloads.push(payload);
}

type Numbered = { -readonly [K in keyof EntryMeta]: EntryMeta[K] };

function readAppend(head: Head, from: ProtoReader): ReadBody {
  let prevIndex = 0;
  let prevTerm = 0;
  let commit = 0;
  let round = 0;
  const entries: EntryMeta[] = [];
  const payloads: Uint8Array[] = [];
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === 8) prevIndex = from.varint();
    else if (tag === 16) prevTerm = from.varint();
    else if (tag === 26) readEntry(from, entries, payloads);
    else if (tag === 32) commit = from.varint();
    else if (tag === 40) round = from.varint();
    else from.skip(tag);
  }
  // Fields may come in any order, so the entries are numbered when all are there.
  for (let i = 0; i < entries.length; i++) {
    (entries[i] as Numbered).index = index(prevIndex + 1 + i);
  }
  const message: Message = {
    kind: 'append',
    from: head.from,
    to: head.to,
    term: head.term,
    prevIndex: index(prevIndex),
    prevTerm: received(termGate, prevTerm),
    entries,
    commit: index(commit),
    round,
  };
  return { message, payloads };
}

function readAppendReply(head: Head, from: ProtoReader): Message {
  let match = -1;
  let round = 0;
  let rejection: MessageOf<'append-reply'>['result'] | null = null;
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === 8) match = from.varint();
    else if (tag === 18) {
      const outer = from.enter();
      readNumbers(from, 3);
      from.leave(outer);
      rejection = {
        ok: false,
        rejected: index(number(1)),
        hintIndex: index(number(2)),
        hintTerm: received(termGate, number(3)),
      };
    } else if (tag === 24) round = from.varint();
    else from.skip(tag);
  }
  if (rejection === null && match < 0) {
    throw new WireError('a reply to an append says neither yes nor no');
  }
  const { from: sender, to, term } = head;
  const result = rejection ?? { ok: true as const, match: index(match) };
  return { kind: 'append-reply', from: sender, to, term, result, round };
}

function readReplicas(from: ProtoReader, tag: number, into: ReplicaId[]): void {
  if ((tag & 7) !== LENGTHS) {
    into.push(received(replicaId, from.varint()));
    return;
  }
  const outer = from.enter();
  while (!from.atEnd()) into.push(received(replicaId, from.varint()));
  from.leave(outer);
}

function readMembers(from: ProtoReader): Members {
  const lists: readonly ReplicaId[][] = [[], [], [], []];
  let autoLeave = false;
  const outer = from.enter();
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    const list = lists[fieldOf(tag) - 1];
    if (list !== undefined && ((tag & 7) === LENGTHS || (tag & 7) === 0)) {
      readReplicas(from, tag, list);
    } else if (tag === 40) autoLeave = from.bool();
    else from.skip(tag);
  }
  from.leave(outer);
  const [voters, outgoing, learners, learnersNext] = lists as [
    ReplicaId[],
    ReplicaId[],
    ReplicaId[],
    ReplicaId[],
  ];
  return { voters, outgoing, learners, learnersNext, autoLeave };
}

const NOBODY: Members = {
  voters: [],
  outgoing: [],
  learners: [],
  learnersNext: [],
  autoLeave: false,
};

function readSnapshot({ from: sender, to, term }: Head, from: ProtoReader): Message {
  let floorIndex = 0;
  let floorTerm = 0;
  let members = NOBODY;
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === 8) floorIndex = from.varint();
    else if (tag === 16) floorTerm = from.varint();
    else if (tag === 26) members = readMembers(from);
    else from.skip(tag);
  }
  const floor = { index: index(floorIndex), term: received(termGate, floorTerm) };
  return { kind: 'snapshot', from: sender, to, term, floor, members };
}

/** Messages whose body is numbers alone. */
function readPlain(
  kind: Exclude<Kind, 'append' | 'append-reply' | 'snapshot'>,
  { from: sender, to, term }: Head,
  reader: ProtoReader,
): Message {
  readNumbers(reader, 3);
  const from = sender;
  switch (kind) {
    case 'heartbeat':
      return { kind, from, to, term, commit: index(number(1)), round: number(2) };
    case 'heartbeat-reply':
      return { kind, from, to, term, round: number(1) };
    case 'read-index':
      return { kind, from, to, term, context: number(1) };
    case 'read-index-reply':
      return { kind, from, to, term, context: number(1), index: index(number(2)) };
    case 'pre-vote':
    case 'vote': {
      const lastIndex = index(number(1));
      const lastTerm = received(termGate, number(2));
      const flag = number(3) !== 0;
      if (kind === 'vote') return { kind, from, to, term, lastIndex, lastTerm, forced: flag };
      return { kind, from, to, term, lastIndex, lastTerm, hint: flag };
    }
    case 'pre-vote-reply':
    case 'vote-reply':
      return { kind, from, to, term, granted: number(1) !== 0 };
    case 'timeout-now':
      return { kind, from, to, term };
    case 'quiesce':
      return { kind, from, to, term, commit: index(number(1)) };
    default:
      return unreachable(kind);
  }
}

/**
 * The message that `reader` stands before, its length first. Throws a `WireError` for what is out
 * of range, incomplete or of no known kind.
 */
export function readMessage(reader: ProtoReader): GroupMessage {
  const outer = reader.enter();
  let group = 0;
  let from = 0;
  let to = 0;
  let term = 0;
  let kind: Kind | undefined;
  let body = -1;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === 8) group = reader.uint32();
    else if (tag === 16) from = reader.varint();
    else if (tag === 24) to = reader.varint();
    else if (tag === 32) term = reader.varint();
    else if ((tag & 7) === LENGTHS && KINDS[fieldOf(tag)] !== undefined) {
      kind = KINDS[fieldOf(tag)];
      body = reader.position;
      reader.skip(tag);
    } else reader.skip(tag);
  }
  reader.leave(outer);
  if (kind === undefined) throw new WireError('a message of no known kind');
  const head: Head = {
    from: received(replicaId, from),
    to: received(replicaId, to),
    term: received(termGate, term),
  };
  const at = received(groupId, group);
  // The body is read when the numbers beside it are known, wherever it stood.
  const after = reader.position;
  reader.position = body;
  const whole = reader.enter();
  const read = readBody(kind, head, reader);
  reader.leave(whole);
  reader.position = after;
  return { group: at, message: read.message, payloads: read.payloads };
}

function readBody(kind: Kind, head: Head, reader: ProtoReader): ReadBody {
  if (kind === 'append') return readAppend(head, reader);
  if (kind === 'append-reply') {
    return { message: readAppendReply(head, reader), payloads: NO_PAYLOADS };
  }
  if (kind === 'snapshot') return { message: readSnapshot(head, reader), payloads: NO_PAYLOADS };
  return { message: readPlain(kind, head, reader), payloads: NO_PAYLOADS };
}
