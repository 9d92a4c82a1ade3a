/** `ServerFrame` of proto/kv.proto ⇄ answers and topology. */
import { RkvError } from '../../kv/errors.js';
import type { Reply } from '../../kv/reply.js';
import type { Topology } from '../../kv/status.js';
import { ProtoReader } from '../proto/reader.js';
import {
  bytesField,
  ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  varintField,
} from '../proto/writer.js';
import { WireError } from '../wire-error.js';
import { readError, sizeOfError, writeError } from './error.js';
import { readReply, sizeOfReply, writeReply } from './reply.js';
import { readTopology, sizeOfTopology, writeTopology } from './topology.js';

export type Answer = Reply | RkvError;

/** An answer that waits for its frame; `size` is that of the reply's or error's own message. */
export interface WireResponse {
  readonly id: number;
  readonly answer: Answer;
  readonly size: number;
}

const RESPONSE = bytesField(1);
const TOPOLOGY = bytesField(2);
const NOW = varintField(3);

const ID = varintField(1);
const REPLY = bytesField(2);
const ERROR = bytesField(3);

export const sizeOfAnswer = (answer: Answer): number =>
  answer instanceof RkvError ? sizeOfError(answer) : sizeOfReply(answer);

const sizeOfResponse = (response: WireResponse): number =>
  sizeOfNumber(response.id) + sizeOfBytes(response.size);

export function encodeResponses(responses: readonly WireResponse[]): Buffer {
  let size = 0;
  for (const response of responses) size += sizeOfBytes(sizeOfResponse(response));
  const writer = new ProtoWriter(size);
  for (const response of responses) {
    writer.tag(RESPONSE);
    writer.varint(sizeOfResponse(response));
    writer.number(ID, response.id);
    const { answer } = response;
    const failed = answer instanceof RkvError;
    writer.tag(failed ? ERROR : REPLY);
    writer.varint(response.size);
    if (failed) writeError(writer, answer);
    else writeReply(writer, answer);
  }
  return writer.finish();
}

export function encodeTopologyFrame(topology: Topology, nowMs: number): Buffer {
  const own = sizeOfTopology(topology);
  const writer = new ProtoWriter(sizeOfBytes(own) + sizeOfNumber(nowMs));
  writer.tag(TOPOLOGY);
  writer.varint(own);
  writeTopology(writer, topology);
  writer.number(NOW, nowMs);
  return writer.finish();
}

export interface ServerFrameReader {
  onAnswer(id: number, answer: Answer): void;
  onTopology(topology: Topology): void;
  /** The node's clock, milliseconds since 1970. */
  onNow(nowMs: number): void;
}

function readResponse(reader: ProtoReader, to: ServerFrameReader): void {
  let id = 0;
  let answer: Answer | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === ID) id = reader.varint();
    else if (tag === REPLY || tag === ERROR) {
      const outer = reader.enter();
      answer = tag === REPLY ? readReply(reader) : readError(reader);
      reader.leave(outer);
    } else reader.skip(tag);
  }
  if (answer === null) throw new WireError('response without a result');
  to.onAnswer(id, answer);
}

/** Hands out what a frame holds as it reads; bytes are views of it. Throws WireError. */
export function readServerFrame(bytes: Uint8Array, to: ServerFrameReader): void {
  const reader = new ProtoReader(bytes);
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === RESPONSE) {
      const outer = reader.enter();
      readResponse(reader, to);
      reader.leave(outer);
    } else if (tag === TOPOLOGY) {
      const outer = reader.enter();
      const topology = readTopology(reader);
      reader.leave(outer);
      to.onTopology(topology);
    } else if (tag === NOW) to.onNow(reader.varint());
    else reader.skip(tag);
  }
}
