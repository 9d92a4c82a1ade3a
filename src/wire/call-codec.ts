/**
 * The call envelope: requests to a peer and answers to its requests. Coded by hand: a forwarded
 * command goes through here twice on either side.
 */
import { rkv } from './generated/peer.js';
import {
  finish,
  type PieceFrame,
  pieceFrom,
  type Received,
  read,
  readWelcome,
  WELCOME,
} from './peer-codec.js';
import type { ProtoReader } from './proto/reader.js';
import { bytesField, ProtoWriter, sizeOfBytes, sizeOfNumber, varintField } from './proto/writer.js';

const { peer } = rkv;
const NO_BYTES = Buffer.alloc(0);
/** Sizes of the requests being written, so that none is worked out twice. */
const sizes: number[] = [];

export interface CallFrame {
  readonly requests: readonly {
    readonly id: number;
    readonly method: number;
    readonly body: Uint8Array;
  }[];
  readonly answers: readonly { readonly id: number; readonly body: Uint8Array }[];
}

const REQUESTS = bytesField(2);
const ANSWERS = bytesField(3);
const CALL_PIECE = bytesField(4);
const CALL_PIECE_LAST = varintField(5);
const CALL_ID = varintField(1);
const REQUEST_METHOD = varintField(2);
const REQUEST_BODY = bytesField(3);
const ANSWER_BODY = bytesField(2);

const sizeOfBody = (body: Uint8Array): number => (body.length === 0 ? 0 : sizeOfBytes(body.length));

export function encodeCalls({ requests, answers }: CallFrame): Buffer {
  let size = 0;
  for (let i = 0; i < requests.length; i++) {
    const { id, method, body } = requests[i] as CallFrame['requests'][number];
    sizes[i] = sizeOfNumber(id) + sizeOfNumber(method) + sizeOfBody(body);
    size += sizeOfBytes(sizes[i] as number);
  }
  for (const { id, body } of answers) size += sizeOfBytes(sizeOfNumber(id) + sizeOfBody(body));
  const out = new ProtoWriter(size);
  for (let i = 0; i < requests.length; i++) {
    const { id, method, body } = requests[i] as CallFrame['requests'][number];
    out.tag(REQUESTS);
    out.varint(sizes[i] as number);
    out.number(CALL_ID, id);
    out.number(REQUEST_METHOD, method);
    if (body.length > 0) out.bytes(REQUEST_BODY, body);
  }
  for (const { id, body } of answers) {
    out.tag(ANSWERS);
    out.varint(sizeOfNumber(id) + sizeOfBody(body));
    out.number(CALL_ID, id);
    if (body.length > 0) out.bytes(ANSWER_BODY, body);
  }
  return out.finish();
}

function readRequest(from: ProtoReader): CallFrame['requests'][number] {
  let id = 0;
  let method = 0;
  let body: Uint8Array = NO_BYTES;
  const outer = from.enter();
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === CALL_ID) id = from.varint();
    else if (tag === REQUEST_METHOD) method = from.uint32();
    else if (tag === REQUEST_BODY) body = from.bytes();
    else from.skip(tag);
  }
  from.leave(outer);
  return { id, method, body };
}

function readAnswer(from: ProtoReader): CallFrame['answers'][number] {
  let id = 0;
  let body: Uint8Array = NO_BYTES;
  const outer = from.enter();
  for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
    if (tag === CALL_ID) id = from.varint();
    else if (tag === ANSWER_BODY) body = from.bytes();
    else from.skip(tag);
  }
  from.leave(outer);
  return { id, body };
}

/** Bodies are views of `bytes`: who keeps one beyond its request copies it. */
export function decodeCalls(bytes: Uint8Array): Received<CallFrame> {
  return read(bytes, (from): Received<CallFrame> => {
    const requests: CallFrame['requests'][number][] = [];
    const answers: CallFrame['answers'][number][] = [];
    let piece: Uint8Array = NO_BYTES;
    let last = false;
    let welcome: Received<never> | null = null;
    for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
      if (tag === REQUESTS) requests.push(readRequest(from));
      else if (tag === ANSWERS) answers.push(readAnswer(from));
      else if (tag === CALL_PIECE) piece = from.bytes();
      else if (tag === CALL_PIECE_LAST) last = from.bool();
      else if (tag === WELCOME) welcome = readWelcome(from);
      else from.skip(tag);
    }
    if (welcome !== null) return welcome;
    if (piece.length > 0) return pieceFrom(piece, last);
    return { kind: 'frame', frame: { requests, answers } };
  });
}

export function encodeCallPiece({ piece, last }: PieceFrame): Buffer {
  return finish(peer.CallEnvelope.encode({ piece, pieceLast: last }));
}
