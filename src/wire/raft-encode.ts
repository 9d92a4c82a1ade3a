/**
 * Raft messages on their way out, as proto/raft.proto lays them down. Written by hand: they are
 * most of what nodes say to each other, and one buffer of the right size with plain stores costs a
 * third of what a generated encoder does. `test/wire/raft-codec.test.ts` holds it against the
 * generated one. An append's entries follow `prevIndex` without a gap, so their indexes are not
 * sent; that they do is asserted here.
 */
import { assert, must, unreachable } from '../base/assert.js';
import type { GroupId } from '../base/ids.js';
import type { EntryKind, EntryMeta, Members, Message, MessageOf } from '../raft/types.js';
import {
  bytesField,
  type ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  sizeOfVarint,
  varintField,
} from './proto/writer.js';

/** A Raft message between nodes; `payloads` are the bytes of an append's entries. */
export interface GroupMessage {
  readonly group: GroupId;
  readonly message: Message;
  readonly payloads: readonly Uint8Array[];
}

/** Number of a message's body in `RaftMessage`. */
export const BODY = {
  'pre-vote': 5,
  'pre-vote-reply': 6,
  vote: 7,
  'vote-reply': 8,
  append: 9,
  'append-reply': 10,
  heartbeat: 11,
  'heartbeat-reply': 12,
  'read-index': 13,
  'read-index-reply': 14,
  snapshot: 15,
  'timeout-now': 16,
  quiesce: 17,
} as const satisfies Record<Message['kind'], number>;

const KIND: Readonly<Record<EntryKind, number>> = { normal: 0, noop: 1, config: 2 };

function sizeOfEntry(entry: EntryMeta, payload: Uint8Array): number {
  const kind = KIND[entry.kind];
  const { length } = payload;
  return sizeOfNumber(entry.term) + sizeOfNumber(kind) + (length > 0 ? sizeOfBytes(length) : 0);
}

function sizeOfAppend(message: MessageOf<'append'>, payloads: readonly Uint8Array[]): number {
  const { prevIndex, prevTerm, entries, commit, round } = message;
  assert(payloads.length === entries.length, 'an append carries the bytes of its entries');
  let size = sizeOfNumber(prevIndex) + sizeOfNumber(prevTerm);
  size += sizeOfNumber(commit) + sizeOfNumber(round);
  for (let i = 0; i < entries.length; i++) {
    size += sizeOfBytes(sizeOfEntry(entries[i] as EntryMeta, must(payloads[i], 'payload')));
  }
  return size;
}

function writeAppend(
  out: ProtoWriter,
  message: MessageOf<'append'>,
  payloads: readonly Uint8Array[],
): void {
  const { prevIndex, entries } = message;
  out.number(varintField(1), prevIndex);
  out.number(varintField(2), message.prevTerm);
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as EntryMeta;
    const payload = payloads[i] as Uint8Array;
    assert(entry.index === prevIndex + 1 + i, 'entries of an append follow its previous index');
    out.tag(bytesField(3));
    out.varint(sizeOfEntry(entry, payload));
    out.number(varintField(1), entry.term);
    out.number(varintField(2), KIND[entry.kind]);
    if (payload.length > 0) out.bytes(bytesField(3), payload);
  }
  out.number(varintField(4), message.commit);
  out.number(varintField(5), message.round);
}

function sizeOfAppendReply({ result, round }: MessageOf<'append-reply'>): number {
  // `match` is said even when it is 0: a reply says yes or no.
  const size = result.ok ? 1 + sizeOfVarint(result.match) : sizeOfBytes(sizeOfRejection(result));
  return size + sizeOfNumber(round);
}

type Rejection = Extract<MessageOf<'append-reply'>['result'], { ok: false }>;

const sizeOfRejection = ({ rejected, hintIndex, hintTerm }: Rejection): number =>
  sizeOfNumber(rejected) + sizeOfNumber(hintIndex) + sizeOfNumber(hintTerm);

function writeAppendReply(out: ProtoWriter, { result, round }: MessageOf<'append-reply'>): void {
  if (result.ok) {
    out.tag(varintField(1));
    out.varint(result.match);
  } else {
    out.tag(bytesField(2));
    out.varint(sizeOfRejection(result));
    out.number(varintField(1), result.rejected);
    out.number(varintField(2), result.hintIndex);
    out.number(varintField(3), result.hintTerm);
  }
  out.number(varintField(3), round);
}

const sizeOfNumbers = (numbers: readonly number[]): number =>
  numbers.reduce((size, number) => size + sizeOfVarint(number), 0);

const sizeOfPacked = (numbers: readonly number[]): number =>
  numbers.length === 0 ? 0 : sizeOfBytes(sizeOfNumbers(numbers));

function writePacked(out: ProtoWriter, field: number, numbers: readonly number[]): void {
  if (numbers.length === 0) return;
  out.tag(bytesField(field));
  out.varint(sizeOfNumbers(numbers));
  for (const number of numbers) out.varint(number);
}

const sizeOfMembers = (members: Members): number =>
  sizeOfPacked(members.voters) +
  sizeOfPacked(members.outgoing) +
  sizeOfPacked(members.learners) +
  sizeOfPacked(members.learnersNext) +
  (members.autoLeave ? 2 : 0);

function writeSnapshot(out: ProtoWriter, { floor, members }: MessageOf<'snapshot'>): void {
  out.number(varintField(1), floor.index);
  out.number(varintField(2), floor.term);
  out.tag(bytesField(3));
  out.varint(sizeOfMembers(members));
  writePacked(out, 1, members.voters);
  writePacked(out, 2, members.outgoing);
  writePacked(out, 3, members.learners);
  writePacked(out, 4, members.learnersNext);
  out.number(varintField(5), members.autoLeave ? 1 : 0);
}

function sizeOfBody({ message, payloads }: GroupMessage): number {
  switch (message.kind) {
    case 'append':
      return sizeOfAppend(message, payloads);
    case 'append-reply':
      return sizeOfAppendReply(message);
    case 'heartbeat':
      return sizeOfNumber(message.commit) + sizeOfNumber(message.round);
    case 'heartbeat-reply':
      return sizeOfNumber(message.round);
    case 'read-index':
      return sizeOfNumber(message.context);
    case 'read-index-reply':
      return sizeOfNumber(message.context) + sizeOfNumber(message.index);
    case 'pre-vote':
      return sizeOfNumber(message.lastIndex) + sizeOfNumber(message.lastTerm) + flag(message.hint);
    case 'vote':
      return (
        sizeOfNumber(message.lastIndex) + sizeOfNumber(message.lastTerm) + flag(message.forced)
      );
    case 'pre-vote-reply':
    case 'vote-reply':
      return flag(message.granted);
    case 'snapshot': {
      const { floor, members } = message;
      const facts = sizeOfNumber(floor.index) + sizeOfNumber(floor.term);
      return facts + sizeOfBytes(sizeOfMembers(members));
    }
    case 'timeout-now':
      return 0;
    case 'quiesce':
      return sizeOfNumber(message.commit);
    default:
      return unreachable(message);
  }
}

const flag = (value: boolean): number => (value ? 2 : 0);

function writeBody(out: ProtoWriter, { message, payloads }: GroupMessage): void {
  switch (message.kind) {
    case 'append':
      writeAppend(out, message, payloads);
      return;
    case 'append-reply':
      writeAppendReply(out, message);
      return;
    case 'heartbeat':
      out.number(varintField(1), message.commit);
      out.number(varintField(2), message.round);
      return;
    case 'heartbeat-reply':
      out.number(varintField(1), message.round);
      return;
    case 'read-index':
      out.number(varintField(1), message.context);
      return;
    case 'read-index-reply':
      out.number(varintField(1), message.context);
      out.number(varintField(2), message.index);
      return;
    case 'pre-vote':
    case 'vote':
      out.number(varintField(1), message.lastIndex);
      out.number(varintField(2), message.lastTerm);
      out.number(varintField(3), (message.kind === 'vote' ? message.forced : message.hint) ? 1 : 0);
      return;
    case 'pre-vote-reply':
    case 'vote-reply':
      out.number(varintField(1), message.granted ? 1 : 0);
      return;
    case 'snapshot':
      writeSnapshot(out, message);
      return;
    case 'timeout-now':
      return;
    case 'quiesce':
      out.number(varintField(1), message.commit);
      return;
    default:
      unreachable(message);
  }
}

/** Bytes of the message itself, without what an envelope puts before it. */
export function sizeOfMessage(one: GroupMessage): number {
  const { message } = one;
  const body = sizeOfBody(one);
  return (
    sizeOfNumber(one.group) +
    sizeOfNumber(message.from) +
    sizeOfNumber(message.to) +
    sizeOfNumber(message.term) +
    sizeOfVarint(bytesField(BODY[message.kind])) +
    sizeOfVarint(body) +
    body
  );
}

export function writeMessage(out: ProtoWriter, one: GroupMessage): void {
  const { message } = one;
  out.number(varintField(1), one.group);
  out.number(varintField(2), message.from);
  out.number(varintField(3), message.to);
  out.number(varintField(4), message.term);
  out.varint(bytesField(BODY[message.kind]));
  out.varint(sizeOfBody(one));
  writeBody(out, one);
}
