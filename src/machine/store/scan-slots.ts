/**
 * How many pages of scans a node reads at once. A page costs this thread far more than the disk, so
 * more at once make none of them faster: they only hold memory and keep writes waiting. What comes
 * too much waits in order, for as long as its caller does, and beyond the limit it is refused.
 */
import type { Clock } from '../../base/clock.js';
import type { MonoMs } from '../../base/ids.js';
import { Turnstile, type TurnstileLimits } from '../../base/turnstile.js';
import { RkvError } from '../../kv/errors.js';

/** Two keep the thread busy while the store reads for one of them. */
const PAGES: TurnstileLimits = { atOnce: 2, waiting: 1024 };

export class ScanSlots {
  private readonly turnstile: Turnstile;

  constructor(clock: Clock, limits: TurnstileLimits = PAGES) {
    this.turnstile = new Turnstile(() => clock.monotonic(), limits);
  }

  /**
   * Rejects OVERLOADED: too many wait; TIMEOUT: nobody waits for this page any more; NOT_READY: the
   * store closes.
   */
  run<T>(deadline: MonoMs | null, page: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const enter = (): void => {
        page()
          .then(resolve, reject)
          .finally(() => this.turnstile.leave());
      };
      const refuse = (why: 'late' | 'closed'): void => {
        reject(
          why === 'late'
            ? new RkvError('TIMEOUT', 'the scan waited until its deadline')
            : new RkvError('NOT_READY', 'the node is stopping'),
        );
      };
      if (!this.turnstile.add({ deadline, enter, refuse })) {
        reject(new RkvError('OVERLOADED', 'too many pages of scans wait already'));
      }
    });
  }

  close(): void {
    this.turnstile.close();
  }
}
