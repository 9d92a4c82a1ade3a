/**
 * The three streams a peer has dialled here, by one of its attempts: what this node sends to it
 * leaves on them. An envelope larger than a piece is cut.
 */
import { type CallFrame, encodeCallPiece, encodeCalls } from '../wire/call-codec.js';
import {
  type AppendFrame,
  type ControlFrame,
  encodeAppendPiece,
  encodeAppends,
  encodeControl,
  encodeWelcome,
  type HelloFrame,
  type PieceFrame,
} from '../wire/peer-codec.js';
import { STREAM_NAMES, type StreamName } from './channel.js';
import type { TransportLimits } from './limits.js';
import { createOutlet, type OutCall, type Outlet } from './outlet.js';
import { cut } from './pieces.js';

export interface OutgoingEvents {
  /** The stream takes bytes again. */
  drain(name: StreamName): void;
  broken(why: string): void;
}

export class Outgoing {
  /** Number of the peer's attempt, and the process that made it. */
  readonly link: number;
  readonly bootId: string;
  private readonly limits: TransportLimits;
  private readonly on: OutgoingEvents;
  private readonly outlets = new Map<StreamName, Outlet>();

  constructor(hello: HelloFrame, limits: TransportLimits, on: OutgoingEvents) {
    this.link = hello.link;
    this.bootId = hello.bootId;
    this.limits = limits;
    this.on = on;
  }

  get complete(): boolean {
    return this.outlets.size === STREAM_NAMES.length;
  }

  has(name: StreamName): boolean {
    return this.outlets.has(name);
  }

  add(name: StreamName, call: OutCall, own: HelloFrame): void {
    const outlet = createOutlet(call, this.limits.writeAheadBytes, {
      drain: () => this.on.drain(name),
      broken: (why) => this.on.broken(why),
    });
    this.outlets.set(name, outlet);
    outlet.write(encodeWelcome({ kind: 'accepted', hello: own }));
  }

  /** Whether the stream takes bytes; if not, `drain` will say when. */
  open(name: StreamName): boolean {
    return this.outlets.get(name)?.open ?? false;
  }

  control(frame: ControlFrame): void {
    this.outlets.get('control')?.write(encodeControl(frame));
  }

  appends(frame: AppendFrame): void {
    this.write('append', encodeAppends(frame), encodeAppendPiece);
  }

  calls(frame: CallFrame): void {
    this.write('call', encodeCalls(frame), encodeCallPiece);
  }

  end(): void {
    for (const outlet of this.outlets.values()) outlet.end();
  }

  private write(name: StreamName, bytes: Buffer, encode: (piece: PieceFrame) => Buffer): void {
    const outlet = this.outlets.get(name);
    if (outlet === undefined) return;
    if (bytes.length <= this.limits.pieceBytes) {
      outlet.write(bytes);
      return;
    }
    const pieces = cut(bytes, this.limits.pieceBytes);
    for (const [i, piece] of pieces.entries()) {
      outlet.write(encode({ piece, last: i === pieces.length - 1 }));
    }
  }
}
