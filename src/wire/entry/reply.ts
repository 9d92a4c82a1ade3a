/**
 * Replies as bytes: in session records, in effects, and between nodes. First byte: version; then
 * one tag per reply. Byte strings of a decoded reply are views into the input.
 */
import { unreachable } from '../../base/assert.js';
import { epochMs, revision } from '../../base/ids.js';
import {
  FAILURE_CODES,
  type FailureCode,
  type Item,
  type PageItem,
  type Reply,
} from '../../kv/reply.js';
import { ByteReader, malformed } from './reader.js';
import { UnknownEntry } from './unknown.js';
import { ByteWriter } from './writer.js';

const REPLY_VERSION = 1;
const MAX_DEPTH = 8;

const TAG = {
  null: 0,
  smallInteger: 1,
  integer: 2,
  bytes: 3,
  item: 4,
  written: 5,
  list: 6,
  page: 7,
  applied: 8,
  failed: 9,
} as const;

/** Numbers of failure codes on disk and wire; never reused. */
const FAILURE = {
  NOT_INTEGER: 0,
  OVERFLOW: 1,
  WRONG_TYPE: 2,
  TOO_LARGE: 3,
  SYNTAX: 4,
  NOT_FLOAT: 5,
  NAN_OR_INFINITY: 6,
  NO_SUCH_KEY: 7,
  BUSY_KEY: 8,
  BAD_PAYLOAD: 9,
  BAD_FORMAT: 10,
  OUT_OF_RANGE: 11,
  NOT_HLL: 12,
  CORRUPT_HLL: 13,
  REPLY_TOO_LARGE: 20,
} as const satisfies Record<FailureCode, number>;

const FAILURES = new Map(FAILURE_CODES.map((code) => [FAILURE[code] as number, code]));

const SMALL_LIMIT = 2n ** 31n;

function writeItem(out: ByteWriter, item: Item): void {
  out.varint(item.revision);
  out.byte(item.expiresAt === null ? 0 : 1);
  if (item.expiresAt !== null) out.varint(item.expiresAt);
  out.bytes(item.value);
}

function readItem(from: ByteReader): Item {
  const at = revision(from.varint());
  const expiresAt = readFlag(from) ? epochMs(from.varint()) : null;
  return { revision: at, expiresAt, value: from.bytes() };
}

export function readFlag(from: ByteReader): boolean {
  const flag = from.byte();
  if (flag > 1) throw malformed(`flag ${flag}`);
  return flag === 1;
}

function writeOptional(out: ByteWriter, bytes: Uint8Array | null): void {
  out.byte(bytes === null ? 0 : 1);
  if (bytes !== null) out.bytes(bytes);
}

function writeInteger(out: ByteWriter, value: bigint): void {
  if (value > -SMALL_LIMIT && value < SMALL_LIMIT) {
    const small = Number(value);
    out.byte(TAG.smallInteger);
    out.varint(small < 0 ? -small * 2 - 1 : small * 2);
  } else {
    out.byte(TAG.integer);
    out.int64(value);
  }
}

function writePage(out: ByteWriter, page: Extract<Reply, { kind: 'page' }>): void {
  out.varint(page.items.length);
  for (const item of page.items) {
    out.bytes(item.key);
    writeItem(out, item);
  }
  writeOptional(out, page.next);
}

export function writeReply(out: ByteWriter, reply: Reply): void {
  if (reply.kind === 'integer') {
    writeInteger(out, reply.value);
    return;
  }
  out.byte(TAG[reply.kind]);
  switch (reply.kind) {
    case 'null':
    case 'applied':
      break;
    case 'bytes':
      out.bytes(reply.bytes);
      break;
    case 'item':
      writeItem(out, reply);
      break;
    case 'written':
      out.byte(reply.applied ? 1 : 0);
      out.varint(reply.revision);
      writeOptional(out, reply.previous);
      break;
    case 'list':
      out.varint(reply.items.length);
      for (const item of reply.items) writeReply(out, item);
      break;
    case 'page':
      writePage(out, reply);
      break;
    case 'failed':
      out.byte(FAILURE[reply.code]);
      break;
    default:
      unreachable(reply);
  }
}

function readList(from: ByteReader, depth: number): Reply {
  const count = from.count();
  const items: Reply[] = [];
  for (let i = 0; i < count; i++) items.push(readReply(from, depth + 1));
  return { kind: 'list', items };
}

function readPage(from: ByteReader): Reply {
  const count = from.count();
  const items: PageItem[] = [];
  for (let i = 0; i < count; i++) {
    const key = from.bytes();
    const item = readItem(from);
    items.push({ key, value: item.value, revision: item.revision, expiresAt: item.expiresAt });
  }
  return { kind: 'page', items, next: readFlag(from) ? from.bytes() : null };
}

export function readReply(from: ByteReader, depth = 0): Reply {
  if (depth > MAX_DEPTH) throw malformed('reply nested too deep');
  const tag = from.byte();
  switch (tag) {
    case TAG.null:
      return { kind: 'null' };
    case TAG.smallInteger: {
      const zigzag = from.varint();
      const small = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
      return { kind: 'integer', value: BigInt(small) };
    }
    case TAG.integer:
      return { kind: 'integer', value: from.int64() };
    case TAG.bytes:
      return { kind: 'bytes', bytes: from.bytes() };
    case TAG.item:
      return { kind: 'item', ...readItem(from) };
    case TAG.written: {
      const applied = readFlag(from);
      const at = revision(from.varint());
      return {
        kind: 'written',
        applied,
        revision: at,
        previous: readFlag(from) ? from.bytes() : null,
      };
    }
    case TAG.list:
      return readList(from, depth);
    case TAG.page:
      return readPage(from);
    case TAG.applied:
      return { kind: 'applied' };
    case TAG.failed: {
      const code = FAILURES.get(from.byte());
      if (code === undefined) throw new UnknownEntry('failure code');
      return { kind: 'failed', code };
    }
    default:
      throw new UnknownEntry(`reply tag ${tag}`);
  }
}

const writer = new ByteWriter();

export function encodeReply(reply: Reply): Buffer {
  writer.restart();
  writer.byte(REPLY_VERSION);
  writeReply(writer, reply);
  return writer.finish();
}

/** `out.bytes(encodeReply(reply))` without the copy between. */
export function appendReply(out: ByteWriter, reply: Reply): void {
  writer.restart();
  writer.byte(REPLY_VERSION);
  writeReply(writer, reply);
  out.bytesOf(writer);
}

/** Throws UnknownEntry for a newer version, RkvError CORRUPT for anything else that is wrong. */
export function decodeReply(bytes: Uint8Array): Reply {
  const reader = new ByteReader(bytes);
  const version = reader.byte();
  if (version !== REPLY_VERSION) throw new UnknownEntry(`reply version ${version}`);
  const reply = readReply(reader);
  reader.end();
  return reply;
}
