/**
 * The cluster clock of one node: its monotonic clock plus an offset that is slewed towards the
 * median of the live nodes' wall clocks, never back (DESIGN section 6, "Time"). One wrong clock
 * among three moves nothing.
 */
import type { Clock } from '../base/clock.js';
import type { EpochMs, MonoMs, NodeId } from '../base/ids.js';

/** At most this share of the time that passed is added or held back. */
const SLEW = 0.1;
/** A lead of the median above this is stepped, forward only. */
const STEP_MS = 10_000;
/** A clock not heard of for so long says nothing any more. */
const STALE_MS = 3_000;

interface Heard {
  /** The peer's wall clock minus our monotonic clock when it came. */
  readonly offset: number;
  readonly at: MonoMs;
}

export class ClusterClock {
  readonly #clock: Clock;
  readonly #heard = new Map<NodeId, Heard>();
  #offset: number;
  #adjustedAt: MonoMs;
  #last = 0;
  #trusted = false;

  /**
   * Goes on from `appliedTime`, the newest time in the state machine, until enough clocks are
   * heard.
   */
  constructor(clock: Clock, appliedTime: EpochMs) {
    this.#clock = clock;
    this.#adjustedAt = clock.monotonic();
    this.#offset = appliedTime - this.#adjustedAt;
    this.#last = appliedTime;
  }

  /** False: too few clocks were heard since the start; nothing may be stamped yet. */
  get trusted(): boolean {
    return this.#trusted;
  }

  now(): EpochMs {
    const now = Math.floor(this.#clock.monotonic() + this.#offset);
    if (now > this.#last) this.#last = now;
    return this.#last as EpochMs;
  }

  /** An entry applied here carried this time: the clock is never behind it. */
  atLeast(time: EpochMs): void {
    if (time > this.#last) this.#last = time;
  }

  onBeat(node: NodeId, wallMs: number): void {
    const at = this.#clock.monotonic();
    this.#heard.set(node, { offset: wallMs - at, at });
  }

  /** Whoever is gone has no say: a wrong clock of its would side with the next that goes wrong. */
  onPeerDown(node: NodeId): void {
    this.#heard.delete(node);
  }

  /** Once per heartbeat: towards the median of all live clocks of a cluster of `nodes`. */
  adjust(nodes: number): void {
    const now = this.#clock.monotonic();
    const elapsed = Math.max(0, now - this.#adjustedAt);
    this.#adjustedAt = now;
    const offsets = [this.#clock.wall() - now];
    for (const heard of this.#heard.values()) {
      if (now - heard.at <= STALE_MS) offsets.push(heard.offset);
    }
    // Of fewer the median is nobody's: one wrong clock that is cut off would follow itself.
    if (offsets.length * 2 <= nodes) return;
    const first = !this.#trusted;
    this.#trusted = true;
    offsets.sort((a, b) => a - b);
    // Of an even number the lower middle: a clock that runs ahead alone does not pull.
    const median = offsets[Math.floor((offsets.length - 1) / 2)] as number;
    const lead = median - this.#offset;
    // Before its first median this node stamped nothing that a step could make expire early.
    if (lead > STEP_MS || (first && lead > 0)) this.#offset = median;
    else this.#offset += Math.max(-SLEW * elapsed, Math.min(SLEW * elapsed, lead));
  }
}
