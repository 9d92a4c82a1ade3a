/**
 * The descriptor as bytes: in its row of the store, in the header of a snapshot and in the log's
 * snapshot record. All of these carry a CRC of their own; here lengths, ranges and enumerations are
 * checked, and what does not fit is CORRUPT.
 */
import type { NodeId, ReplicaId, SpaceId } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type {
  BucketRange,
  Descriptor,
  Member,
  MemberRole,
  Piece,
  ReplicaState,
} from '../../shard/descriptor.js';
import { getUint32, getUint56, putUint32, putUint56 } from './integers.js';

export const DESCRIPTOR_VERSION = 1;

const STATES: readonly ReplicaState[] = ['live', 'frozen', 'installing', 'fenced'];
const ROLES: readonly (MemberRole | null)[] = [null, 'voter', 'learner'];

/** version u8, shard u32, flags u8, state u8, range 2 × u16, 9 numbers of 7 bytes */
const FIXED_BYTES = 1 + 4 + 1 + 1 + 4 + 9 * 7;
const PIECE_BYTES = 8;
const MEMBER_BYTES = 7 + 4 + 3;

export function encodeDescriptor(descriptor: Descriptor): Buffer {
  const { pieces, members } = descriptor;
  const bytes = Buffer.alloc(
    FIXED_BYTES + 4 + pieces.length * PIECE_BYTES + members.length * MEMBER_BYTES,
  );
  bytes[0] = descriptor.formatVersion;
  putUint32(bytes, 1, descriptor.shard);
  bytes[5] = descriptor.autoLeave ? 1 : 0;
  bytes[6] = STATES.indexOf(descriptor.state);
  putRange(bytes, 7, descriptor.range);
  let at = 11;
  for (const number of numbersOf(descriptor)) {
    putUint56(bytes, at, number);
    at += 7;
  }
  at = bytes.writeUInt16BE(pieces.length, at);
  for (const piece of pieces) {
    putRange(bytes, at, piece.range);
    putUint32(bytes, at + 4, piece.space);
    at += PIECE_BYTES;
  }
  at = bytes.writeUInt16BE(members.length, at);
  for (const member of members) {
    putUint56(bytes, at, member.replica);
    putUint32(bytes, at + 7, member.node);
    bytes[at + 11] = ROLES.indexOf(member.role);
    bytes[at + 12] = ROLES.indexOf(member.outgoing);
    bytes[at + 13] = member.demoted ? 1 : 0;
    at += MEMBER_BYTES;
  }
  return bytes;
}

/** In the order of the bytes; `decodeDescriptor` takes them apart again. */
const numbersOf = (d: Descriptor): readonly number[] => [
  d.replica,
  d.nextReplica,
  d.rangeEpoch,
  d.membersEpoch,
  d.applied.index,
  d.applied.term,
  d.revision,
  d.clusterTime,
  d.sessionHorizon,
];

function putRange(to: Buffer, at: number, range: BucketRange): void {
  to.writeUInt16BE(range.first, at);
  to.writeUInt16BE(range.last, at + 2);
}

function refuse(why: string): never {
  throw new RkvError('CORRUPT', `a replica's descriptor cannot be read: ${why}`);
}

function rangeAt(bytes: Buffer, at: number): BucketRange {
  const range = { first: bytes.readUInt16BE(at), last: bytes.readUInt16BE(at + 2) };
  if (range.first > range.last || range.last > 255) refuse('a bucket range is wrong');
  return range;
}

function pick<T>(from: readonly T[], index: number | undefined, what: string): T {
  if (index === undefined || index >= from.length) refuse(`unknown ${what}`);
  return from[index] as T;
}

/** Throws RkvError CORRUPT; knows this build's version alone. */
export function decodeDescriptor(encoded: Uint8Array): Descriptor {
  const bytes = Buffer.from(encoded);
  if (bytes[0] !== DESCRIPTOR_VERSION) refuse(`unknown format version ${bytes[0]}`);
  if (bytes.length < FIXED_BYTES + 4) refuse('it is too short');
  const numbers: number[] = [];
  let at = 11;
  for (; numbers.length < 9; at += 7) numbers.push(getUint56(bytes, at));
  if (!numbers.every(Number.isSafeInteger)) refuse('a number is out of range');
  const pieces: Piece[] = [];
  const pieceCount = bytes.readUInt16BE(at);
  at += 2;
  if (bytes.length < at + pieceCount * PIECE_BYTES + 2) refuse('its pieces are cut off');
  for (; pieces.length < pieceCount; at += PIECE_BYTES) {
    pieces.push({ range: rangeAt(bytes, at), space: getUint32(bytes, at + 4) as SpaceId });
  }
  const memberCount = bytes.readUInt16BE(at);
  at += 2;
  if (bytes.length !== at + memberCount * MEMBER_BYTES) refuse('its length is wrong');
  const members: Member[] = [];
  for (; members.length < memberCount; at += MEMBER_BYTES) members.push(memberAt(bytes, at));
  return assemble(bytes, numbers, pieces, members);
}

function memberAt(bytes: Buffer, at: number): Member {
  return {
    replica: getUint56(bytes, at) as ReplicaId,
    node: getUint32(bytes, at + 7) as NodeId,
    role: pick(ROLES, bytes[at + 11], 'role'),
    outgoing: pick(ROLES, bytes[at + 12], 'role'),
    demoted: bytes[at + 13] === 1,
  };
}

function assemble(
  bytes: Buffer,
  numbers: readonly number[],
  pieces: readonly Piece[],
  members: readonly Member[],
): Descriptor {
  const [replica, nextReplica, rangeEpoch, membersEpoch, index, term, revision, time, horizon] =
    numbers;
  // Each number is a safe integer; which brand it has is a matter of its place alone.
  return {
    formatVersion: DESCRIPTOR_VERSION,
    shard: getUint32(bytes, 1),
    replica,
    nextReplica,
    range: rangeAt(bytes, 7),
    pieces,
    rangeEpoch,
    membersEpoch,
    members,
    autoLeave: bytes[5] === 1,
    applied: { index, term },
    revision,
    clusterTime: time,
    sessionHorizon: horizon,
    state: pick(STATES, bytes[6], 'state'),
  } as Descriptor;
}
