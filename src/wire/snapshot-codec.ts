/** Messages of a snapshot stream: the receiver's (up) and the sender's (down). */
import type { GroupId, LogIndex, ReplicaId, Term } from '../base/ids.js';
import { groupId, logIndex, replicaId, term } from '../base/ids.js';
import { rkv } from './generated/peer.js';
import {
  finish,
  type HelloFrame,
  helloFrom,
  helloProperties,
  parse,
  type WelcomeFrame,
  welcomeFrom,
  welcomeProperties,
} from './peer-codec.js';
import { received, receivedCount, WireError } from './wire-error.js';

const { peer } = rkv;

export interface SnapshotHead {
  readonly group: GroupId;
  readonly from: ReplicaId;
  readonly to: ReplicaId;
  readonly term: Term;
  readonly index: LogIndex;
  readonly indexTerm: Term;
  readonly formatVersion: number;
  readonly descriptor: Uint8Array;
}

export interface SnapshotTotals {
  readonly chunks: number;
  readonly rows: number;
  readonly digest: number;
  /** Opaque here; a peer of an older build sends none. */
  readonly removals: Uint8Array;
}

export type SnapshotUp =
  | { readonly kind: 'hello'; readonly hello: HelloFrame; readonly offer: number }
  | { readonly kind: 'acked'; readonly chunks: number }
  | { readonly kind: 'installed' }
  | { readonly kind: 'refused'; readonly reason: string };

export type SnapshotDown =
  | { readonly kind: 'welcome'; readonly welcome: WelcomeFrame }
  | { readonly kind: 'header'; readonly header: SnapshotHead }
  /** `crc` covers the whole chunk and counts on its last piece only. */
  | {
      readonly kind: 'chunk';
      readonly piece: Uint8Array;
      readonly last: boolean;
      readonly crc: number;
    }
  | { readonly kind: 'finish'; readonly totals: SnapshotTotals }
  | { readonly kind: 'abort'; readonly reason: string };

export function encodeSnapshotUp(message: SnapshotUp): Buffer {
  switch (message.kind) {
    case 'hello': {
      const { hello, offer } = message;
      return finish(peer.SnapshotUp.encode({ hello: helloProperties(hello), offer }));
    }
    case 'acked':
      return finish(peer.SnapshotUp.encode({ acked: message.chunks }));
    case 'installed':
      return finish(peer.SnapshotUp.encode({ installed: true }));
    case 'refused':
      return finish(peer.SnapshotUp.encode({ refused: message.reason || 'no reason given' }));
  }
}

export function decodeSnapshotUp(bytes: Uint8Array): SnapshotUp {
  const wire = parse((from) => peer.SnapshotUp.decode(from), bytes);
  if (wire.hello) {
    const offer = receivedCount('offer', wire.offer);
    return { kind: 'hello', hello: helloFrom(wire.hello), offer };
  }
  if (wire.refused) return { kind: 'refused', reason: wire.refused };
  if (wire.installed) return { kind: 'installed' };
  const chunks = receivedCount('acked', wire.acked);
  if (chunks === 0) throw new WireError('a snapshot message that says nothing');
  return { kind: 'acked', chunks };
}

function headerProperties(header: SnapshotHead): rkv.peer.SnapshotHeader.$Properties {
  const { descriptor, ...rest } = header;
  return { ...rest, descriptorBytes: descriptor };
}

function headerFrom(wire: rkv.peer.SnapshotHeader.$Properties): SnapshotHead {
  return {
    group: received(groupId, wire.group),
    from: received(replicaId, wire.from),
    to: received(replicaId, wire.to),
    term: received(term, wire.term),
    index: received(logIndex, wire.index),
    indexTerm: received(term, wire.indexTerm),
    formatVersion: receivedCount('format version', wire.formatVersion),
    descriptor: Buffer.from(wire.descriptorBytes ?? []),
  };
}

export function encodeSnapshotDown(message: SnapshotDown): Buffer {
  switch (message.kind) {
    case 'welcome':
      return finish(peer.SnapshotDown.encode({ welcome: welcomeProperties(message.welcome) }));
    case 'header':
      return finish(peer.SnapshotDown.encode({ header: headerProperties(message.header) }));
    case 'chunk': {
      const { piece, last, crc } = message;
      return finish(peer.SnapshotDown.encode({ chunk: { piece, pieceLast: last, crc } }));
    }
    case 'finish':
      return finish(peer.SnapshotDown.encode({ finish: message.totals }));
    case 'abort':
      return finish(peer.SnapshotDown.encode({ abort: message.reason || 'no reason given' }));
  }
}

/** A chunk's piece is a view of `bytes`, which belong to this message alone. */
export function decodeSnapshotDown(bytes: Uint8Array): SnapshotDown {
  const wire = parse((from) => peer.SnapshotDown.decode(from), bytes);
  if (wire.welcome) return { kind: 'welcome', welcome: welcomeFrom(wire.welcome) };
  if (wire.header) return { kind: 'header', header: headerFrom(wire.header) };
  if (wire.chunk) {
    const { piece, pieceLast, crc } = wire.chunk;
    return {
      kind: 'chunk',
      piece: piece ?? Buffer.alloc(0),
      last: pieceLast ?? false,
      crc: crc ?? 0,
    };
  }
  if (wire.finish) {
    const { chunks, rows, digest, removals } = wire.finish;
    const totals = {
      chunks: receivedCount('chunks', chunks),
      rows: receivedCount('rows', rows),
      digest: receivedCount('digest', digest),
      removals: removals ?? Buffer.alloc(0),
    };
    return { kind: 'finish', totals };
  }
  if (wire.abort) return { kind: 'abort', reason: wire.abort };
  throw new WireError('a snapshot message that says nothing');
}
