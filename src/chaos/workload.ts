/**
 * The callers of a run: each asks, waits for its answer, tells what came of it, and asks again. An
 * answer that says "refused" was surely not applied; everything else that is no answer is unknown.
 */
import { createPrng } from '../base/prng.js';
import type { Client } from '../client/client.js';
import { toRkvError } from '../kv/errors.js';
import type { HistoryOp, HistoryOut } from '../verify/history.js';
import { type NextOperation, OperationSource } from './operations.js';

export interface WorkloadSettings {
  /** Callers are spread over them. */
  readonly connections: readonly Client[];
  readonly clients: number;
  readonly opsPerSecond: number;
  readonly keys: number;
  readonly prefix: string;
  readonly seed: number;
  readonly timeoutMs: number;
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
    const { clients } = this.#settings;
    await Promise.all(Array.from({ length: clients }, (_, index) => this.#caller(index)));
  }

  stop(): void {
    this.#stopped = true;
    for (const wake of this.#wakes) wake();
  }

  async #caller(index: number): Promise<void> {
    const { clients, opsPerSecond, connections } = this.#settings;
    const client = connections[index % connections.length] as Client;
    const everyMs = (1000 * clients) / opsPerSecond;
    let dueAt = performance.now() + (everyMs * index) / clients;
    while (!this.#stopped) {
      await this.#sleep(dueAt - performance.now());
      if (this.#stopped) return;
      const refused = await this.#one(index, client, this.#source.next());
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
  async #one(caller: number, client: Client, next: NextOperation): Promise<boolean> {
    const { nowUs, onDone, timeoutMs } = this.#settings;
    const { op, key, args } = next;
    const call = Math.floor(nowUs());
    let result: HistoryOp['result'] = 'ok';
    let out: HistoryOut;
    try {
      out = await execute(client, next, timeoutMs);
      this.#learn(next, out);
    } catch (thrown) {
      const { kind, code } = toRkvError(thrown);
      result = kind === 'refused' || kind === 'usage' || op === 'get' ? 'refused' : 'unknown';
      out = { code };
    }
    onDone({ client: caller, op, key, args, call, return: Math.ceil(nowUs()), result, out });
    return result !== 'ok';
  }

  #learn({ op, key, args }: NextOperation, out: HistoryOut): void {
    if (op === 'get' && typeof out.value === 'string') this.#source.saw(key, out.value);
    if (op === 'set') this.#source.saw(key, args[0]);
    if (op === 'cas' && out.applied === true) this.#source.saw(key, args[1]);
  }
}

async function execute(
  client: Client,
  next: NextOperation,
  timeoutMs: number,
): Promise<HistoryOut> {
  const { key } = next;
  const options = { timeoutMs };
  switch (next.op) {
    case 'get': {
      const read = next.follower ? ({ kind: 'follower' } as const) : undefined;
      const item = await client.get(key, { timeoutMs, ...(read === undefined ? {} : { read }) });
      return { value: item === null ? null : item.value.toString('latin1') };
    }
    case 'set':
      return { applied: (await client.set(key, next.args[0], options)).applied };
    case 'cas':
      return { applied: (await client.cas(key, next.args[0], next.args[1], options)).applied };
    case 'append':
      return { length: await client.append(key, next.args[0], options) };
    case 'incr':
      return { value: (await client.incr(key, BigInt(next.args[0]), options)).toString() };
    case 'del':
      return { applied: await client.del(key, options) };
  }
}
