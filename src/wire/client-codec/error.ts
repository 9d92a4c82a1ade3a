/** `Error` of proto/kv.proto ⇄ RkvError. The code decides; kind and retryable travel for others. */
import { isErrorCode, RkvError } from '../../kv/errors.js';
import { ProtoReader } from '../proto/reader.js';
import {
  bytesField,
  ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  sizeOfText,
  sizeOfVarint,
  varintField,
} from '../proto/writer.js';

const CODE = bytesField(1);
const MESSAGE = bytesField(2);
const RETRYABLE = varintField(3);
const KIND = bytesField(4);
const SHARD = varintField(5);
const LEADER = bytesField(6);
const HINT = bytesField(7);

const LEADER_NODE = varintField(1);
const LEADER_ADDRESS = bytesField(2);

type LeaderHint = { readonly node: number; readonly address: string };

const sizeOfLeader = (leader: LeaderHint): number =>
  sizeOfNumber(leader.node) + sizeOfText(leader.address);

export function sizeOfError(error: RkvError): number {
  const { shard, leader, hint } = error.details;
  return (
    sizeOfText(error.code) +
    sizeOfText(error.message) +
    (error.retryable ? 2 : 0) +
    sizeOfText(error.kind) +
    (shard === undefined ? 0 : 1 + sizeOfVarint(shard)) +
    (leader == null ? 0 : sizeOfBytes(sizeOfLeader(leader))) +
    sizeOfText(hint ?? '')
  );
}

export function writeError(writer: ProtoWriter, error: RkvError): void {
  const { shard, leader, hint } = error.details;
  writer.text(CODE, error.code);
  writer.text(MESSAGE, error.message);
  if (error.retryable) writer.number(RETRYABLE, 1);
  writer.text(KIND, error.kind);
  if (shard !== undefined) {
    writer.tag(SHARD);
    writer.varint(shard);
  }
  if (leader != null) {
    writer.tag(LEADER);
    writer.varint(sizeOfLeader(leader));
    writer.number(LEADER_NODE, leader.node);
    writer.text(LEADER_ADDRESS, leader.address);
  }
  writer.text(HINT, hint ?? '');
}

function readLeader(reader: ProtoReader): LeaderHint {
  const outer = reader.enter();
  let node = 0;
  let address = '';
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === LEADER_NODE) node = reader.uint32();
    else if (tag === LEADER_ADDRESS) address = reader.text();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { node, address };
}

/** Reads to the end of the entered message. A code from a newer build counts as INTERNAL. */
export function readError(reader: ProtoReader): RkvError {
  let code = '';
  let message = '';
  let shard: number | undefined;
  let leader: LeaderHint | undefined;
  let hint: string | undefined;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === CODE) code = reader.text();
    else if (tag === MESSAGE) message = reader.text();
    else if (tag === SHARD) shard = reader.uint32();
    else if (tag === LEADER) leader = readLeader(reader);
    else if (tag === HINT) hint = reader.text();
    else reader.skip(tag);
  }
  const details = {
    ...(shard === undefined ? {} : { shard }),
    ...(leader === undefined ? {} : { leader }),
    ...(hint === undefined ? {} : { hint }),
  };
  if (isErrorCode(code)) return new RkvError(code, message, details);
  return new RkvError('INTERNAL', `${code}: ${message}`, details);
}

/** An error as a message of its own, for the trailer of a unary call. */
export function encodeError(error: RkvError): Buffer {
  const writer = new ProtoWriter(sizeOfError(error));
  writeError(writer, error);
  return writer.finish();
}

export const decodeError = (bytes: Uint8Array): RkvError => readError(new ProtoReader(bytes));
