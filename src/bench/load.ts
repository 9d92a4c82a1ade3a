/**
 * The load generator: callers that keep a number of requests on the way (closed loop), or requests
 * at a fixed rate whose latency counts from when they should have been sent (open loop), so that a
 * stall is paid by every request that had to wait for it.
 */
import { createPrng } from '../base/prng.js';
import { codeOf } from '../kv/catalog/catalog.js';
import { RkvError } from '../kv/errors.js';
import type { Reply } from '../kv/reply.js';
import type { Command } from '../kv/request.js';
import { Histogram } from './histogram.js';
import { type KeyChooser, keyChooser, keyName } from './keys.js';
import type { LoadOptions, LoadResult, Observer, Target } from './types.js';
import { type ValueMaker, valueMaker } from './value.js';

/** Microseconds on one monotonic clock for all parts of a run. */
export function microClock(): () => number {
  const begin = performance.now();
  return () => (performance.now() - begin) * 1000;
}

/** Due requests of an open loop are sent in groups: a timer cannot do better than this. */
const OPEN_LOOP_STEP_MS = 1;
/** After a refusal a caller rests, or it would spin while there is no leader. */
const REST_AFTER_REFUSAL_MS = 5;
const SHARES = 1_000_000;

const GET = codeOf('get');
const SET = codeOf('set');

export class LoadRun {
  readonly #target: Target;
  readonly #options: LoadOptions;
  readonly #observe: Observer | null;
  readonly #keys: KeyChooser;
  readonly #values: ValueMaker;
  readonly #prng;
  readonly #writes = new Histogram();
  readonly #reads = new Histogram();
  readonly #errors = new Map<string, number>();
  /** Open loop: callers with nothing to do, and intended starts that wait for one of them. */
  readonly #idle: number[] = [];
  readonly #due: number[] = [];
  readonly #nowUs: () => number;
  #beginUs = 0;
  #lastId: number;
  #onTheWay = 0;
  #resting = 0;
  #stopped = false;
  #lastGoodUs = 0;
  #longestStallUs = 0;
  #drained: (() => void) | null = null;

  constructor(
    target: Target,
    options: LoadOptions,
    observe: Observer | null = null,
    nowUs = microClock(),
  ) {
    this.#target = target;
    this.#options = options;
    this.#observe = observe;
    this.#nowUs = nowUs;
    this.#lastId = options.lastId;
    this.#prng = createPrng(options.seed);
    this.#keys = keyChooser(options.distribution, options.keys, createPrng(options.seed + 1));
    this.#values = valueMaker(options.valueBytes, options.seed + 2);
  }

  /** Runs warm-up and measured part; resolves when the last answer is there. */
  async run(): Promise<LoadResult> {
    const { callers, inFlight, rate, warmupMs, durationMs } = this.#options;
    const slots = callers * inFlight;
    this.#beginUs = this.#nowUs();
    this.#lastGoodUs = this.#beginUs;
    if (rate === null) for (let slot = 0; slot < slots; slot += 1) this.#issue(slot % callers);
    else this.#openLoop(slots, rate);
    await new Promise((done) => setTimeout(done, warmupMs + durationMs));
    this.#stopped = true;
    this.#noteStall(this.#nowUs());
    if (this.#onTheWay + this.#resting > 0) {
      await new Promise<void>((done) => {
        this.#drained = done;
      });
    }
    return this.#result();
  }

  #openLoop(slots: number, rate: number): void {
    for (let slot = 0; slot < slots; slot += 1) this.#idle.push(slot % this.#options.callers);
    const beginUs = this.#nowUs();
    let step = 0;
    let sent = 0;
    const send = (): void => {
      if (this.#stopped) return;
      while (beginUs + step * OPEN_LOOP_STEP_MS * 1000 <= this.#nowUs()) {
        const intendedUs = beginUs + step * OPEN_LOOP_STEP_MS * 1000;
        const wanted = Math.floor(((step + 1) * OPEN_LOOP_STEP_MS * rate) / 1000);
        for (; sent < wanted; sent += 1) this.#due.push(intendedUs);
        step += 1;
      }
      this.#sendDue();
      setTimeout(send, OPEN_LOOP_STEP_MS);
    };
    send();
  }

  #sendDue(): void {
    let next = 0;
    for (; next < this.#due.length && this.#idle.length > 0; next += 1) {
      this.#issue(this.#idle.pop() as number, this.#due[next]);
    }
    if (next > 0) this.#due.splice(0, next);
  }

  #issue(caller: number, intendedUs?: number): void {
    const isRead = this.#prng.below(SHARES) < this.#options.reads * SHARES;
    const key = this.#keys.next();
    const id = isRead ? 0 : ++this.#lastId;
    const name = Buffer.from(keyName(key), 'latin1');
    const command: Command = isRead
      ? { code: GET, database: 0, args: [name] }
      : { code: SET, database: 0, args: [name, this.#values(id)] };
    const callUs = intendedUs ?? this.#nowUs();
    this.#onTheWay += 1;
    this.#target.submit(command, (answer) => this.#finished(caller, key, id, callUs, answer));
  }

  #finished(
    caller: number,
    key: number,
    id: number,
    callUs: number,
    answer: Reply | RkvError,
  ): void {
    this.#onTheWay -= 1;
    const returnUs = this.#nowUs();
    const kind = id === 0 ? 'get' : 'set';
    this.#count(kind, callUs, returnUs, answer);
    this.#observe?.({ caller, kind, key, id, callUs, returnUs, answer });
    if (answer instanceof RkvError && !this.#stopped) {
      this.#resting += 1;
      setTimeout(() => {
        this.#resting -= 1;
        this.#next(caller);
      }, REST_AFTER_REFUSAL_MS);
    } else this.#next(caller);
  }

  #next(caller: number): void {
    if (this.#stopped) {
      if (this.#onTheWay + this.#resting === 0) this.#drained?.();
    } else if (this.#options.rate === null) this.#issue(caller);
    else {
      this.#idle.push(caller);
      this.#sendDue();
    }
  }

  #count(kind: 'get' | 'set', callUs: number, returnUs: number, answer: Reply | RkvError): void {
    const code = answer instanceof RkvError || answer.kind === 'failed' ? answer.code : null;
    const measured = !this.#stopped && returnUs - this.#beginUs >= this.#options.warmupMs * 1000;
    if (code !== null) {
      if (measured) this.#errors.set(code, (this.#errors.get(code) ?? 0) + 1);
      return;
    }
    if (!measured) {
      if (!this.#stopped) this.#lastGoodUs = returnUs;
      return;
    }
    this.#noteStall(returnUs);
    (kind === 'get' ? this.#reads : this.#writes).record(returnUs - callUs);
  }

  #noteStall(nowUs: number): void {
    this.#longestStallUs = Math.max(this.#longestStallUs, nowUs - this.#lastGoodUs);
    this.#lastGoodUs = nowUs;
  }

  #result(): LoadResult {
    const all = new Histogram();
    all.add(this.#writes);
    all.add(this.#reads);
    return {
      elapsedMs: this.#options.durationMs,
      operations: all.count,
      perSecond: Math.round((all.count / this.#options.durationMs) * 1000),
      writes: this.#writes.summary(),
      reads: this.#reads.summary(),
      all: all.summary(),
      longestStallMs: Math.round(this.#longestStallUs / 100) / 10,
      errors: Object.fromEntries(this.#errors),
    };
  }
}
