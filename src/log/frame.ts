/**
 * A frame: what one write puts into a segment and one sync makes durable. Its header has a check of
 * its own, so that a search for frames never computes a payload's checksum by chance; the payload's
 * checksum covers salt, segment, offset and sequence too, so that a frame is good at one place
 * only.
 */
import { crc32 } from '../base/checksum.js';
import { readU64, writeU64 } from './bytes.js';
import type { SegmentKey } from './segment.js';

export const FRAME_HEADER = 24;
const MAGIC = Buffer.from([0xf5, 0x72, 0x6b, 0x76]);
const AT = { length: 4, sequence: 8, payloadCheck: 16, headerCheck: 20 } as const;

export interface FoundFrame {
  readonly offset: number;
  readonly sequence: number;
  readonly payload: Buffer;
}

const scratch = Buffer.alloc(8);

function seedAt(key: SegmentKey, offset: number): number {
  writeU64(scratch, offset, 0);
  return crc32(scratch, key.seed);
}

function payloadCheck(payload: Uint8Array, seed: number, sequence: number): number {
  writeU64(scratch, sequence, 0);
  return crc32(payload, crc32(scratch, seed));
}

/** Writes the header at `at` for the payload of `length` bytes that follows it there. */
export function sealFrame(
  buffer: Buffer,
  at: number,
  length: number,
  key: SegmentKey,
  place: { readonly offset: number; readonly sequence: number },
): void {
  const seed = seedAt(key, place.offset);
  const payload = buffer.subarray(at + FRAME_HEADER, at + FRAME_HEADER + length);
  MAGIC.copy(buffer, at);
  buffer.writeUInt32LE(length, at + AT.length);
  writeU64(buffer, place.sequence, at + AT.sequence);
  buffer.writeUInt32LE(payloadCheck(payload, seed, place.sequence), at + AT.payloadCheck);
  const head = buffer.subarray(at, at + AT.headerCheck);
  buffer.writeUInt32LE(crc32(head, seed), at + AT.headerCheck);
}

/**
 * The frame at `at` of `bytes`, when a good one is there; `offset` is its place in the segment.
 * Lengths are believed only after the header's check, and never beyond the bytes there are.
 */
export function readFrame(
  bytes: Buffer,
  at: number,
  key: SegmentKey,
  offset: number,
): FoundFrame | null {
  const body = at + FRAME_HEADER;
  if (body > bytes.length) return null;
  if (bytes.compare(MAGIC, 0, MAGIC.length, at, at + MAGIC.length) !== 0) return null;
  const seed = seedAt(key, offset);
  const head = bytes.subarray(at, at + AT.headerCheck);
  if (crc32(head, seed) !== bytes.readUInt32LE(at + AT.headerCheck)) return null;
  const length = bytes.readUInt32LE(at + AT.length);
  const sequence = readU64(bytes, at + AT.sequence);
  if (length === 0 || length > bytes.length - body || Number.isNaN(sequence)) return null;
  const payload = bytes.subarray(body, body + length);
  if (payloadCheck(payload, seed, sequence) !== bytes.readUInt32LE(at + AT.payloadCheck)) {
    return null;
  }
  return { offset, sequence, payload };
}

/** The first good frame of a whole segment at or behind `from`, trusting no length on the way. */
export function searchFrame(segment: Buffer, from: number, key: SegmentKey): FoundFrame | null {
  for (let at = segment.indexOf(MAGIC, from); at >= 0; at = segment.indexOf(MAGIC, at + 1)) {
    const frame = readFrame(segment, at, key, at);
    if (frame !== null) return frame;
  }
  return null;
}

const ZEROS = Buffer.alloc(65_536);

/** Only zeros, or nothing, from `from` to the end. */
export function zeroFrom(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at += ZEROS.length) {
    const piece = bytes.subarray(at, at + ZEROS.length);
    if (!piece.equals(ZEROS.subarray(0, piece.length))) return false;
  }
  return true;
}
