/** `Reply` of proto/kv.proto ⇄ the domain's reply. Bytes that are read are views of the frame. */
import { unreachable } from '../../base/assert.js';
import type { EpochMs, Revision } from '../../base/ids.js';
import {
  FAILURE_CODES,
  type FailureCode,
  type Item,
  type PageItem,
  type Reply,
} from '../../kv/reply.js';
import type { ProtoReader } from '../proto/reader.js';
import {
  bytesField,
  type ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  sizeOfVarint,
  varintField,
} from '../proto/writer.js';
import { WireError } from '../wire-error.js';

const NULL = bytesField(1);
const INTEGER = varintField(2);
const BYTES = bytesField(3);
const ITEM = bytesField(4);
const WRITTEN = bytesField(5);
const LIST = bytesField(6);
const PAGE = bytesField(7);
const APPLIED = bytesField(8);
const FAILED = bytesField(9);

const ITEM_VALUE = bytesField(1);
const ITEM_REVISION = varintField(2);
const ITEM_EXPIRES = varintField(3);

const WRITTEN_APPLIED = varintField(1);
const WRITTEN_REVISION = varintField(2);
const WRITTEN_PREVIOUS = bytesField(3);

const LIST_ITEM = bytesField(1);

const PAGE_ITEM = bytesField(1);
const PAGE_NEXT = bytesField(2);
const ROW_KEY = bytesField(1);
const ROW_VALUE = bytesField(2);
const ROW_REVISION = varintField(3);
const ROW_EXPIRES = varintField(4);

/** A list of lists of lists: no reply is that deep, a message that claims so is an attack. */
const MAX_DEPTH = 4;
const FAILURES: ReadonlySet<string> = new Set<FailureCode>(FAILURE_CODES);

const EMPTY: Uint8Array = Buffer.alloc(0);
const NULL_REPLY: Reply = { kind: 'null' };
const APPLIED_REPLY: Reply = { kind: 'applied' };

const zigzag = (value: bigint): bigint => BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));

function sizeOfVarint64(value: bigint): number {
  if (value <= 0xffff_ffffn) return sizeOfVarint(Number(value));
  let size = 1;
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) size++;
  return size;
}

const sizeOfExpiry = (at: EpochMs | null): number => (at === null ? 0 : 1 + sizeOfVarint(at));
const wrapped = (own: number): number => 1 + sizeOfVarint(own) + own;

const sizeOfItem = (item: Item): number =>
  sizeOfBytes(item.value.length) + sizeOfNumber(item.revision) + sizeOfExpiry(item.expiresAt);

const sizeOfRow = (row: PageItem): number => sizeOfBytes(row.key.length) + sizeOfItem(row);

function sizeOfWritten(written: Extract<Reply, { kind: 'written' }>): number {
  const { previous } = written;
  return (
    (written.applied ? 2 : 0) +
    sizeOfNumber(written.revision) +
    (previous === null ? 0 : sizeOfBytes(previous.length))
  );
}

function sizeOfList(items: readonly Reply[]): number {
  let size = 0;
  for (const item of items) size += wrapped(sizeOfReply(item));
  return size;
}

function sizeOfPage(page: Extract<Reply, { kind: 'page' }>): number {
  let size = page.next === null ? 0 : sizeOfBytes(page.next.length);
  for (const row of page.items) size += wrapped(sizeOfRow(row));
  return size;
}

/** Bytes of the reply's own message. */
export function sizeOfReply(reply: Reply): number {
  switch (reply.kind) {
    case 'null':
    case 'applied':
      return 2;
    case 'integer':
      return 1 + sizeOfVarint64(zigzag(reply.value));
    case 'bytes':
      return sizeOfBytes(reply.bytes.length);
    case 'item':
      return wrapped(sizeOfItem(reply));
    case 'written':
      return wrapped(sizeOfWritten(reply));
    case 'list':
      return wrapped(sizeOfList(reply.items));
    case 'page':
      return wrapped(sizeOfPage(reply));
    case 'failed':
      return sizeOfBytes(reply.code.length);
    default:
      return unreachable(reply);
  }
}

function writeExpiry(writer: ProtoWriter, tag: number, at: EpochMs | null): void {
  if (at === null) return;
  writer.tag(tag);
  writer.varint(at);
}

function open(writer: ProtoWriter, tag: number, size: number): void {
  writer.tag(tag);
  writer.varint(size);
}

function writeWritten(writer: ProtoWriter, written: Extract<Reply, { kind: 'written' }>): void {
  open(writer, WRITTEN, sizeOfWritten(written));
  if (written.applied) writer.number(WRITTEN_APPLIED, 1);
  writer.number(WRITTEN_REVISION, written.revision);
  if (written.previous !== null) writer.bytes(WRITTEN_PREVIOUS, written.previous);
}

function writePage(writer: ProtoWriter, page: Extract<Reply, { kind: 'page' }>): void {
  open(writer, PAGE, sizeOfPage(page));
  for (const row of page.items) {
    open(writer, PAGE_ITEM, sizeOfRow(row));
    writer.bytes(ROW_KEY, row.key);
    writer.bytes(ROW_VALUE, row.value);
    writer.number(ROW_REVISION, row.revision);
    writeExpiry(writer, ROW_EXPIRES, row.expiresAt);
  }
  if (page.next !== null) writer.bytes(PAGE_NEXT, page.next);
}

export function writeReply(writer: ProtoWriter, reply: Reply): void {
  switch (reply.kind) {
    case 'null':
      open(writer, NULL, 0);
      return;
    case 'applied':
      open(writer, APPLIED, 0);
      return;
    case 'integer':
      writer.tag(INTEGER);
      writer.varint64(zigzag(reply.value));
      return;
    case 'bytes':
      writer.bytes(BYTES, reply.bytes);
      return;
    case 'item':
      open(writer, ITEM, sizeOfItem(reply));
      writer.bytes(ITEM_VALUE, reply.value);
      writer.number(ITEM_REVISION, reply.revision);
      writeExpiry(writer, ITEM_EXPIRES, reply.expiresAt);
      return;
    case 'written':
      writeWritten(writer, reply);
      return;
    case 'list':
      open(writer, LIST, sizeOfList(reply.items));
      for (const item of reply.items) {
        open(writer, LIST_ITEM, sizeOfReply(item));
        writeReply(writer, item);
      }
      return;
    case 'page':
      writePage(writer, reply);
      return;
    case 'failed':
      writer.latin1(FAILED, reply.code);
      return;
    default:
      unreachable(reply);
  }
}

function readItem(reader: ProtoReader): Reply {
  let value: Uint8Array = EMPTY;
  let revision = 0;
  let expiresAt: number | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ITEM_VALUE) value = reader.bytes();
    else if (tag === ITEM_REVISION) revision = reader.varint();
    else if (tag === ITEM_EXPIRES) expiresAt = reader.varint();
    else reader.skip(tag);
  }
  return {
    kind: 'item',
    value,
    revision: revision as Revision,
    expiresAt: expiresAt as EpochMs | null,
  };
}

function readWritten(reader: ProtoReader): Reply {
  let applied = false;
  let revision = 0;
  let previous: Uint8Array | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === WRITTEN_APPLIED) applied = reader.bool();
    else if (tag === WRITTEN_REVISION) revision = reader.varint();
    else if (tag === WRITTEN_PREVIOUS) previous = reader.bytes();
    else reader.skip(tag);
  }
  return { kind: 'written', applied, revision: revision as Revision, previous };
}

function readList(reader: ProtoReader, depth: number): Reply {
  const items: Reply[] = [];
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag !== LIST_ITEM) {
      reader.skip(tag);
      continue;
    }
    const outer = reader.enter();
    items.push(readReply(reader, depth + 1));
    reader.leave(outer);
  }
  return { kind: 'list', items };
}

function readRow(reader: ProtoReader): PageItem {
  let key: Uint8Array = EMPTY;
  let value: Uint8Array = EMPTY;
  let revision = 0;
  let expiresAt: number | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ROW_KEY) key = reader.bytes();
    else if (tag === ROW_VALUE) value = reader.bytes();
    else if (tag === ROW_REVISION) revision = reader.varint();
    else if (tag === ROW_EXPIRES) expiresAt = reader.varint();
    else reader.skip(tag);
  }
  return { key, value, revision: revision as Revision, expiresAt: expiresAt as EpochMs | null };
}

function readPage(reader: ProtoReader): Reply {
  const items: PageItem[] = [];
  let next: Uint8Array | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === PAGE_ITEM) {
      const outer = reader.enter();
      items.push(readRow(reader));
      reader.leave(outer);
    } else if (tag === PAGE_NEXT) next = reader.bytes();
    else reader.skip(tag);
  }
  return { kind: 'page', items, next };
}

function readFailure(reader: ProtoReader): Reply {
  const code = reader.latin1();
  if (!FAILURES.has(code)) throw new WireError('no such failure code');
  return { kind: 'failed', code: code as FailureCode };
}

function readNested(reader: ProtoReader, tag: number, depth: number): Reply {
  const outer = reader.enter();
  let reply: Reply;
  if (tag === ITEM) reply = readItem(reader);
  else if (tag === WRITTEN) reply = readWritten(reader);
  else if (tag === PAGE) reply = readPage(reader);
  else if (tag === LIST) reply = readList(reader, depth);
  else reply = tag === NULL ? NULL_REPLY : APPLIED_REPLY;
  reader.leave(outer);
  return reply;
}

/** Reads to the end of the entered message. Throws WireError. */
export function readReply(reader: ProtoReader, depth = 0): Reply {
  if (depth > MAX_DEPTH) throw new WireError('reply is nested too deeply');
  let reply: Reply | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === INTEGER) reply = { kind: 'integer', value: reader.sint64() };
    else if (tag === BYTES) reply = { kind: 'bytes', bytes: reader.bytes() };
    else if (tag === FAILED) reply = readFailure(reader);
    else if ((tag & 7) === 2 && tag >= NULL && tag <= APPLIED) {
      reply = readNested(reader, tag, depth);
    } else reader.skip(tag);
  }
  if (reply === null) throw new WireError('reply of an unknown kind');
  return reply;
}
