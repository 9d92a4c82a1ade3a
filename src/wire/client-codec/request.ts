/**
 * `ClientFrame` of proto/kv.proto ⇄ domain types, by hand: this and the answer's codec run once per
 * request on both sides, and generated code would make every field twice.
 */
import type { EpochMs } from '../../base/ids.js';
import type { Command, ReadMode } from '../../kv/request.js';
import { ProtoReader } from '../proto/reader.js';
import {
  bytesField,
  ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  sizeOfVarint,
  varintField,
} from '../proto/writer.js';
import { WireError } from '../wire-error.js';

export const SESSION_BYTES = 16;

/** A request as it lies on the wire; `sequence` 0: without a session. */
export interface WireRequest {
  readonly id: number;
  readonly command: Command;
  readonly sequence: number;
  readonly mark: number;
  readonly firstAttempt: EpochMs;
  /** 0: the node's default. */
  readonly timeoutMs: number;
  readonly read: ReadMode;
}

export interface ClientFrame {
  /** Latin1, 16 characters; empty: no session. */
  readonly session: string;
  /** The arguments are views of the frame. */
  readonly requests: readonly WireRequest[];
}

const LINEARIZABLE: ReadMode = { kind: 'linearizable' };
const FOLLOWER: ReadMode = { kind: 'follower' };
const LEASE: ReadMode = { kind: 'lease' };

const READ_NUMBERS = { linearizable: 0, follower: 1, lease: 2, stale: 3 } as const;

const SESSION = bytesField(1);
const REQUEST = bytesField(2);

const ID = varintField(1);
const COMMAND = varintField(2);
const DATABASE = varintField(3);
const ARG = bytesField(4);
const SEQUENCE = varintField(5);
const MARK = varintField(6);
const FIRST_ATTEMPT = varintField(7);
const TIMEOUT = varintField(8);
const READ = varintField(9);
const STALENESS = varintField(10);

const staleness = (read: ReadMode): number => (read.kind === 'stale' ? read.maxStalenessMs : 0);

/** Bytes of the request's own message, without what wraps it in a frame. */
export function sizeOfRequest(request: WireRequest): number {
  const { command, read } = request;
  let size =
    sizeOfNumber(request.id) +
    sizeOfNumber(command.code) +
    sizeOfNumber(command.database) +
    sizeOfNumber(request.timeoutMs) +
    sizeOfNumber(READ_NUMBERS[read.kind]) +
    sizeOfNumber(staleness(read));
  if (request.sequence !== 0) {
    size +=
      sizeOfNumber(request.sequence) +
      sizeOfNumber(request.mark) +
      sizeOfNumber(request.firstAttempt);
  }
  for (const arg of command.args) size += sizeOfBytes(arg.length);
  return size;
}

function writeRequest(writer: ProtoWriter, request: WireRequest): void {
  const { command, read } = request;
  writer.number(ID, request.id);
  writer.number(COMMAND, command.code);
  writer.number(DATABASE, command.database);
  for (const arg of command.args) writer.bytes(ARG, arg);
  if (request.sequence !== 0) {
    writer.number(SEQUENCE, request.sequence);
    writer.number(MARK, request.mark);
    writer.number(FIRST_ATTEMPT, request.firstAttempt);
  }
  writer.number(TIMEOUT, request.timeoutMs);
  writer.number(READ, READ_NUMBERS[read.kind]);
  writer.number(STALENESS, staleness(read));
}

export function encodeClientFrame(session: string, requests: readonly WireRequest[]): Buffer {
  let size = session === '' ? 0 : sizeOfBytes(session.length);
  const sizes = new Array<number>(requests.length);
  for (let i = 0; i < requests.length; i++) {
    const own = sizeOfRequest(requests[i] as WireRequest);
    sizes[i] = own;
    size += 1 + sizeOfVarint(own) + own;
  }
  const writer = new ProtoWriter(size);
  if (session !== '') writer.latin1(SESSION, session);
  for (let i = 0; i < requests.length; i++) {
    writer.tag(REQUEST);
    writer.varint(sizes[i] as number);
    writeRequest(writer, requests[i] as WireRequest);
  }
  return writer.finish();
}

function readModeOf(kind: number, maxStalenessMs: number): ReadMode {
  switch (kind) {
    case 0:
      return LINEARIZABLE;
    case 1:
      return FOLLOWER;
    case 2:
      return LEASE;
    case 3:
      return { kind: 'stale', maxStalenessMs };
    default:
      throw new WireError('no such read mode');
  }
}

function readRequest(reader: ProtoReader): WireRequest {
  const args: Uint8Array[] = [];
  let id = 0;
  let code = 0;
  let database = 0;
  let sequence = 0;
  let mark = 0;
  let firstAttempt = 0;
  let timeoutMs = 0;
  let read = 0;
  let maxStalenessMs = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ARG) args.push(reader.bytes());
    else if (tag === ID) id = reader.varint();
    else if (tag === COMMAND) code = reader.uint32();
    else if (tag === DATABASE) database = reader.uint32();
    else if (tag === SEQUENCE) sequence = reader.varint();
    else if (tag === MARK) mark = reader.varint();
    else if (tag === FIRST_ATTEMPT) firstAttempt = reader.varint();
    else if (tag === TIMEOUT) timeoutMs = reader.uint32();
    else if (tag === READ) read = reader.uint32();
    else if (tag === STALENESS) maxStalenessMs = reader.uint32();
    else reader.skip(tag);
  }
  return {
    id,
    command: { code, database, args },
    sequence,
    mark,
    firstAttempt: firstAttempt as EpochMs,
    timeoutMs,
    read: readModeOf(read, maxStalenessMs),
  };
}

/** Throws WireError; what the values mean is for the gate to judge. */
export function decodeClientFrame(bytes: Uint8Array): ClientFrame {
  const reader = new ProtoReader(bytes);
  const requests: WireRequest[] = [];
  let session = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === REQUEST) {
      const outer = reader.enter();
      requests.push(readRequest(reader));
      reader.leave(outer);
    } else if (tag === SESSION) {
      session = reader.latin1();
      if (session.length !== SESSION_BYTES) throw new WireError('a session has 16 bytes');
    } else reader.skip(tag);
  }
  return { session, requests };
}
