/**
 * What the reads of lists tell before any cycle is looked for: the order of each list, who wrote
 * each element, who committed, and reads that contradict something by themselves.
 */
import type { Anomaly, ListTransaction, ReadAnomalyName } from './list-append.js';

/** A read of another's list: the first one of its key in a transaction, before it appended. */
export interface ExternalRead {
  readonly reader: number;
  readonly key: string;
  readonly list: readonly string[];
}

export interface Observed {
  /** The longest list read of each key. */
  readonly orders: ReadonlyMap<string, readonly string[]>;
  /** By key and element: the transaction that appended it. */
  readonly writers: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly committed: readonly boolean[];
  readonly reads: readonly ExternalRead[];
  readonly anomalies: readonly Anomaly[];
}

export function observe(history: readonly ListTransaction[]): Observed {
  return new Observation(history).run();
}

const beginsWith = (list: readonly string[], start: readonly string[]): boolean =>
  start.length <= list.length && start.every((element, at) => element === list[at]);

class Observation {
  readonly #history: readonly ListTransaction[];
  readonly #orders = new Map<string, readonly string[]>();
  /** Who read the longest list of a key. */
  readonly #orderReader = new Map<string, number>();
  readonly #writers = new Map<string, Map<string, number>>();
  readonly #committed: boolean[];
  readonly #reads: ExternalRead[] = [];
  readonly #anomalies: Anomaly[] = [];

  constructor(history: readonly ListTransaction[]) {
    this.#history = history;
    this.#committed = history.map(({ result }) => result === 'ok');
  }

  run(): Observed {
    for (const [at, transaction] of this.#history.entries()) this.#noteAppends(transaction, at);
    for (const [at, transaction] of this.#history.entries()) {
      if (transaction.result === 'ok') this.#noteReads(transaction, at);
    }
    for (const read of this.#reads) this.#judge(read);
    return {
      orders: this.#orders,
      writers: this.#writers,
      committed: this.#committed,
      reads: this.#reads,
      anomalies: this.#anomalies,
    };
  }

  #tell(name: ReadAnomalyName, key: string, indexes: readonly number[], why: string): void {
    const transactions = indexes.map((at) => this.#history[at] as ListTransaction);
    this.#anomalies.push({ kind: 'read', name, key, transactions, why });
  }

  #noteAppends({ steps }: ListTransaction, at: number): void {
    for (const step of steps) {
      if (step.kind !== 'append') continue;
      let ofKey = this.#writers.get(step.key);
      if (ofKey === undefined) {
        ofKey = new Map();
        this.#writers.set(step.key, ofKey);
      }
      if (ofKey.has(step.element)) {
        throw new RangeError(`element ${step.element} is appended twice to ${step.key}`);
      }
      ofKey.set(step.element, at);
    }
  }

  /** Later reads of a key have to be the first one and what was appended since. */
  #noteReads({ steps }: ListTransaction, at: number): void {
    const known = new Map<string, string[]>();
    const appended = new Map<string, string[]>();
    for (const step of steps) {
      const { key } = step;
      if (step.kind === 'append') {
        known.get(key)?.push(step.element);
        const own = appended.get(key);
        if (own === undefined) appended.set(key, [step.element]);
        else own.push(step.element);
        continue;
      }
      if (step.list === null) continue;
      const expected = known.get(key);
      const own = appended.get(key) ?? [];
      if (expected !== undefined) {
        if (expected.length !== step.list.length || !beginsWith(step.list, expected)) {
          this.#tell('internal', key, [at], `it had [${expected.join(' ')}] there`);
        }
      } else if (own.length > 0) {
        const rest = step.list.slice(-own.length);
        if (rest.length !== own.length || !beginsWith(rest, own)) {
          this.#tell('internal', key, [at], `it had appended [${own.join(' ')}]`);
        }
        this.#noteRead(at, key, step.list.slice(0, Math.max(0, step.list.length - own.length)));
      } else this.#noteRead(at, key, step.list);
      known.set(key, [...step.list]);
    }
  }

  #noteRead(reader: number, key: string, list: readonly string[]): void {
    this.#reads.push({ reader, key, list });
    const longest = this.#orders.get(key);
    if (longest === undefined || list.length > longest.length) {
      if (longest !== undefined && !beginsWith(list, longest)) this.#clash(key, reader);
      this.#orders.set(key, list);
      this.#orderReader.set(key, reader);
    } else if (!beginsWith(longest, list)) this.#clash(key, reader);
  }

  #clash(key: string, reader: number): void {
    const other = this.#orderReader.get(key) as number;
    this.#tell('incompatible-order', key, [other, reader], 'neither list begins with the other');
  }

  #judge({ reader, key, list }: ExternalRead): void {
    const ofKey = this.#writers.get(key);
    if (new Set(list).size < list.length) {
      this.#tell('duplicate-element', key, [reader], 'an element stands there twice');
    }
    for (const element of list) {
      const writer = ofKey?.get(element);
      if (writer === undefined) {
        this.#tell('unknown-element', key, [reader], `nobody appended ${element}`);
      } else if (this.#history[writer]?.result === 'refused') {
        this.#tell('G1a', key, [writer, reader], `${element} was refused`);
      } else this.#committed[writer] = true;
    }
    const last = list.at(-1);
    const writer = last === undefined ? undefined : ofKey?.get(last);
    if (last === undefined || writer === undefined || writer === reader) return;
    const ofWriter = (this.#history[writer] as ListTransaction).steps.filter(
      (step) => step.kind === 'append' && step.key === key,
    );
    const final = ofWriter.at(-1);
    if (final?.kind === 'append' && final.element !== last) {
      this.#tell('G1b', key, [writer, reader], `${last} was not its last element there`);
    }
  }
}
