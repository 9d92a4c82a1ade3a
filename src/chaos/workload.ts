/**
 * The callers of a run: each asks, waits for its answer, tells what came of it, and asks again. An
 * answer that says "refused" was surely not applied; everything else that is no answer is unknown.
 */
import { createPrng } from '../base/prng.js';
import { toRkvError } from '../kv/errors.js';
import type { HistoryOp, HistoryOut } from '../verify/history.js';
import { type NextOperation, OperationSource } from './operations.js';
import type { Caller } from './via.js';

export interface WorkloadSettings {
  readonly callers: readonly Caller[];
  readonly opsPerSecond: number;
  readonly keys: number;
  readonly prefix: string;
  readonly seed: number;
  readonly nowUs: () => number;
  readonly onDone: (op: HistoryOp) => void;
}

/** After a refusal a caller rests, or it would spin while there is no leader. */
const REST_AFTER_REFUSAL_MS = 20;

export class Workload {
  readonly #settings: WorkloadSettings;
  readonly #source: OperationSource;
  #stopped = false;
  #wakes = new Set<() => void>();

  constructor(settings: WorkloadSettings) {
    this.#settings = settings;
    const { seed, prefix, keys } = settings;
    this.#source = new OperationSource(createPrng(seed), prefix, keys);
  }

  get keys(): string[] {
    return this.#source.keys;
  }

  /** Resolves when `stop` was called and every caller has its last answer. */
  async run(): Promise<void> {
    const { callers } = this.#settings;
    await Promise.all(callers.map((caller, index) => this.#run(caller, index)));
  }

  stop(): void {
    this.#stopped = true;
    for (const wake of this.#wakes) wake();
  }

  async #run(caller: Caller, index: number): Promise<void> {
    const { callers, opsPerSecond } = this.#settings;
    const everyMs = (1000 * callers.length) / opsPerSecond;
    let dueAt = performance.now() + (everyMs * index) / callers.length;
    while (!this.#stopped) {
      await this.#sleep(dueAt - performance.now());
      if (this.#stopped) return;
      const refused = await this.#one(index, caller, this.#source.next());
      // What an outage has cost is not made up for.
      dueAt = Math.max(dueAt + everyMs, performance.now());
      if (refused) dueAt += REST_AFTER_REFUSAL_MS;
    }
  }

  #sleep(ms: number): Promise<void> {
    if (ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#wakes.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#wakes.add(wake);
    });
  }

  /** True: refused. */
  async #one(client: number, caller: Caller, next: NextOperation): Promise<boolean> {
    const { nowUs, onDone } = this.#settings;
    const { op, key, args } = next;
    const call = Math.floor(nowUs());
    let result: HistoryOp['result'] = 'ok';
    let out: HistoryOut;
    try {
      out = await caller.ask(next);
      this.#learn(next, out);
    } catch (thrown) {
      const { kind, code } = toRkvError(thrown);
      result = kind === 'refused' || kind === 'usage' || op === 'get' ? 'refused' : 'unknown';
      out = { code };
    }
    onDone({ client, op, key, args, call, return: Math.ceil(nowUs()), result, out });
    return result !== 'ok';
  }

  #learn({ op, key, args }: NextOperation, out: HistoryOut): void {
    if (op === 'get' && typeof out.value === 'string') this.#source.saw(key, out.value);
    if (op === 'set') this.#source.saw(key, args[0]);
    if (op === 'cas' && out.applied === true) this.#source.saw(key, args[1]);
  }
}
