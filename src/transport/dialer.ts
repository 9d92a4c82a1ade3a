/**
 * Keeps one attempt to dial a peer going: where, when again, and what was said last. Attempts are
 * quick at first, so that a cluster starts quickly, and far apart after a refusal.
 */
import type { Timer } from '../base/clock.js';
import type { MonoMs } from '../base/ids.js';
import type { HelloFrame } from '../wire/peer-codec.js';
import { type Backoff, createBackoff } from './backoff.js';
import { Dial, type DialEvents } from './dial.js';
import type { GrpcTransportOptions } from './types.js';

/** An attempt without an answer for so long goes nowhere: the peer that shows up is elsewhere. */
const PATIENCE_MS = 1000;

export interface DialerEvents extends Omit<DialEvents, 'welcomed' | 'broken'> {
  /** As in DialEvents; `attempt` is the dial it came on. */
  welcomed(hello: HelloFrame, attempt: Dial): string | null;
  broken(why: string): void;
  /** The hello of a new attempt. */
  hello(): HelloFrame;
  refused(reason: string): void;
}

type Options = Pick<GrpcTransportOptions, 'limits' | 'clock' | 'random'>;

export class Dialer {
  private readonly options: Options;
  private readonly on: DialerEvents;
  private readonly backoff: Backoff;
  private configured: string | null = null;
  /** Where the peer says it is; tried in turn with the configured address, which goes first. */
  private learned: string | null = null;
  private attempts = 0;
  private startedAt: MonoMs;
  private timer: Timer | null = null;
  private closed = false;
  /** The attempt under way or the connection it became. */
  current: Dial | null = null;

  constructor(options: Options, on: DialerEvents) {
    const { backoffMinMs, backoffMaxMs } = options.limits;
    this.options = options;
    this.on = on;
    this.backoff = createBackoff(backoffMinMs, backoffMaxMs, options.random);
    this.startedAt = options.clock.monotonic();
  }

  get isConfigured(): boolean {
    return this.configured !== null;
  }

  /** True when this changes where to dial. */
  configure(address: string | null): boolean {
    if (address === this.configured) return false;
    this.configured = address;
    if (address !== null) this.learned = null;
    return true;
  }

  learn(address: string): void {
    if (address !== '' && address !== this.configured) this.learned = address;
  }

  /** Dials now, quick attempts to follow, unless one is connected or under way. */
  hurry(): void {
    const underWay = this.options.clock.monotonic() - this.startedAt < PATIENCE_MS;
    if (this.current !== null && (this.current.isWelcome || underWay)) return;
    this.restart();
  }

  /** Gives up what there is and dials anew. */
  restart(): void {
    this.drop();
    this.backoff.reset();
    this.attempts = 0;
    this.dial();
  }

  /** Hangs up and dials again when the backoff is over. */
  again(): void {
    this.drop();
    this.later(this.backoff.next());
  }

  /** The connection is up: the next loss is answered quickly. */
  settled(): void {
    this.backoff.reset();
    this.attempts = 0;
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private drop(): void {
    this.timer?.cancel();
    this.timer = null;
    this.current?.close();
    this.current = null;
  }

  private later(ms: number): void {
    if (this.closed) return;
    this.timer?.cancel();
    this.timer = this.options.clock.after(ms, () => this.dial());
  }

  private nextAddress(): string | null {
    const known = [this.configured, this.learned].filter((address) => address !== null);
    const address = known[this.attempts % Math.max(1, known.length)] ?? null;
    this.attempts += 1;
    return address;
  }

  private dial(): void {
    this.timer = null;
    const address = this.nextAddress();
    if (this.closed || address === null) return;
    const { limits, clock } = this.options;
    this.startedAt = clock.monotonic();
    const attempt: Dial = new Dial(
      { address, hello: this.on.hello(), limits, clock },
      {
        ...this.on,
        welcomed: (hello) => this.on.welcomed(hello, attempt),
        broken: (why, refused) => this.broken(attempt, why, refused),
      },
    );
    this.current = attempt;
  }

  private broken(attempt: Dial, why: string, refused: boolean): void {
    if (this.current !== attempt) return;
    this.current = null;
    const { limits, random } = this.options;
    if (refused && why !== 'old-link') {
      this.on.refused(why);
      this.later(limits.refusedBackoffMs / 2 + random.below(limits.refusedBackoffMs));
    } else {
      this.later(this.backoff.next());
    }
    this.on.broken(why);
  }
}
