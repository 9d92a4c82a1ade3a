/**
 * Envelopes between nodes: what rides on each stream of proto/peer.proto, as values of the domain.
 * Encoders trust their caller; decoders trust nobody: bytes in, a value with gated numbers or a
 * `WireError` out, whatever the bytes are.
 */
import type { GroupId, NodeId, ReplicaId, Term } from '../base/ids.js';
import { groupId, nodeId, replicaId, term } from '../base/ids.js';
import { rkv } from './generated/peer.js';
import { ProtoReader } from './proto/reader.js';
import { bytesField, ProtoWriter, sizeOfBytes, sizeOfNumber, varintField } from './proto/writer.js';
import { readMessage } from './raft-decode.js';
import { type GroupMessage, sizeOfMessage, writeMessage } from './raft-encode.js';
import { received, receivedCount, WireError } from './wire-error.js';

const { peer } = rkv;

export const PEER_MAGIC = 0x726b_7631;
/** Protocol versions of peers that this build speaks. */
export const PEER_VERSIONS = { min: 1, max: 1 } as const;

/** Who a node says it is, on every stream it opens and in every welcome. */
export interface HelloFrame {
  readonly versions: { readonly min: number; readonly max: number };
  readonly clusterId: string;
  readonly node: NodeId;
  readonly to: NodeId;
  readonly diskId: string;
  readonly bootId: string;
  readonly bootCount: number;
  readonly advertise: string;
  readonly link: number;
}

export type WelcomeFrame =
  | { readonly kind: 'accepted'; readonly hello: HelloFrame }
  | { readonly kind: 'refused'; readonly reason: string };

export interface BeatFrame {
  readonly node: NodeId;
  readonly wallMs: number;
  readonly clusterMs: number;
  readonly unfit?: true;
  readonly leads:
    | readonly { readonly group: GroupId; readonly term: Term; readonly replica: ReplicaId }[]
    | null;
}

export interface ControlFrame {
  readonly messages: readonly GroupMessage[];
  readonly beat: BeatFrame | null;
  readonly offers: readonly number[];
}

export interface AppendFrame {
  readonly messages: readonly GroupMessage[];
  readonly counted: boolean;
  readonly acked: number;
}

/** Part of an encoded envelope that was too large for one message. */
export interface PieceFrame {
  readonly piece: Uint8Array;
  readonly last: boolean;
}

/** What one message of a stream holds. */
export type Received<Frame> =
  | { readonly kind: 'welcome'; readonly welcome: WelcomeFrame }
  | { readonly kind: 'piece'; readonly piece: PieceFrame }
  | { readonly kind: 'frame'; readonly frame: Frame };

const NO_BYTES = Buffer.alloc(0);

interface Writes {
  finish(): Uint8Array;
}
/** On Node the writer allocates Buffers; the type of protobufjs does not say so. */
export const finish = (writer: Writes): Buffer => writer.finish() as Buffer;

/** Runs a generated decoder; what it throws on malformed bytes becomes a `WireError`. */
export function parse<T>(decode: (bytes: Uint8Array) => T, bytes: Uint8Array): T {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError(`malformed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

export function helloProperties(hello: HelloFrame): rkv.peer.Hello.$Properties {
  const { versions, clusterId, node, to, diskId, bootId, bootCount, advertise, link } = hello;
  return {
    magic: PEER_MAGIC,
    minVersion: versions.min,
    maxVersion: versions.max,
    clusterId,
    node,
    to,
    diskId,
    bootId,
    bootCount,
    advertise,
    link,
  };
}

export function helloFrom(wire: rkv.peer.Hello.$Properties): HelloFrame {
  if (wire.magic !== PEER_MAGIC) throw new WireError('not a peer of rkv: wrong magic');
  const min = receivedCount('version', wire.minVersion);
  const max = receivedCount('version', wire.maxVersion);
  if (min < 1 || max < min) throw new WireError(`no range of versions: ${min} to ${max}`);
  if (!wire.bootId) throw new WireError('a hello without boot id');
  return {
    versions: { min, max },
    clusterId: wire.clusterId ?? '',
    node: received(nodeId, wire.node),
    to: received(nodeId, wire.to),
    diskId: wire.diskId ?? '',
    bootId: wire.bootId,
    bootCount: receivedCount('boot count', wire.bootCount),
    advertise: wire.advertise ?? '',
    link: receivedCount('link', wire.link),
  };
}

export function encodeHello(hello: HelloFrame): Buffer {
  return finish(peer.Hello.encode(helloProperties(hello)));
}

export function decodeHello(bytes: Uint8Array): HelloFrame {
  return helloFrom(parse((from) => peer.Hello.decode(from), bytes));
}

export function welcomeProperties(welcome: WelcomeFrame): rkv.peer.Welcome.$Properties {
  return welcome.kind === 'accepted'
    ? { accepted: helloProperties(welcome.hello) }
    : { refused: welcome.reason };
}

export function welcomeFrom(wire: rkv.peer.Welcome.$Properties): WelcomeFrame {
  if (wire.accepted) return { kind: 'accepted', hello: helloFrom(wire.accepted) };
  if (typeof wire.refused === 'string') return { kind: 'refused', reason: wire.refused };
  throw new WireError('a welcome that says neither yes nor no');
}

/** A welcome has the same field number in every envelope, so one encoder serves all streams. */
export function encodeWelcome(welcome: WelcomeFrame): Buffer {
  return finish(peer.ControlEnvelope.encode({ welcome: welcomeProperties(welcome) }));
}

function beatProperties({
  node,
  wallMs,
  clusterMs,
  unfit,
  leads,
}: BeatFrame): rkv.peer.NodeBeat.$Properties {
  const told = leads === null ? null : { leads: [...leads] };
  return { node, wallMs, clusterMs, unfit: unfit ?? false, leads: told };
}

function beatFrom(wire: rkv.peer.NodeBeat.$Properties): BeatFrame {
  const wallMs = wire.wallMs ?? 0;
  const clusterMs = wire.clusterMs ?? 0;
  if (!Number.isFinite(wallMs) || !Number.isFinite(clusterMs)) throw new WireError('no time');
  const leads = wire.leads?.leads ?? (wire.leads ? [] : null);
  return {
    node: received(nodeId, wire.node),
    wallMs,
    clusterMs,
    ...(wire.unfit ? { unfit: true as const } : {}),
    leads:
      leads?.map((lead) => ({
        group: received(groupId, lead.group),
        term: received(term, lead.term),
        replica: received(replicaId, lead.replica),
      })) ?? null,
  };
}

/** Fields of the two envelopes that carry Raft messages; both have these in common. */
export const WELCOME = bytesField(1);
const MESSAGES = bytesField(2);
const BEAT = bytesField(3);
const OFFERS = bytesField(4);
const OFFER = varintField(4);
const COUNTED = varintField(3);
const ACKED = varintField(4);
const PIECE = bytesField(5);
const PIECE_LAST = varintField(6);

/** Sizes of the messages being written, so that none is worked out twice. */
const sizes: number[] = [];

function sizeOfMessages(messages: readonly GroupMessage[]): number {
  let total = 0;
  for (let i = 0; i < messages.length; i++) {
    const size = sizeOfMessage(messages[i] as GroupMessage);
    sizes[i] = size;
    total += sizeOfBytes(size);
  }
  return total;
}

function writeMessages(out: ProtoWriter, messages: readonly GroupMessage[]): void {
  for (let i = 0; i < messages.length; i++) {
    out.tag(MESSAGES);
    out.varint(sizes[i] as number);
    writeMessage(out, messages[i] as GroupMessage);
  }
}

export function encodeControl({ messages, beat, offers }: ControlFrame): Buffer {
  const told = beat === null ? NO_BYTES : finish(peer.NodeBeat.encode(beatProperties(beat)));
  let size = sizeOfMessages(messages) + (beat === null ? 0 : sizeOfBytes(told.length));
  for (const offer of offers) size += sizeOfOffer(offer);
  const out = new ProtoWriter(size);
  writeMessages(out, messages);
  if (beat !== null) out.bytes(BEAT, told);
  for (const offer of offers) {
    out.tag(OFFER);
    out.varint(offer);
  }
  return out.finish();
}

/** An offer of 0 is said too: each is one of a list. */
const sizeOfOffer = (offer: number): number => (offer === 0 ? 2 : sizeOfNumber(offer));

function readOffers(from: ProtoReader, offers: number[]): void {
  const outer = from.enter();
  while (!from.atEnd()) offers.push(from.varint());
  from.leave(outer);
}

/** Runs a reader; whatever it throws on bytes from a stranger is a `WireError`. */
export function read<T>(bytes: Uint8Array, run: (from: ProtoReader) => T): T {
  return parse((all) => run(new ProtoReader(all)), bytes);
}

export const readWelcome = (from: ProtoReader): Received<never> => ({
  kind: 'welcome',
  welcome: welcomeFrom(peer.Welcome.decode(from.bytes())),
});

export function decodeControl(bytes: Uint8Array): Received<ControlFrame> {
  return read(bytes, (from): Received<ControlFrame> => {
    const messages: GroupMessage[] = [];
    const offers: number[] = [];
    let beat: BeatFrame | null = null;
    let welcome: Received<never> | null = null;
    for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
      if (tag === MESSAGES) messages.push(readMessage(from));
      else if (tag === BEAT) beat = beatFrom(peer.NodeBeat.decode(from.bytes()));
      else if (tag === OFFERS) readOffers(from, offers);
      else if (tag === OFFER) offers.push(from.varint());
      else if (tag === WELCOME) welcome = readWelcome(from);
      else from.skip(tag);
    }
    return welcome ?? { kind: 'frame', frame: { messages, beat, offers } };
  });
}

export function encodeAppends({ messages, counted, acked }: AppendFrame): Buffer {
  const out = new ProtoWriter(sizeOfMessages(messages) + (counted ? 2 : 0) + sizeOfNumber(acked));
  writeMessages(out, messages);
  out.number(COUNTED, counted ? 1 : 0);
  out.number(ACKED, acked);
  return out.finish();
}

export function decodeAppends(bytes: Uint8Array): Received<AppendFrame> {
  return read(bytes, (from): Received<AppendFrame> => {
    const messages: GroupMessage[] = [];
    let counted = false;
    let acked = 0;
    let piece: Uint8Array = NO_BYTES;
    let last = false;
    let welcome: Received<never> | null = null;
    for (let tag = from.tag(); tag !== 0; tag = from.tag()) {
      if (tag === MESSAGES) messages.push(readMessage(from));
      else if (tag === COUNTED) counted = from.bool();
      else if (tag === ACKED) acked = from.varint();
      else if (tag === PIECE) piece = from.bytes();
      else if (tag === PIECE_LAST) last = from.bool();
      else if (tag === WELCOME) welcome = readWelcome(from);
      else from.skip(tag);
    }
    if (welcome !== null) return welcome;
    if (piece.length > 0) return pieceFrom(piece, last);
    return { kind: 'frame', frame: { messages, counted, acked } };
  });
}

export function pieceFrom(piece: Uint8Array, last: boolean | null | undefined): Received<never> {
  return { kind: 'piece', piece: { piece, last: last ?? false } };
}

export function encodeAppendPiece({ piece, last }: PieceFrame): Buffer {
  return finish(peer.AppendEnvelope.encode({ piece, pieceLast: last }));
}
