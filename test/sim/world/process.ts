/**
 * One process of a node, from its start to its end: the clock it sees, and the gate through which
 * everything reaches it. A process that is dead gets nothing any more and nothing it does has an
 * effect, as if the power were gone between two of its instructions; one that is stopped gets
 * everything later.
 */
import type { Clock, Timer } from '../../../src/base/clock.js';
import type { EpochMs, MonoMs } from '../../../src/base/ids.js';
import type { Owner, SimEvent, Timeline } from './timeline.js';

/** What the hardware of a node shows its processes; survives them. */
export interface Hands {
  /** Local milliseconds that pass in one of the simulation's. */
  rate: number;
  /** The wall clock minus the simulation's time. */
  wallOffset: number;
}

/** Time between the end of a piece of work and the end of its turn of the event loop. */
const TURN_MS = 0.02;

export class Process implements Owner, Clock {
  readonly id: number;
  readonly boot: number;
  readonly hands: Hands;
  readonly timeline: Timeline;
  alive = true;
  onDeath: (why: string) => void = () => undefined;
  #paused = false;
  #backlog: SimEvent[] = [];
  #turns: (() => void)[] = [];
  #turnAsked = false;
  #monotonic: number;
  #seenAt: number;
  /** Calls of ports until it dies; null: nothing is planned. */
  #fuse: number | null = null;

  constructor(id: number, boot: number, timeline: Timeline, hands: Hands) {
    this.id = id;
    this.boot = boot;
    this.timeline = timeline;
    this.hands = hands;
    this.#seenAt = timeline.now;
    // No two boots, and no two nodes, share an origin.
    this.#monotonic = 10_000 * id + 100 * boot + 1;
  }

  admits(event: SimEvent): boolean {
    if (!this.alive) return false;
    if (!this.#paused) return true;
    this.#backlog.push(event);
    return false;
  }

  /** Runs something of the outside world in this process after `ms`. */
  later(ms: number, kind: string, run: () => void): SimEvent {
    return this.timeline.in(ms, this, kind, run);
  }

  /** Runs something that arrives from outside now; a stopped process gets it when it goes on. */
  receive(kind: string, run: () => void): void {
    if (this.#paused) this.later(0, kind, run);
    else if (this.alive) run();
  }

  monotonic(): MonoMs {
    const { now } = this.timeline;
    this.#monotonic += (now - this.#seenAt) * this.hands.rate;
    this.#seenAt = now;
    return this.#monotonic as MonoMs;
  }

  /** The rate of the clock changes from here on. */
  setRate(rate: number): void {
    this.monotonic();
    this.hands.rate = rate;
  }

  wall(): EpochMs {
    return Math.floor(this.timeline.now + this.hands.wallOffset) as EpochMs;
  }

  after(ms: number, run: () => void): Timer {
    if (!this.alive) return { cancel: () => undefined };
    const event = this.timeline.in(ms / this.hands.rate, this, 'timer', run);
    return {
      cancel: () => {
        event.run = null;
      },
    };
  }

  endOfTurn(run: () => void): void {
    this.#turns.push(run);
    if (this.#turnAsked || !this.alive) return;
    this.#turnAsked = true;
    this.timeline.in(TURN_MS, this, 'turn', () => this.#endTurn());
  }

  #endTurn(): void {
    this.#turnAsked = false;
    const turns = this.#turns;
    this.#turns = [];
    for (const turn of turns) turn();
  }

  get paused(): boolean {
    return this.#paused;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    const backlog = this.#backlog;
    this.#backlog = [];
    // Asked again when it runs: a timer may be cancelled until then.
    for (const event of backlog) this.timeline.in(0, this, event.kind, () => event.run?.());
  }

  /** Dies at the `calls`-th call of a port from here on, between any two of its effects; or not. */
  dieAt(calls: number | null): void {
    this.#fuse = calls;
  }

  /** Every effect asks first; false: the process is dead, nothing happens. */
  acts(): boolean {
    if (!this.alive) return false;
    if (this.#fuse !== null && --this.#fuse <= 0) {
      this.die('crashed in the middle of its work');
      return false;
    }
    return true;
  }

  die(why: string): void {
    if (!this.alive) return;
    this.alive = false;
    this.#backlog = [];
    this.#turns = [];
    this.onDeath(why);
  }
}
