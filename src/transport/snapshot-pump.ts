/** Sends one snapshot that is being fetched: header, chunks one by one, summary. */

import type { ServerDuplexStream } from '@grpc/grpc-js';
import { asBuffer } from '../base/bytes.js';
import { crc32 } from '../base/checksum.js';
import type { Clock, Timer } from '../base/clock.js';
import type { SnapshotHeader } from '../replica/ports.js';
import {
  encodeSnapshotDown,
  type SnapshotTotals,
  type SnapshotUp,
} from '../wire/snapshot-codec.js';
import { SnapshotError } from './errors.js';
import type { TransportLimits } from './limits.js';
import { cut } from './pieces.js';
import type { RateLimiter } from './rate-limiter.js';

export type SnapshotCall = ServerDuplexStream<Buffer, Buffer>;

export interface SnapshotSource {
  readonly header: SnapshotHeader;
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Asked for when the last chunk is acknowledged. */
  readonly summary: () => SnapshotTotals;
}

/** What the receiver has said so far, and who waits for it. */
export class SnapshotReplies {
  private readonly clock: Clock;
  private readonly stallMs: number;
  private acked = 0;
  private installed = false;
  private failure: SnapshotError | null = null;
  private wake: (() => void) | null = null;

  constructor({ clock, limits }: { readonly clock: Clock; readonly limits: TransportLimits }) {
    this.clock = clock;
    this.stallMs = limits.snapshotStallMs;
  }

  take(message: SnapshotUp): void {
    if (message.kind === 'acked') this.acked = message.chunks;
    else if (message.kind === 'installed') this.installed = true;
    else if (message.kind === 'refused') this.fail(new SnapshotError('refused', message.reason));
    else this.break('a second hello');
    this.wake?.();
  }

  /** The stream is gone; what had not been said never will be. */
  break(why: string): void {
    if (!this.installed) this.fail(new SnapshotError('lost', why));
  }

  /** Throws what has ended the stream. */
  check(): void {
    if (this.failure !== null) throw this.failure;
  }

  chunkAcked(chunks: number): Promise<void> {
    return this.until(() => this.acked >= chunks);
  }

  wholeInstalled(): Promise<void> {
    return this.until(() => this.installed);
  }

  private fail(error: SnapshotError): void {
    this.failure ??= error;
    this.wake?.();
  }

  private until(holds: () => boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      let timer: Timer | null = null;
      const look = (): void => {
        if (this.failure === null && !holds()) return;
        timer?.cancel();
        this.wake = null;
        if (this.failure !== null) reject(this.failure);
        else resolve();
      };
      this.wake = look;
      timer = this.clock.after(this.stallMs, () => {
        this.fail(new SnapshotError('lost', 'the receiver has stalled'));
      });
      look();
    });
  }
}

export interface Pump {
  readonly call: SnapshotCall;
  readonly replies: SnapshotReplies;
  readonly source: SnapshotSource;
  readonly limiter: RateLimiter;
  readonly limits: TransportLimits;
}

/** Resolves when installed. Ends the stream in any case; an error of the source aborts it. */
export async function pumpSnapshot(pump: Pump): Promise<void> {
  const { call, replies, source } = pump;
  try {
    call.write(encodeSnapshotDown({ kind: 'header', header: source.header }));
    let chunks = 0;
    for await (const chunk of source.chunks) {
      replies.check();
      await sendChunk(pump, asBuffer(chunk));
      chunks += 1;
      await replies.chunkAcked(chunks);
    }
    replies.check();
    call.write(encodeSnapshotDown({ kind: 'finish', totals: source.summary() }));
    await replies.wholeInstalled();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    call.write(encodeSnapshotDown({ kind: 'abort', reason }));
    throw error;
  } finally {
    call.end();
  }
}

async function sendChunk({ call, limiter, limits }: Pump, chunk: Buffer): Promise<void> {
  const crc = crc32(chunk);
  const pieces = chunk.length === 0 ? [chunk] : cut(chunk, limits.pieceBytes);
  for (const [i, piece] of pieces.entries()) {
    await limiter.take(piece.length);
    const last = i === pieces.length - 1;
    call.write(encodeSnapshotDown({ kind: 'chunk', piece, last, crc: last ? crc : 0 }));
  }
}
