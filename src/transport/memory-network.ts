/**
 * The twin of the gRPC transport for tests: nodes of one process, the same lanes and codecs,
 * streams that are arrays. Deliveries run at the end of a turn, in order per stream; tests can cut
 * pairs apart, lose messages in silence, hold deliveries back and hand them on one by one.
 */
import type { Clock } from '../base/clock.js';
import type { NodeId } from '../base/ids.js';
import type { PeerMessage, Transport, TransportHandler } from '../replica/ports.js';
import type { CallDone } from './call-lane.js';
import type { TransportLimits } from './limits.js';
import { MemoryNode } from './memory-node.js';

export interface MemoryNodeOptions {
  readonly self: NodeId;
  readonly bootId: string;
  readonly handler: TransportHandler;
  readonly limits: TransportLimits;
  readonly clock: Clock;
}

export interface MemoryTransport extends Transport {
  request(to: NodeId, method: number, body: Uint8Array, timeoutMs: number, done: CallDone): void;
}

/** Loses a message (true) on its way; applications see what a lossy network does. */
export type LossRule = (from: NodeId, to: NodeId, message: PeerMessage) => boolean;

type Delivery = () => void;

export class MemoryNetwork {
  /** Set: deliveries wait until `deliverOne` or `deliverAll`. */
  held = false;
  /** Null: nothing is lost. */
  loses: LossRule | null = null;
  private readonly nodes = new Map<NodeId, MemoryNode>();
  private readonly cuts = new Set<string>();
  private queue: Delivery[] = [];
  private running = false;

  /** Starts a process of node `self`; an earlier one must have been closed. */
  open(options: MemoryNodeOptions): MemoryTransport {
    if (this.nodes.has(options.self)) throw new Error(`node ${options.self} is open already`);
    const node = new MemoryNode(this, options);
    this.nodes.set(options.self, node);
    return node;
  }

  /** Breaks the connection of two nodes; both are told at once, as when a process dies. */
  cut(a: NodeId, b: NodeId): void {
    this.cuts.add(pairOf(a, b));
    this.nodes.get(a)?.lose(b, 'cut');
    this.nodes.get(b)?.lose(a, 'cut');
  }

  heal(a: NodeId, b: NodeId): void {
    this.cuts.delete(pairOf(a, b));
    const node = this.nodes.get(a);
    if (node !== undefined) this.meet(node, b);
  }

  /** How many deliveries wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Hands on the oldest, or the one at `index`; false when none waits. */
  deliverOne(index = 0): boolean {
    const [next] = this.queue.splice(index, 1);
    next?.();
    return next !== undefined;
  }

  /** Hands on what waits now; what that causes waits for the next call or the end of the turn. */
  deliverAll(): void {
    const queue = this.queue;
    this.queue = [];
    for (const delivery of queue) delivery();
  }

  // What nodes ask for.

  find(node: NodeId): MemoryNode | undefined {
    return this.nodes.get(node);
  }

  remove(node: MemoryNode): void {
    if (this.nodes.get(node.self) !== node) return;
    this.nodes.delete(node.self);
    for (const other of this.nodes.values()) other.lose(node.self, 'closed');
  }

  /** Connects two nodes when both are there, one of them knows the other and nothing is cut. */
  meet(node: MemoryNode, to: NodeId): void {
    this.carry(node.clock, () => {
      const other = this.nodes.get(to);
      if (other === undefined || this.nodes.get(node.self) !== node) return;
      if (this.cuts.has(pairOf(node.self, to)) || node.connected(to)) return;
      if (!node.knows(to) && !other.knows(node.self)) return;
      const link = { ends: [node, other] } as const;
      node.connect(link);
      other.connect(link);
    });
  }

  /** Tells a newcomer's acquaintances, who keep dialling, that it is there. */
  announce(newcomer: MemoryNode): void {
    for (const node of this.nodes.values()) {
      if (node !== newcomer && node.knows(newcomer.self)) this.meet(node, newcomer.self);
    }
  }

  carry(clock: Clock, delivery: Delivery): void {
    this.queue.push(delivery);
    if (this.running || this.held) return;
    this.running = true;
    clock.endOfTurn(() => {
      this.running = false;
      if (!this.held) this.deliverAll();
    });
  }
}

const pairOf = (a: NodeId, b: NodeId): string => (a < b ? `${a}-${b}` : `${b}-${a}`);

export const createMemoryNetwork = (): MemoryNetwork => new MemoryNetwork();
