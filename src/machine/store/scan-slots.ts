/**
 * How many pages of scans a node reads at once. A page costs this thread far more than the disk, so
 * more at once make none of them faster: they only hold memory and keep writes waiting. What comes
 * too much waits in order, for as long as its caller does, and beyond the limit it is refused.
 */
import type { Clock } from '../../base/clock.js';
import type { MonoMs } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';

/** Two keep the thread busy while the store reads for one of them; two for slow disks. */
const AT_ONCE = 4;
/** About the pages of a few seconds: who came later would not get one inside his deadline. */
const MAX_WAITING = 1024;

interface Waiting {
  readonly deadline: MonoMs | null;
  readonly enter: () => void;
  readonly refuse: (error: RkvError) => void;
}

export class ScanSlots {
  private readonly clock: Clock;
  private readonly maxWaiting: number;
  private free: number;
  private waiting: Waiting[] = [];
  /** Of `waiting`: those before it have gone. */
  private head = 0;

  constructor(clock: Clock, atOnce = AT_ONCE, maxWaiting = MAX_WAITING) {
    this.clock = clock;
    this.free = atOnce;
    this.maxWaiting = maxWaiting;
  }

  /** Rejects OVERLOADED: too many wait; TIMEOUT: nobody waits for this page any more. */
  async run<T>(deadline: MonoMs | null, page: () => Promise<T>): Promise<T> {
    if (this.free > 0) this.free--;
    else await this.turn(deadline);
    try {
      return await page();
    } finally {
      this.leave();
    }
  }

  private turn(deadline: MonoMs | null): Promise<void> {
    if (this.waiting.length - this.head >= this.maxWaiting) {
      throw new RkvError('OVERLOADED', `${this.maxWaiting} pages of scans wait already`);
    }
    return new Promise((enter, refuse) => this.waiting.push({ deadline, enter, refuse }));
  }

  /** Those that wait are refused: NOT_READY. */
  close(): void {
    const waiting = this.waiting.slice(this.head);
    this.waiting = [];
    this.head = 0;
    for (const { refuse } of waiting) refuse(new RkvError('NOT_READY', 'the node is stopping'));
  }

  private leave(): void {
    for (;;) {
      const next = this.waiting[this.head];
      if (next === undefined) break;
      this.head++;
      if (next.deadline === null || next.deadline > this.clock.monotonic()) {
        this.compact();
        next.enter();
        return;
      }
      next.refuse(new RkvError('TIMEOUT', 'the scan waited until its deadline'));
    }
    this.compact();
    this.free++;
  }

  private compact(): void {
    if (this.head < this.waiting.length && this.head < this.maxWaiting) return;
    this.waiting = this.waiting.slice(this.head);
    this.head = 0;
  }
}
