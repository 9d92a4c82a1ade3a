/**
 * Envelopes between nodes: what rides on each stream of proto/peer.proto, as values of the domain.
 * Encoders trust their caller; decoders trust nobody: bytes in, a value with gated numbers or a
 * `WireError` out, whatever the bytes are.
 */
import type { GroupId, NodeId, ReplicaId, Term } from '../base/ids.js';
import { groupId, nodeId, replicaId, term } from '../base/ids.js';
import { rkv } from './generated/peer.js';
import { decodeMessage } from './raft-decode.js';
import { encodeMessage, type GroupMessage } from './raft-encode.js';
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

export interface CallFrame {
  readonly requests: readonly {
    readonly id: number;
    readonly method: number;
    readonly body: Uint8Array;
  }[];
  readonly answers: readonly { readonly id: number; readonly body: Uint8Array }[];
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

export function encodeControl({ messages, beat, offers }: ControlFrame): Buffer {
  return finish(
    peer.ControlEnvelope.encode({
      messages: messages.map(encodeMessage),
      beat: beat === null ? null : beatProperties(beat),
      offers: [...offers],
    }),
  );
}

export function decodeControl(bytes: Uint8Array): Received<ControlFrame> {
  const wire = parse((from) => peer.ControlEnvelope.decode(from), bytes);
  if (wire.welcome) return { kind: 'welcome', welcome: welcomeFrom(wire.welcome) };
  const frame: ControlFrame = {
    messages: (wire.messages ?? []).map(decodeMessage),
    beat: wire.beat ? beatFrom(wire.beat) : null,
    offers: (wire.offers ?? []).map((offer) => receivedCount('offer', offer)),
  };
  return { kind: 'frame', frame };
}

export function encodeAppends({ messages, counted, acked }: AppendFrame): Buffer {
  return finish(
    peer.AppendEnvelope.encode({ messages: messages.map(encodeMessage), counted, acked }),
  );
}

export function decodeAppends(bytes: Uint8Array): Received<AppendFrame> {
  const wire = parse((from) => peer.AppendEnvelope.decode(from), bytes);
  if (wire.welcome) return { kind: 'welcome', welcome: welcomeFrom(wire.welcome) };
  if (wire.piece?.length) return pieceFrom(wire.piece, wire.pieceLast);
  const frame: AppendFrame = {
    messages: (wire.messages ?? []).map(decodeMessage),
    counted: wire.counted ?? false,
    acked: receivedCount('acked', wire.acked),
  };
  return { kind: 'frame', frame };
}

function pieceFrom(piece: Uint8Array, last: boolean | null | undefined): Received<never> {
  return { kind: 'piece', piece: { piece, last: last ?? false } };
}

export function encodeAppendPiece({ piece, last }: PieceFrame): Buffer {
  return finish(peer.AppendEnvelope.encode({ piece, pieceLast: last }));
}

export function encodeCalls({ requests, answers }: CallFrame): Buffer {
  return finish(peer.CallEnvelope.encode({ requests: [...requests], answers: [...answers] }));
}

/** Bodies are views of `bytes`: who keeps one beyond its request copies it. */
export function decodeCalls(bytes: Uint8Array): Received<CallFrame> {
  const wire = parse((from) => peer.CallEnvelope.decode(from), bytes);
  if (wire.welcome) return { kind: 'welcome', welcome: welcomeFrom(wire.welcome) };
  if (wire.piece?.length) return pieceFrom(wire.piece, wire.pieceLast);
  const frame: CallFrame = {
    requests: (wire.requests ?? []).map(({ id, method, body }) => ({
      id: receivedCount('request', id),
      method: receivedCount('method', method),
      body: body ?? NO_BYTES,
    })),
    answers: (wire.answers ?? []).map(({ id, body }) => ({
      id: receivedCount('answer', id),
      body: body ?? NO_BYTES,
    })),
  };
  return { kind: 'frame', frame };
}

export function encodeCallPiece({ piece, last }: PieceFrame): Buffer {
  return finish(peer.CallEnvelope.encode({ piece, pieceLast: last }));
}
