/**
 * The links of one client, one per node at most: opened when they are wanted, chosen for a request,
 * left alone for a while after they broke.
 */
import type { Prng } from '../base/prng.js';
import { Link, type LinkOwner } from './link.js';
import type { Pending } from './pending.js';
import type { Steering } from './steering.js';

interface Place {
  link: Link | null;
  /** In a row, since it was last ready. */
  failures: number;
  /** Not opened again before this, on the monotonic clock. */
  retryAt: number;
  /** Requests that would have gone here, had it been open. */
  wanted: number;
  reason: string;
}

/** One-shot callers go through the node they have; a connection is made for those who stay. */
const WANTED_BEFORE_OPENING = 8;
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1000;

export class LinkPool {
  readonly #endpoints: readonly string[];
  readonly #steering: Steering;
  readonly #owner: LinkOwner;
  readonly #random: Prng;
  readonly #places = new Map<string, Place>();
  #ready: Link[] = [];
  #turn = 0;

  constructor(endpoints: readonly string[], steering: Steering, owner: LinkOwner, random: Prng) {
    this.#endpoints = endpoints;
    this.#steering = steering;
    this.#owner = owner;
    this.#random = random;
  }

  get anyReady(): boolean {
    return this.#ready.length > 0;
  }

  /** Why the last attempts failed, each reason once. */
  get reasons(): string {
    const reasons = [...this.#places.values()].map((place) => place.reason);
    return [...new Set(reasons)].filter((reason) => reason !== '').join('; ');
  }

  #placeOf(address: string): Place {
    let place = this.#places.get(address);
    if (place === undefined) {
      place = { link: null, failures: 0, retryAt: 0, wanted: 0, reason: '' };
      this.#places.set(address, place);
    }
    return place;
  }

  #candidates(): readonly string[] {
    return [...new Set([...this.#endpoints, ...this.#steering.addresses])];
  }

  /** Every address that is known, those that answer first. */
  get addresses(): readonly string[] {
    const ready = this.#ready.map((link) => link.address);
    return [...new Set([...ready, ...this.#candidates()])];
  }

  open(address: string): Link {
    const place = this.#placeOf(address);
    place.link ??= new Link(address, this.#owner);
    return place.link;
  }

  /** A link that is ready, or will be or break; null: there is none to be had right now. */
  choose(pending: Pending): Link | null {
    const wished = this.#wished(pending);
    if (wished !== null) return wished;
    const ready = this.#anyReady(pending);
    if (ready !== null) return ready;
    const candidates = this.#candidates();
    for (const address of candidates) {
      const { link } = this.#placeOf(address);
      if (link !== null) return link;
    }
    const now = this.#owner.clock.monotonic();
    const open = candidates.find((address) => this.#placeOf(address).retryAt <= now);
    return open === undefined ? null : this.open(open);
  }

  /** The leader's link, if this request wants the leader and has not just been refused there. */
  #wished(pending: Pending): Link | null {
    if (pending.bucket < 0) return null;
    const address = this.#steering.leaderOf(pending.bucket);
    if (address === null || avoidsLeader(pending)) return null;
    const place = this.#placeOf(address);
    if (place.link?.ready) return place.link;
    place.wanted++;
    if (
      place.link === null &&
      place.wanted >= WANTED_BEFORE_OPENING &&
      place.retryAt <= this.#owner.clock.monotonic()
    ) {
      this.open(address);
    }
    return null;
  }

  #anyReady(pending: Pending): Link | null {
    const ready = this.#ready;
    const count = ready.length;
    if (count === 0) return null;
    const leader = avoidsLeader(pending) ? this.#steering.leaderOf(pending.bucket) : null;
    for (let i = 0; i < count; i++) {
      const link = ready[++this.#turn % count] as Link;
      if (count === 1 || link.address !== leader) return link;
    }
    return ready[0] as Link;
  }

  /** When a broken link may be tried again, on the monotonic clock. */
  nextRetryAt(): number {
    let at = Number.POSITIVE_INFINITY;
    for (const address of this.#candidates()) at = Math.min(at, this.#placeOf(address).retryAt);
    return at;
  }

  onReady(link: Link): void {
    const place = this.#placeOf(link.address);
    place.failures = 0;
    place.reason = '';
    this.#ready = [...this.#ready, link];
  }

  onBroken(link: Link, reason: string): void {
    this.#ready = this.#ready.filter((one) => one !== link);
    const place = this.#placeOf(link.address);
    place.link = null;
    place.wanted = 0;
    place.reason = reason;
    const cap = Math.min(FIRST_BACKOFF_MS * 2 ** place.failures, MAX_BACKOFF_MS);
    place.failures++;
    place.retryAt = this.#owner.clock.monotonic() + cap / 2 + this.#random.below(cap / 2);
  }

  closeAll(reason: string): void {
    for (const place of [...this.#places.values()]) place.link?.close(reason);
  }
}

/** Reads that ask for another replica, and every second retry: the hint may be what is wrong. */
function avoidsLeader(pending: Pending): boolean {
  if (pending.attempts % 2 === 1) return true;
  return !pending.isWrite && (pending.read.kind === 'follower' || pending.read.kind === 'stale');
}
