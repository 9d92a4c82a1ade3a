/**
 * Runs the plan: each fault at its time, several at once where the plan has them overlap. Ends when
 * the plan is through or `stop` is called, and every fault is over by then.
 */
import { type RkvError, toRkvError } from '../kv/errors.js';
import type { Fault, FaultOutcome } from '../launcher/fault-types.js';
import { describeFault, faultOf, nodesOf, type Scene, takesOut, victimOf } from './aim.js';
import type { PlannedFault } from './schedule.js';
import type { DoneFault } from './types.js';

/** A fault for a node that is down waits so long for it. */
const PATIENCE_MS = 500;

export interface InjectorSettings {
  readonly nodes: readonly number[];
  readonly leaders: () => readonly number[];
  /** Resolves when the fault is over. */
  readonly inject: (fault: Fault) => Promise<FaultOutcome>;
  /** Ends all faults. */
  readonly heal: () => Promise<unknown>;
  readonly nowUs: () => number;
  readonly onDone: (done: DoneFault) => void;
  readonly say: (sentence: string) => void;
}

export class Injector {
  readonly #settings: InjectorSettings;
  readonly #running = new Set<Promise<void>>();
  /** Nodes that are out, with the number of faults that keep them out. */
  readonly #out = new Map<number, number>();
  /** Killed nodes, until they are back: nothing can be done to them meanwhile. */
  readonly #dead = new Map<number, Promise<unknown>>();
  #stopped = false;
  #wake: () => void = () => undefined;
  #failure: RkvError | null = null;

  constructor(settings: InjectorSettings) {
    this.#settings = settings;
  }

  /** Rejects when the supervisor cannot do a fault, or is gone. */
  async run(plan: readonly PlannedFault[]): Promise<void> {
    const begin = performance.now();
    for (const planned of plan) {
      await this.#sleep(begin + planned.atMs - performance.now());
      if (this.#stopped) break;
      const work = this.#one(planned).finally(() => this.#running.delete(work));
      this.#running.add(work);
    }
    await Promise.all(this.#running);
    if (this.#failure !== null) throw this.#failure;
  }

  /** Begins no more faults, and ends those that are there. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await this.#settings.heal();
    await Promise.all(this.#running);
  }

  #sleep(ms: number): Promise<void> {
    if (ms <= 0 || this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  async #one(planned: PlannedFault): Promise<void> {
    const { nodes, inject, nowUs, onDone, say } = this.#settings;
    const victim = await this.#claim(planned);
    if (victim === null) return;
    const fault = faultOf(planned, victim, nodes);
    const callUs = nowUs();
    const what = describeFault(fault);
    say(what);
    const outcome = inject(fault);
    if (fault.kind === 'kill') this.#bury(fault.node, outcome);
    try {
      const { hits } = await outcome;
      onDone({ fault, what, nodes: nodesOf(fault), callUs, returnUs: nowUs(), hits });
    } catch (thrown) {
      this.#failure ??= toRkvError(thrown);
      this.#stopped = true;
      this.#wake();
    } finally {
      if (takesOut(planned)) this.#count(victim, -1);
    }
  }

  /**
   * Whom it meets, counted as out from this very moment. Null: the plan has ended, or the node is
   * down and takes too long to come back; what waited for it would come all at once.
   */
  async #claim(planned: PlannedFault): Promise<number | null> {
    const { nodes, leaders } = this.#settings;
    const until = performance.now() + PATIENCE_MS;
    while (!this.#stopped) {
      const scene: Scene = { nodes, leaders: leaders(), out: new Set(this.#out.keys()) };
      const victim = victimOf(planned, scene);
      const back = this.#dead.get(victim);
      if (back === undefined) {
        if (takesOut(planned)) this.#count(victim, 1);
        return victim;
      }
      const left = until - performance.now();
      if (left <= 0) return null;
      await Promise.race([back, new Promise((resolve) => setTimeout(resolve, left))]);
    }
    return null;
  }

  #bury(node: number, outcome: Promise<unknown>): void {
    const back = outcome
      .catch(() => undefined)
      .finally(() => {
        if (this.#dead.get(node) === back) this.#dead.delete(node);
      });
    this.#dead.set(node, back);
  }

  #count(node: number, by: number): void {
    const count = (this.#out.get(node) ?? 0) + by;
    if (count === 0) this.#out.delete(node);
    else this.#out.set(node, count);
  }
}
