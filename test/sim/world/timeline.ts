/**
 * The one queue that drives a simulation. Events run in order of their time, those of the same time
 * in the order they were asked for; before the next one runs, every promise that the last one
 * settled has been followed to its end. Nothing here waits for real time.
 */
import type { Trace } from './trace.js';

/** Whose event it is: a process that is gone or stopped gets none. */
export interface Owner {
  readonly id: number;
  /** False: it is dropped. The owner may keep it for later itself. */
  admits(event: SimEvent): boolean;
}

export interface SimEvent {
  readonly at: number;
  readonly order: number;
  readonly owner: Owner | null;
  readonly kind: string;
  run: (() => void) | null;
}

const earlier = (a: SimEvent, b: SimEvent): boolean =>
  a.at < b.at || (a.at === b.at && a.order < b.order);

/** A tick begins when no microtask is left: what the last event settled has been followed. */
const settled = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));
/** The world outside gets its turn after so many events; nothing of the simulation waits for it. */
const BREATHER = 4096;
const breath = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

export class Timeline {
  /** Milliseconds since the beginning of the simulation. */
  now = 0;
  readonly trace: Trace;
  readonly #heap: SimEvent[] = [];
  #order = 0;
  /** What an event threw; the run ends with it unless somebody takes it. */
  onThrow: (owner: Owner | null, error: unknown) => void = (_, error) => {
    throw error;
  };

  constructor(trace: Trace) {
    this.trace = trace;
  }

  get waiting(): number {
    return this.#heap.length;
  }

  /** `at` in milliseconds of the simulation; what lies behind runs next. */
  at(at: number, owner: Owner | null, kind: string, run: () => void): SimEvent {
    const event = { at: Math.max(at, this.now), order: this.#order++, owner, kind, run };
    this.#push(event);
    return event;
  }

  in(ms: number, owner: Owner | null, kind: string, run: () => void): SimEvent {
    return this.at(this.now + ms, owner, kind, run);
  }

  /** A promise that is kept after `ms`, in nobody's process. */
  sleep(ms: number, kind: string): Promise<void> {
    return new Promise((resolve) => void this.in(ms, null, kind, resolve));
  }

  say(line: string): void {
    this.trace.say(this.now, line);
  }

  /** Runs events until `end`, or until `stop` says so after one. */
  async run(end: number, stop: () => boolean): Promise<void> {
    await settled();
    for (;;) {
      if (stop()) return;
      const event = this.#heap[0];
      if (event === undefined || event.at > end) break;
      this.#pop();
      if (event.run === null) continue;
      this.now = event.at;
      if (event.owner !== null && !event.owner.admits(event)) continue;
      this.trace.event(event.at, event.owner?.id ?? 0, event.kind);
      try {
        event.run();
      } catch (error) {
        this.onThrow(event.owner, error);
      }
      await settled();
      if (event.order % BREATHER === 0) await breath();
    }
    this.now = Math.max(this.now, end);
  }

  #push(event: SimEvent): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent] as SimEvent;
      if (!earlier(event, above)) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop() as SimEvent;
    const { length } = heap;
    if (length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= length) break;
      const right = child + 1;
      if (right < length && earlier(heap[right] as SimEvent, heap[child] as SimEvent)) {
        child = right;
      }
      const below = heap[child] as SimEvent;
      if (!earlier(below, last)) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
