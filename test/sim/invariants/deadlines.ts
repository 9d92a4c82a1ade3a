/**
 * A key or field with a deadline is there until it, but for the stated bound (one whose deadline
 * was taken away for ever), and once it was seen to be gone its value is never seen again. The
 * bound: cluster time may be slewed by a tenth, and a new leader's clock may differ from the old
 * one's by EARLY_MS; beside these, by how far most of the clocks that are heard are ahead
 * themselves. Source: DESIGN section 6, "Time"; docs/simulation.md, "Deadlines".
 */
import type { Outcome } from '../load/client.js';
import { type Invariant, mustHold } from './invariant.js';

/** How much of a time to live may be lost to the slewing of clocks, and beside it. */
export const SLEW = 0.15;
export const EARLY_MS = 1_000;
/** Cluster time never stands still, but a tenth: longer than so, nothing outlives its deadline. */
export const LATE_MS = 3_000;

interface Write {
  /** Null: it deletes. */
  readonly value: string | null;
  /** Infinity: it has no deadline. */
  readonly ttlMs: number;
  readonly call: number;
  /** Infinity: nobody knows whether or when it takes effect. */
  readonly end: number;
}

interface Read {
  readonly value: string | null;
  readonly call: number;
  readonly end: number;
}

interface KeyHistory {
  readonly writes: Write[];
  readonly reads: Read[];
}

export class Deadlines implements Invariant {
  readonly name = 'deadlines';
  checks = 0;
  readonly #keys = new Map<string, KeyHistory>();

  onOutcome({ operation, call, return: end, result, reply }: Outcome): void {
    if (result === 'refused') return;
    for (const due of operation.dues) {
      const history = this.#of(due.key);
      if (due.kind === 'write') {
        const until = result === 'ok' ? end : Number.POSITIVE_INFINITY;
        // What is deleted is due from the beginning of time.
        const ttlMs = due.value === null ? Number.NEGATIVE_INFINITY : due.ttlMs;
        history.writes.push({ value: due.value, ttlMs, call, end: until });
        continue;
      }
      const value = reply === null ? undefined : due.seen(reply);
      if (value !== undefined) history.reads.push({ value, call, end });
    }
  }

  #of(key: string): KeyHistory {
    let history = this.#keys.get(key);
    if (history === undefined) {
      history = { writes: [], reads: [] };
      this.#keys.set(key, history);
    }
    return history;
  }

  /** Looks at everything so far; `leadMs`: how far most of the clocks may have been ahead. */
  check(leadMs = 0): void {
    for (const [key, history] of this.#keys) {
      const { writes, reads } = history;
      for (const read of reads) {
        if (read.value === null) this.#mustBeDue(key, read, writes, leadMs);
        else this.#mustBeFirstLife(key, read.value, read, history, leadMs);
      }
    }
  }

  /** The one write that surely was the last before the read; null when several may have been. */
  #lastBefore(read: Read, writes: readonly Write[]): Write | null {
    const begun = writes.filter((write) => write.call < read.end);
    const last = begun.reduce<Write | null>(
      (latest, write) => (latest === null || write.call > latest.call ? write : latest),
      null,
    );
    if (last === null || last.end > read.call) return null;
    return begun.every((write) => write === last || write.end < last.call) ? last : null;
  }

  #mustBeDue(key: string, read: Read, writes: readonly Write[], leadMs: number): void {
    const last = this.#lastBefore(read, writes);
    if (last === null) return;
    this.checks++;
    const earliest = last.call + last.ttlMs * (1 - SLEW) - EARLY_MS - leadMs;
    mustHold(this.name, read.end >= earliest, () => {
      return (
        `${key} = ${last.value?.slice(0, 20)} was set at ${last.call} ms for ${last.ttlMs} ms ` +
        `and is gone at ${read.end} ms`
      );
    });
  }

  #mustBeFirstLife(
    key: string,
    value: string,
    read: Read,
    { writes, reads }: { readonly writes: readonly Write[]; readonly reads: readonly Read[] },
    leadMs: number,
  ): void {
    const write = writes.find((one) => one.value === value);
    if (write === undefined) return;
    this.checks++;
    // A deadline made while cluster time was ahead is that much late once it has been caught up.
    const latest = write.end + write.ttlMs * (1 + SLEW) + LATE_MS + leadMs;
    mustHold(this.name, read.call <= latest, () => {
      return (
        `${key} = ${value.slice(0, 20)} was set until ${write.end} ms for ${write.ttlMs} ms ` +
        `and is still there at ${read.call} ms`
      );
    });
    const gone = reads.find(
      (one) => one.value === null && one.call > write.end && one.end < read.call,
    );
    mustHold(this.name, gone === undefined, () => {
      return `${key} = ${value.slice(0, 20)} was gone at ${gone?.end} ms and is back at ${read.end} ms`;
    });
  }
}
