/**
 * Names of element rows. A member (a field of a hash; of a set later) lies under a hash of its
 * bytes: so the order of members is a number of 32 bits, which a cursor can hold, and a random
 * number falls onto a random member. Members of one hash lie beside each other by their bytes.
 */
import type { ByteKey } from '../../base/bytes.js';
import { toByteKey } from '../../base/bytes.js';
import { crc32 } from '../../base/checksum.js';
import type { EpochMs } from '../../base/ids.js';

/** kind, hash */
const MEMBER_PREFIX = 5;
/** kind, deadline of eight bytes */
const DUE_PREFIX = 9;
const TWO_32 = 2 ** 32;

export const MEMBERS_FROM: ByteKey = '\0';
export const MEMBERS_TO: ByteKey = '\x01';
export const DUE_FROM: ByteKey = '\x01';
export const DUE_TO: ByteKey = '\x02';

const char = (byte: number): string => String.fromCharCode(byte & 0xff);
const word = (n: number): string => char(n >>> 24) + char(n >>> 16) + char(n >>> 8) + char(n);

/** A permutation, so that neighbours of the CRC are none (finalizer of MurmurHash3, A. Appleby). */
export function memberHash(member: Uint8Array): number {
  let h = crc32(member);
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** Where members of this hash begin; 2^32 and above: behind all of them. */
export const memberPosition = (hash: number): ByteKey =>
  hash >= TWO_32 ? MEMBERS_TO : MEMBERS_FROM + word(hash);

export const memberName = (member: Uint8Array): ByteKey =>
  memberPosition(memberHash(member)) + toByteKey(member);

export const memberOf = (name: ByteKey): Buffer => Buffer.from(name.slice(MEMBER_PREFIX), 'latin1');

export function hashOf(name: ByteKey): number {
  let hash = 0;
  for (let at = 1; at < MEMBER_PREFIX; at++) hash = hash * 256 + name.charCodeAt(at);
  return hash;
}

/** A row beside a member that has a deadline: in the order of deadlines, without payload. */
export const dueName = (deadline: EpochMs, member: ByteKey): ByteKey =>
  DUE_FROM + word(Math.floor(deadline / TWO_32)) + word(deadline >>> 0) + member;

export const dueMember = (name: ByteKey): ByteKey => name.slice(DUE_PREFIX);

export function dueDeadline(name: ByteKey): EpochMs {
  let deadline = 0;
  for (let at = 1; at < DUE_PREFIX; at++) deadline = deadline * 256 + name.charCodeAt(at);
  return deadline as EpochMs;
}
