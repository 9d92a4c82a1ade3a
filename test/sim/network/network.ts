/**
 * The wires between simulated nodes. A connection carries envelopes in order, per stream, as TCP
 * does: a wire that is cut holds them back, and one that stays cut for longer than the keepalive
 * breaks the connection. Beside that a wire may lose, double or reorder single messages inside the
 * envelopes, which is worse than any TCP connection and what Raft has to stand.
 */
import type { NodeId } from '../../../src/base/ids.js';
import type { Coverage } from '../coverage.js';
import type { Chance } from '../world/chance.js';
import type { Timeline } from '../world/timeline.js';
import type { SimTransport } from './transport.js';

/** One direction between two nodes. */
export interface Wire {
  cut: boolean;
  /** Milliseconds on the way, at least and at most. */
  fastMs: number;
  slowMs: number;
  /** Messages in a thousand. */
  loss: number;
  doubling: number;
  reordering: number;
}

/** A wire with nothing wrong. */
export const CALM: Readonly<Wire> = {
  cut: false,
  fastMs: 0.2,
  slowMs: 1,
  loss: 0,
  doubling: 0,
  reordering: 0,
};

export type StreamKind = 'control' | 'append' | 'call' | 'snapshot' | 'client';

const KEEPALIVE_MS = { least: 3_000, most: 6_000 } as const;

interface Held {
  readonly deliver: () => void;
}

interface WireState {
  readonly wire: Wire;
  /** When the last envelope of each stream arrives. */
  readonly arrivals: Map<StreamKind, number>;
  held: Held[];
  /** Counts the cuts, so that a keepalive speaks of its own one only. */
  cuts: number;
}

export class Network {
  readonly timeline: Timeline;
  readonly coverage: Coverage;
  readonly chance: Chance;
  /** Told of each step of a snapshot at its receiver; a fault waits for it. */
  onSnapshotStep: ((sender: NodeId, receiver: NodeId) => void) | null = null;
  readonly #wires = new Map<number, WireState>();
  readonly #open = new Map<NodeId, SimTransport>();

  constructor(timeline: Timeline, chance: Chance, coverage: Coverage) {
    this.timeline = timeline;
    this.chance = chance;
    this.coverage = coverage;
  }

  wire(from: number, to: number): Wire {
    return this.#state(from, to).wire;
  }

  #state(from: number, to: number): WireState {
    const key = from * 1000 + to;
    let state = this.#wires.get(key);
    if (state === undefined) {
      state = { wire: { ...CALM }, arrivals: new Map(), held: [], cuts: 0 };
      this.#wires.set(key, state);
    }
    return state;
  }

  /** From here on nothing arrives in this direction. */
  cut(from: NodeId, to: NodeId): void {
    const state = this.#state(from, to);
    if (state.wire.cut) return;
    state.wire.cut = true;
    const mine = ++state.cuts;
    const keepalive = this.chance.between(KEEPALIVE_MS.least, KEEPALIVE_MS.most);
    this.timeline.in(keepalive, null, 'keepalive', () => {
      if (!state.wire.cut || state.cuts !== mine) return;
      this.coverage.hit('network: a keepalive ends a connection');
      this.break(from, to, 'keepalive');
    });
  }

  mend(from: NodeId, to: NodeId): void {
    const state = this.#state(from, to);
    if (!state.wire.cut) return;
    state.wire.cut = false;
    const { held } = state;
    state.held = [];
    // In order: what was sent later may not overtake what was held.
    for (const { deliver } of held) this.timeline.in(0.01, null, 'mended', deliver);
  }

  /** Ends the connection of two nodes; each hears of it for itself. */
  break(a: NodeId, b: NodeId, why: string, withinMs = 50): void {
    for (const [one, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const transport = this.#open.get(one);
      if (transport === undefined) continue;
      transport.process.later(this.chance.between(0, withinMs), 'broken', () => {
        transport.lose(other, why);
      });
    }
  }

  latency(from: number, to: number): number {
    const { fastMs, slowMs } = this.#state(from, to).wire;
    return this.chance.between(fastMs, slowMs);
  }

  /** Brings an envelope over: in order on its stream, held back while the wire is cut. */
  carry(from: number, to: number, stream: StreamKind, deliver: () => void): void {
    const state = this.#state(from, to);
    const arrival = Math.max(
      this.timeline.now + this.latency(from, to),
      state.arrivals.get(stream) ?? 0,
    );
    state.arrivals.set(stream, arrival);
    this.timeline.at(arrival, null, stream, () => {
      if (state.wire.cut || state.held.length > 0) {
        this.coverage.hit('network: an envelope waits at a cut wire');
        state.held.push({ deliver });
      } else deliver();
    });
  }

  /** Both directions let something through. */
  passes(a: number, b: number): boolean {
    return !this.wire(a, b).cut && !this.wire(b, a).cut;
  }

  // What transports ask for.

  find(node: NodeId): SimTransport | undefined {
    return this.#open.get(node);
  }

  add(transport: SimTransport): void {
    this.#open.set(transport.self, transport);
  }

  /** `told`: the kernel closes its connections, peers hear of it at once. */
  remove(transport: SimTransport, told: boolean): void {
    if (this.#open.get(transport.self) !== transport) return;
    this.#open.delete(transport.self);
    for (const other of this.#open.values()) {
      const { self, process } = other;
      const link = other.linkTo(transport.self);
      if (link === null) continue;
      const gone = (): void => {
        if (other.linkTo(transport.self) === link) other.lose(transport.self, 'gone');
      };
      const silent = this.chance.between(KEEPALIVE_MS.least, KEEPALIVE_MS.most);
      const heard = told && !this.wire(transport.self, self).cut;
      process.later(heard ? this.latency(transport.self, self) : silent, 'gone', gone);
    }
  }
}
