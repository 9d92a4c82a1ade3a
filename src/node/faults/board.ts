/**
 * Which faults this node's disk and clock have right now. Exists only in a node that was started
 * with `--inject-faults`; the adapters beside it ask it at every operation, and an order from the
 * launcher changes it.
 */
import type { DiskFault, FaultHits, NodeFaults } from '../../config/child.js';
import { NO_FAULTS } from '../../config/child.js';

/** What becomes of one write or sync. */
export type Verdict = 'go' | 'fail';

export class FaultBoard {
  #faults = NO_FAULTS;
  #diskHits = 0;
  #clockHits = 0;
  /** Operations that hang until the disk has another fault, or none. */
  #held: (() => void)[] = [];

  get faults(): NodeFaults {
    return this.#faults;
  }

  /** So far, all faults together. */
  get hits(): FaultHits {
    return { disk: this.#diskHits, clock: this.#clockHits };
  }

  set(faults: NodeFaults): void {
    this.#faults = faults;
    const held = this.#held;
    this.#held = [];
    for (const go of held) go();
  }

  /** Milliseconds to add to the wall clock. */
  clockOffset(): number {
    const { clockOffsetMs } = this.#faults;
    if (clockOffsetMs !== 0) this.#clockHits += 1;
    return clockOffsetMs;
  }

  /**
   * Calls `run` once, when a write or sync that is asked for now may go to the disk: at once as
   * long as there is no fault.
   */
  beforeDisk(run: (verdict: Verdict) => void): void {
    const { disk } = this.#faults;
    if (disk.kind === 'none') run('go');
    else this.#meet(disk, run);
  }

  #meet(disk: Exclude<DiskFault, { kind: 'none' }>, run: (verdict: Verdict) => void): void {
    this.#diskHits += 1;
    switch (disk.kind) {
      case 'slow':
        setTimeout(run, disk.delayMs, 'go');
        break;
      case 'hang':
        this.#held.push(() => this.beforeDisk(run));
        break;
      case 'error':
        run('fail');
        break;
    }
  }
}
