/**
 * Snapshots on their way out. The sender offers a number on the control stream; the receiver dials
 * the snapshot stream on a channel of its own and fetches it. Each chunk waits for the one before
 * to be durable over there, and for its share of the rate.
 */
import type { Timer } from '../base/clock.js';
import type { NodeId } from '../base/ids.js';
import type { HelloFrame } from '../wire/peer-codec.js';
import { decodeSnapshotUp, encodeSnapshotDown, type SnapshotUp } from '../wire/snapshot-codec.js';
import { WireError } from '../wire/wire-error.js';
import { SnapshotError } from './errors.js';
import { createRateLimiter, type RateLimiter } from './rate-limiter.js';
import {
  pumpSnapshot,
  type SnapshotCall,
  SnapshotReplies,
  type SnapshotSource,
} from './snapshot-pump.js';
import type { GrpcTransportOptions } from './types.js';

interface Offer extends SnapshotSource {
  readonly to: NodeId;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
  readonly timer: Timer;
}

export interface OfferHost {
  readonly options: GrpcTransportOptions;
  /** Why the node behind this hello gets nothing, or null. */
  refusal(hello: HelloFrame): string | null;
  welcome(to: NodeId): HelloFrame;
}

export class SnapshotOffers {
  private readonly host: OfferHost;
  private readonly limiter: RateLimiter;
  private readonly waiting = new Map<number, Offer>();
  private readonly running = new Map<SnapshotReplies, NodeId>();
  private last = 0;

  constructor(host: OfferHost) {
    const { limits, clock } = host.options;
    this.host = host;
    this.limiter = createRateLimiter(limits.snapshotBytesPerSecond, clock);
  }

  /**
   * `announce` tells the peer the offer's number. Rejects with a SnapshotError or what `chunks`
   * threw.
   */
  send(to: NodeId, source: SnapshotSource, announce: (offer: number) => void): Promise<void> {
    const { limits, clock } = this.host.options;
    this.last += 1;
    const number = this.last;
    return new Promise((resolve, reject) => {
      const timer = clock.after(2 * limits.handshakeTimeoutMs, () => {
        this.waiting.delete(number);
        reject(new SnapshotError('not-sent', `node ${to} did not fetch the snapshot`));
      });
      this.waiting.set(number, { ...source, to, resolve, reject, timer });
      announce(number);
    });
  }

  /** A peer dials to fetch; its first message says who it is and what it wants. */
  serve(call: SnapshotCall): void {
    const replies = new SnapshotReplies(this.host.options);
    let begun = false;
    call.on('data', (bytes: Buffer) => {
      try {
        const message = decodeSnapshotUp(bytes);
        if (begun) replies.take(message);
        else this.begin(call, message, replies);
        begun = true;
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        replies.break(error.message);
        call.end();
      }
    });
    for (const event of ['cancelled', 'error', 'end']) {
      call.on(event, () => replies.break('the receiver hung up'));
    }
  }

  /** The connection to a node is gone: what it was sent ends. */
  drop(node: NodeId): void {
    for (const [number, offer] of [...this.waiting]) {
      if (offer.to !== node) continue;
      this.waiting.delete(number);
      offer.timer.cancel();
      offer.reject(new SnapshotError('not-sent', `node ${node} went away`));
    }
    for (const [replies, to] of this.running) if (to === node) replies.break('the node went away');
  }

  private begin(call: SnapshotCall, message: SnapshotUp, replies: SnapshotReplies): void {
    if (message.kind !== 'hello') throw new WireError('a snapshot stream without a hello');
    const { hello, offer: number } = message;
    const offer = this.waiting.get(number);
    const known = offer !== undefined && offer.to === hello.node;
    const refused = this.host.refusal(hello) ?? (known ? null : 'no such offer');
    if (refused !== null || offer === undefined) {
      const welcome = { kind: 'refused' as const, reason: refused ?? 'no such offer' };
      call.write(encodeSnapshotDown({ kind: 'welcome', welcome }));
      call.end();
      return;
    }
    this.waiting.delete(number);
    offer.timer.cancel();
    const welcome = { kind: 'accepted' as const, hello: this.host.welcome(hello.node) };
    call.write(encodeSnapshotDown({ kind: 'welcome', welcome }));
    this.running.set(replies, hello.node);
    const { limits } = this.host.options;
    pumpSnapshot({ call, replies, source: offer, limiter: this.limiter, limits })
      .then(offer.resolve, offer.reject)
      .finally(() => this.running.delete(replies));
  }
}
