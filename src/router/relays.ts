/**
 * Ways to a leader that this node cannot hear: when only the link between the two is cut, the
 * leader stays, and another replica's node knows it. Which one is found out by one request at a
 * time; the others wait as they would for an election, and go the same way once one got through.
 */
import type { GroupId, MonoMs, NodeId } from '../base/ids.js';
import type { RouterPorts, ShardPlace } from './ports.js';

/** Elections after a death are mostly over by then. */
const PATIENCE_MS = 300;
/** Between an answer and the next question for one shard. */
const ASK_EVERY_MS = 100;
/** An answer that takes longer is not waited for. */
const ASK_PATIENCE_MS = 500;

interface Search {
  /** Got the last one through; null: still looking. */
  via: NodeId | null;
  askAt: MonoMs;
  turn: number;
}

export class Relays {
  readonly #ports: RouterPorts;
  readonly #searches = new Map<GroupId, Search>();

  constructor(ports: RouterPorts) {
    this.#ports = ports;
  }

  /** The leader is known here: no way around is needed. */
  onLeader(group: GroupId): void {
    if (this.#searches.size > 0) this.#searches.delete(group);
  }

  /** Whom to hand a request of a shard without a known leader; null: wait. */
  next({ group, nodes }: ShardPlace): NodeId | null {
    const { node: self, monotonic, alive } = this.#ports;
    const now = monotonic();
    const search = this.#searches.get(group);
    if (search === undefined) {
      const askAt = (now + PATIENCE_MS) as MonoMs;
      this.#searches.set(group, { via: null, askAt, turn: 0 });
      return null;
    }
    if (search.via !== null) return search.via;
    if (now < search.askAt) return null;
    const others = nodes.filter((node) => node !== self && alive(node));
    const node = others[search.turn % Math.max(1, others.length)];
    if (node === undefined) return null;
    search.turn += 1;
    search.askAt = (now + ASK_PATIENCE_MS) as MonoMs;
    return node;
  }

  /** What came of handing it to `node`. */
  onAnswer(group: GroupId, node: NodeId, gotThrough: boolean): void {
    const search = this.#searches.get(group);
    if (search === undefined) return;
    search.askAt = (this.#ports.monotonic() + ASK_EVERY_MS) as MonoMs;
    if (gotThrough) search.via = node;
    else if (search.via === node) search.via = null;
  }
}
