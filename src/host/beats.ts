/**
 * Proof of life between nodes: one small beat per peer and heartbeat, with the sender's clock and
 * what it leads. Idle groups rest on it: when a node falls silent, every group it led is woken
 * (DESIGN section 4, "quiescing").
 */
import type { Timer } from '../base/clock.js';
import type { MonoMs, NodeId } from '../base/ids.js';
import type { NodeBeat } from '../replica/ports.js';
import type { Host } from './host.js';
import type { HostParts } from './types.js';

/** What a node leads is told again every so many beats, in case one was lost. */
const REPEAT_BEATS = 10;

/** Beats in an election timeout while every group rests. */
const REST_BEATS = 4;

export class Beats {
  readonly #host: Host;
  readonly #parts: HostParts;
  readonly #heard = new Map<NodeId, MonoMs>();
  readonly #unfit = new Set<NodeId>();
  #peers: readonly NodeId[] = [];
  #timer: Timer | null = null;
  #count = 0;
  #leadsChanged = true;

  constructor(host: Host, parts: HostParts) {
    this.#host = host;
    this.#parts = parts;
  }

  start(): void {
    this.#host.clusterClock.adjust(this.#peers.length + 1);
    this.#arm();
  }

  #arm(): void {
    const { heartbeatMs, electionMs } = this.#parts.limits;
    // Where nobody works, nobody waits for a fast election: four beats to a timeout are enough.
    const ms = this.#host.resting ? Math.max(heartbeatMs, electionMs / REST_BEATS) : heartbeatMs;
    this.#timer = this.#parts.clock.after(ms, () => this.#onTimer());
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  setPeers(peers: readonly NodeId[]): void {
    this.#peers = peers;
    this.#leadsChanged = true;
  }

  onLeadsChanged(): void {
    if (this.#leadsChanged) return;
    this.#leadsChanged = true;
    this.#parts.clock.endOfTurn(() => this.#send());
  }

  /** Whether the node was heard of within an election timeout (or is this one). */
  alive(node: NodeId): boolean {
    if (node === this.#host.node) return true;
    const heard = this.#heard.get(node);
    if (heard === undefined) return false;
    return this.#parts.clock.monotonic() - heard <= this.#parts.limits.electionMs;
  }

  /** Whether the node lives and may be given leadership. */
  takesLead(node: NodeId): boolean {
    if (node === this.#host.node) return this.#fit;
    return this.alive(node) && !this.#unfit.has(node);
  }

  /** Whom this node does not hear cannot elect it, and would be disturbed by its campaign. */
  get #fit(): boolean {
    const heard = this.#peers.filter((peer) => this.alive(peer)).length + 1;
    return this.#host.duties.fit && 2 * heard > this.#peers.length + 1;
  }

  onPeerUp(_peer: NodeId): void {
    this.onLeadsChanged();
  }

  onPeerDown(peer: NodeId): void {
    this.#heard.delete(peer);
    this.#host.clusterClock.onPeerDown(peer);
  }

  onBeat(from: NodeId, beat: NodeBeat): void {
    this.#heard.set(from, this.#parts.clock.monotonic());
    if (beat.unfit) this.#unfit.add(from);
    else this.#unfit.delete(from);
    const { clusterClock } = this.#host;
    clusterClock.onBeat(from, beat.wallMs);
    if (!clusterClock.trusted) {
      clusterClock.adjust(this.#peers.length + 1);
      // What waited for the time of day goes on.
      if (clusterClock.trusted) this.#host.onDrained();
    }
    for (const led of beat.leads ?? []) this.#host.leaders.learn(led.group, from, led.term);
  }

  #onTimer(): void {
    if (this.#timer === null) return;
    this.#host.clusterClock.adjust(this.#peers.length + 1);
    this.#loseSilent();
    this.#send();
    this.#arm();
  }

  #loseSilent(): void {
    const now = this.#parts.clock.monotonic();
    for (const [node, at] of this.#heard) {
      if (now - at <= this.#parts.limits.electionMs) continue;
      this.#heard.delete(node);
      for (const [group, replica] of this.#host.replicas) {
        if (this.#host.leaders.of(group) !== node) continue;
        replica.core.wake();
        this.#host.wake(group);
      }
      this.#host.leaders.lose(node);
    }
  }

  #send(): void {
    if (this.#timer === null) return;
    const tellsLeads = this.#leadsChanged || this.#count % REPEAT_BEATS === 0;
    this.#count++;
    this.#leadsChanged = false;
    const beat: NodeBeat = {
      node: this.#host.node,
      wallMs: this.#parts.clock.wall(),
      clusterMs: this.#host.clusterClock.now(),
      leads: tellsLeads ? this.#leads() : null,
      ...(this.#fit ? {} : { unfit: true as const }),
    };
    for (const peer of this.#peers) this.#parts.transport.beat(peer, beat);
    this.#parts.transport.flush();
  }

  #leads(): NodeBeat['leads'] {
    const led = [];
    for (const [group, replica] of this.#host.replicas) {
      if (replica.leads) led.push({ group, term: replica.view().term, replica: replica.self });
    }
    return led;
  }
}
