/**
 * What a segment file looks like from outside: its name and its header. The header's random salt
 * goes into every checksum of the segment, so that neither bytes a user stored nor frames of
 * another file can pass as frames here. Layout in docs/formats.md.
 */
import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { crc32 } from '../base/checksum.js';
import { readU64, writeU64 } from './bytes.js';
import { LogCorruption, LogMismatch } from './errors.js';

export const SEGMENT_HEADER = 128;
export const FORMAT_VERSION = 1;
export const CLUSTER_ID_MAX = 64;

const MAGIC = Buffer.from('rkv.wal\n', 'latin1');
const SALT_BYTES = 16;
const AT = { version: 8, clusterLength: 10, node: 12, number: 16, first: 24, salt: 32 } as const;
const AT_CLUSTER = 48;
const AT_REPEATS = 112;
const AT_CHECK = SEGMENT_HEADER - 4;

/** The next segment while it is being filled with zeros. */
export const SPARE_NAME = 'next.spare';

export interface SegmentHeader {
  readonly version: number;
  readonly clusterId: string;
  readonly nodeId: number;
  readonly number: number;
  /** Sequence of the segment's first frame, also when it holds none yet. */
  readonly firstSequence: number;
  /** Made by a start: its first frame is the last good one of the segment before, written again. */
  readonly repeats: boolean;
  readonly salt: Buffer;
}

/** Where a new segment stands in the log. */
export type SegmentPlace = Pick<SegmentHeader, 'number' | 'firstSequence' | 'repeats'>;

/** What every checksum of a segment starts from. */
export interface SegmentKey {
  readonly number: number;
  readonly seed: number;
}

export interface Identity {
  readonly clusterId: string;
  readonly nodeId: number;
  /** For salts; default: the system's. */
  readonly randomBytes?: (count: number) => Buffer;
}

export const segmentName = (number: number): string => `${String(number).padStart(12, '0')}.wal`;

/** The number in a segment's name; null for any other file. */
export function segmentNumber(name: string): number | null {
  return /^\d{12}\.wal$/.test(name) ? Number(name.slice(0, 12)) : null;
}

/** Checks that belong to the options, before anything is written. */
export function checkIdentity(identity: Identity): void {
  const length = Buffer.byteLength(identity.clusterId);
  if (length < 1 || length > CLUSTER_ID_MAX) {
    throw new RangeError(`cluster id must have 1 to ${CLUSTER_ID_MAX} bytes, not ${length}`);
  }
}

export function newHeader(identity: Identity, place: SegmentPlace): SegmentHeader {
  const { clusterId, nodeId } = identity;
  const salt = (identity.randomBytes ?? randomBytes)(SALT_BYTES);
  return { version: FORMAT_VERSION, clusterId, nodeId, ...place, salt };
}

export function segmentKey(header: SegmentHeader): SegmentKey {
  const number = Buffer.alloc(8);
  writeU64(number, header.number, 0);
  return { number: header.number, seed: crc32(number, crc32(header.salt)) };
}

export function encodeSegmentHeader(header: SegmentHeader): Buffer {
  const bytes = Buffer.alloc(SEGMENT_HEADER);
  MAGIC.copy(bytes, 0);
  bytes.writeUInt16LE(header.version, AT.version);
  bytes.writeUInt16LE(Buffer.byteLength(header.clusterId), AT.clusterLength);
  bytes.writeUInt32LE(header.nodeId, AT.node);
  writeU64(bytes, header.number, AT.number);
  writeU64(bytes, header.firstSequence, AT.first);
  header.salt.copy(bytes, AT.salt);
  bytes.write(header.clusterId, AT_CLUSTER);
  bytes[AT_REPEATS] = header.repeats ? 1 : 0;
  bytes.writeUInt32LE(crc32(bytes.subarray(0, AT_CHECK)), AT_CHECK);
  return bytes;
}

/** A named segment's header is there and right, or the log is corrupted. */
export function decodeSegmentHeader(bytes: Buffer, file: string): SegmentHeader {
  const bad = (what: string) => new LogCorruption(file, 0, what);
  if (bytes.length < SEGMENT_HEADER) throw bad('the segment header is cut short');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) throw bad('this is no segment header');
  if (bytes.readUInt32LE(AT_CHECK) !== crc32(bytes.subarray(0, AT_CHECK))) {
    throw bad('the segment header fails its check');
  }
  const version = bytes.readUInt16LE(AT.version);
  if (version !== FORMAT_VERSION) {
    throw new LogMismatch(file, `format version ${version}, this build reads ${FORMAT_VERSION}`);
  }
  const length = Math.min(bytes.readUInt16LE(AT.clusterLength), CLUSTER_ID_MAX);
  const number = readU64(bytes, AT.number);
  const named = segmentNumber(path.basename(file));
  if (named !== null && named !== number) throw bad(`the header says segment ${number}`);
  return {
    version,
    clusterId: bytes.toString('utf8', AT_CLUSTER, AT_CLUSTER + length),
    nodeId: bytes.readUInt32LE(AT.node),
    number,
    firstSequence: readU64(bytes, AT.first),
    repeats: bytes[AT_REPEATS] === 1,
    salt: Buffer.from(bytes.subarray(AT.salt, AT.salt + SALT_BYTES)),
  };
}

export function mustBelong(header: SegmentHeader, identity: Identity, file: string): void {
  if (header.clusterId !== identity.clusterId) {
    throw new LogMismatch(file, `belongs to cluster ${header.clusterId}`);
  }
  if (header.nodeId !== identity.nodeId) {
    throw new LogMismatch(file, `belongs to node ${header.nodeId}`);
  }
}
