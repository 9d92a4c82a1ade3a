/**
 * Commands to the meta group from any node: here if this node leads it, else to the node that does;
 * asked again until somebody has answered or the time is up.
 */
import type { Clock } from '../base/clock.js';
import { META_GROUP, type MonoMs, type NodeId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import { RkvError } from '../kv/errors.js';
import { decodeMetaReply, encodeMetaCommand } from '../meta/codec.js';
import type { MetaCommand, MetaReply } from '../meta/commands.js';
import type { PeerCalls } from './peer-calls.js';

const RETRY_MS = 50;

export class MetaClient {
  readonly #node: NodeId;
  readonly #clock: Clock;
  readonly #host: Host;
  readonly #calls: PeerCalls;

  constructor(node: NodeId, clock: Clock, host: Host, calls: PeerCalls) {
    this.#node = node;
    this.#clock = clock;
    this.#host = host;
    this.#calls = calls;
  }

  /** Proposes on this node; null when it does not lead (or leads no more). */
  here(command: Uint8Array, timeoutMs: number, done: (reply: Uint8Array | null) => void): void {
    const replica = this.#host.replicas.get(META_GROUP);
    if (replica === undefined || !replica.leads) {
      done(null);
      return;
    }
    const deadline = (this.#clock.monotonic() + timeoutMs) as MonoMs;
    replica.proposeMeta({
      command,
      deadline,
      done: (answer) => done(answer.kind === 'reply' ? answer.reply : null),
    });
  }

  /** All meta commands may be repeated safely: each says what shall be, not what to add. */
  async propose(command: MetaCommand, timeoutMs: number): Promise<MetaReply> {
    const bytes = encodeMetaCommand(command);
    const deadline = this.#clock.monotonic() + timeoutMs;
    for (;;) {
      const reply = await this.#ask(bytes, timeoutMs);
      if (reply !== null) return decodeMetaReply(reply);
      if (this.#clock.monotonic() + RETRY_MS >= deadline) {
        throw new RkvError('NO_LEADER', 'the meta group has no leader', { shard: META_GROUP });
      }
      await new Promise<void>((resolve) => void this.#clock.after(RETRY_MS, resolve));
    }
  }

  #ask(bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array | null> {
    const leader = this.#host.leaders.of(META_GROUP);
    if (leader === null) return Promise.resolve(null);
    if (leader !== this.#node) return this.#calls.meta(leader, bytes);
    return new Promise((resolve) => this.here(bytes, timeoutMs, resolve));
  }
}
