/** Every invariant of the simulator that looks on while nodes run, for a stage of its own. */
import { AcknowledgedIsDurable } from '../invariants/acknowledged-is-durable.js';
import { AtMostOnce } from '../invariants/at-most-once.js';
import { ElectionSafety } from '../invariants/election-safety.js';
import { EqualDigests } from '../invariants/equal-digests.js';
import { LeaderCompleteness } from '../invariants/leader-completeness.js';
import { LogMatching } from '../invariants/log-matching.js';
import { NothingRegresses } from '../invariants/nothing-regresses.js';
import { SlotsOwnedOnce } from '../invariants/slots-owned-once.js';
import { StateMachineSafety } from '../invariants/state-machine-safety.js';
import type { Outcome } from '../load/client.js';
import { LogMirror } from '../node/log-mirror.js';
import type { Watcher } from '../node/observer.js';

export class Judges {
  readonly watchers: readonly Watcher[];
  readonly #acknowledged: AcknowledgedIsDurable;

  /** `onDisk`: whether a node's disk would show these bytes of its log after a power cut now. */
  constructor(onDisk: (node: number, bytes: Uint8Array) => boolean) {
    const mirror = new LogMirror();
    this.#acknowledged = new AcknowledgedIsDurable({ mirror, onDisk });
    this.watchers = [
      // What a start finds is held against the mirror before the mirror takes it over.
      this.#acknowledged,
      mirror,
      new ElectionSafety(),
      new LogMatching(mirror),
      new LeaderCompleteness(mirror),
      new StateMachineSafety(),
      new NothingRegresses(),
      new EqualDigests(),
      new AtMostOnce(),
      new SlotsOwnedOnce(),
    ];
  }

  /** A caller was told that its write is done. */
  onAcknowledged(said: Pick<Outcome, 'result' | 'stamp' | 'client'>): void {
    this.#acknowledged.onOutcome(said);
  }
}
