/**
 * Session state as rows of table `s`. A mark's key is the session (16 bytes), a record's the
 * session and the sequence (24 bytes), under the bucket whose part of the reply it holds.
 */
import type { ByteKey } from '../../base/bytes.js';
import type { EpochMs } from '../../base/ids.js';
import { epochMs } from '../../base/ids.js';
import type { Reply } from '../../kv/reply.js';
import { ByteReader, malformed } from '../../wire/entry/reader.js';
import { appendReply, decodeReply } from '../../wire/entry/reply.js';
import { SESSION_BYTES } from '../../wire/entry/stamps.js';
import { UnknownEntry } from '../../wire/entry/unknown.js';
import { ByteWriter } from '../../wire/entry/writer.js';

const VERSION = 1;
const SEQUENCE_BYTES = 8;

export const markKey = (session: string): ByteKey => session;

const ofUint32 = (value: number): ByteKey =>
  String.fromCharCode(value >>> 24, (value >>> 16) & 0xff, (value >>> 8) & 0xff, value & 0xff);

/** Every record that a flush meets needs two of these: by characters, as a buffer costs more. */
export function recordKey(session: string, sequence: number): ByteKey {
  return session + ofUint32(Math.floor(sequence / 2 ** 32)) + ofUint32(sequence % 2 ** 32);
}

/** Sequence null: the key of a mark. */
export function decodeKey(key: ByteKey): { session: string; sequence: number | null } {
  const session = key.slice(0, SESSION_BYTES);
  if (key.length === SESSION_BYTES) return { session, sequence: null };
  if (key.length !== SESSION_BYTES + SEQUENCE_BYTES) throw malformed('key of a session row');
  const bytes = Buffer.from(key.slice(SESSION_BYTES), 'latin1');
  return { session, sequence: bytes.readUInt32BE(0) * 2 ** 32 + bytes.readUInt32BE(4) };
}

const writer = new ByteWriter();

function open(bytes: Uint8Array): ByteReader {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== VERSION) throw new UnknownEntry(`session row version ${version}`);
  return reader;
}

export function encodeMark(mark: number, time: EpochMs): Buffer {
  writer.restart();
  writer.byte(VERSION);
  writer.varint(mark);
  writer.varint(time);
  return writer.finish();
}

export function decodeMark(bytes: Uint8Array): { mark: number; time: EpochMs } {
  const reader = open(bytes);
  const mark = reader.varint();
  const time = epochMs(reader.varint());
  reader.end();
  return { mark, time };
}

export function encodeRecord(firstAttempt: EpochMs, reply: Reply): Buffer {
  writer.restart();
  writer.byte(VERSION);
  writer.varint(firstAttempt);
  appendReply(writer, reply);
  return writer.finish();
}

export function decodeRecord(bytes: Uint8Array): { firstAttempt: EpochMs; reply: Reply } {
  const reader = open(bytes);
  const firstAttempt = epochMs(reader.varint());
  const reply = decodeReply(reader.bytes());
  reader.end();
  return { firstAttempt, reply };
}
