/**
 * Transactions that append to lists and read them: what they saw tells in which order they ran, and
 * a cycle in that order is an anomaly (Kingsbury and Alvaro, "Elle: inferring isolation anomalies
 * from experimental observations", VLDB 2020; names from Adya 1999). Elements are unique per key.
 *
 *   checkListAppend(history: readonly ListTransaction[], options?): ListAppendVerdict
 *     options.realTime     also what returned before another was called comes first: with it the
 *                          verdict is on strict serializability, without it on serializability
 *   ListAppendVerdict: { transactions, anomalies }      no anomaly: nothing speaks against it
 *
 * A transaction of unknown outcome counts as committed once somebody saw an element of it.
 */
import { must } from '../base/assert.js';
import { type Edge, Graph } from './cycles.js';
import type { HistoryResult } from './history.js';
import { type Observed, observe } from './list-observations.js';

export type ListStep =
  | { readonly kind: 'append'; readonly key: string; readonly element: string }
  /** `list` null: what it read is not known. */
  | { readonly kind: 'read'; readonly key: string; readonly list: readonly string[] | null };

export interface ListTransaction {
  readonly client: number;
  readonly call: number;
  readonly return: number;
  readonly result: HistoryResult;
  readonly steps: readonly ListStep[];
}

/** ww: next in the list; wr: saw it; rw: did not see it yet; rt: had returned before. */
export type Dependency = 'ww' | 'wr' | 'rw' | 'rt';

export type CycleName = 'G0' | 'G1c' | 'G-single' | 'G2';

/** A contradiction of single reads. */
export type ReadAnomalyName =
  /** An element of a transaction that was refused. */
  | 'G1a'
  /** A list as it was in the midst of another transaction. */
  | 'G1b'
  /** Not what the transaction itself had read and appended before. */
  | 'internal'
  /** Two reads of which neither begins with the other. */
  | 'incompatible-order'
  | 'duplicate-element'
  /** An element that nobody appended. */
  | 'unknown-element';

export type Anomaly =
  | {
      readonly kind: 'read';
      readonly name: ReadAnomalyName;
      readonly key: string;
      readonly transactions: readonly ListTransaction[];
      readonly why: string;
    }
  | {
      readonly kind: 'cycle';
      readonly name: CycleName;
      /** Only with real time there is a cycle. */
      readonly realTime: boolean;
      readonly edges: readonly {
        readonly from: ListTransaction;
        readonly to: ListTransaction;
        readonly kind: Dependency;
        readonly why: string;
      }[];
    };

export interface ListAppendOptions {
  readonly realTime?: boolean;
}

export interface ListAppendVerdict {
  readonly transactions: number;
  readonly anomalies: readonly Anomaly[];
}

export function checkListAppend(
  history: readonly ListTransaction[],
  options: ListAppendOptions = {},
): ListAppendVerdict {
  const observed = observe(history);
  const graph = new Graph<Dependency>(history.length);
  for (const edge of dependencies(history, observed)) graph.add(edge);
  if (options.realTime === true) addRealTime(history, observed, graph);
  const anomalies = [...observed.anomalies];
  for (const part of graph.components()) {
    const cycle = worstCycle(graph, new Set(part));
    anomalies.push(cycleAnomaly(history, cycle ?? anyCycle(graph, part)));
  }
  return { transactions: history.length, anomalies };
}

function* dependencies(
  history: readonly ListTransaction[],
  { orders, writers, committed, reads }: Observed,
): Generator<Edge<Dependency>> {
  for (const [key, order] of orders) {
    for (let at = 1; at < order.length; at += 1) {
      const [before, element] = [order[at - 1] as string, order[at] as string];
      const from = writers.get(key)?.get(before);
      const to = writers.get(key)?.get(element);
      if (from === undefined || to === undefined) continue;
      yield { from, to, kind: 'ww', why: `${key}: ${element} follows ${before}` };
    }
  }
  for (const { reader, key, list } of reads) {
    const order = orders.get(key) ?? [];
    const ofKey = writers.get(key);
    const last = list.at(-1);
    const seen = last === undefined ? undefined : ofKey?.get(last);
    if (seen !== undefined)
      yield { from: seen, to: reader, kind: 'wr', why: `${key}: saw ${last}` };
    const next = order[list.length];
    const unseen = next === undefined ? unread(order, ofKey) : [[next, ofKey?.get(next)] as const];
    for (const [element, writer] of unseen) {
      if (writer === undefined || !committed[writer]) continue;
      if (history[writer]?.result === 'refused') continue;
      yield { from: reader, to: writer, kind: 'rw', why: `${key}: did not see ${element}` };
    }
  }
}

/** Elements that nobody has read, of transactions that say they ran: they come after all others. */
function unread(
  order: readonly string[],
  ofKey: ReadonlyMap<string, number> | undefined,
): (readonly [string, number])[] {
  if (ofKey === undefined || ofKey.size === order.length) return [];
  const read = new Set(order);
  return [...ofKey].filter(([element]) => !read.has(element));
}

/** Edges from what had returned; those that follow from others are left out. */
function addRealTime(
  history: readonly ListTransaction[],
  { committed }: Observed,
  graph: Graph<Dependency>,
): void {
  const events: { time: number; isReturn: boolean; at: number }[] = [];
  history.forEach(({ call, return: end, result }, at) => {
    if (!committed[at]) return;
    events.push({ time: call, isReturn: false, at });
    if (result === 'ok') events.push({ time: end, isReturn: true, at });
  });
  // At one instant nothing comes before anything.
  events.sort((a, b) => a.time - b.time || Number(a.isReturn) - Number(b.isReturn));
  const returned = new Set<number>();
  const before = new Map<number, number[]>();
  for (const { isReturn, at } of events) {
    if (!isReturn) {
      before.set(at, [...returned]);
      for (const from of returned) graph.add({ from, to: at, kind: 'rt', why: 'had returned' });
      continue;
    }
    for (const earlier of before.get(at) ?? []) returned.delete(earlier);
    before.delete(at);
    returned.add(at);
  }
}

/** In a tangle of thousands a shorter cycle, or a worse name, may be missed; never a cycle. */
const MAX_TRIES = 2000;

type Cycle = readonly Edge<Dependency>[];

/** What may be in a cycle of each name, the worst first; it begins with a `first` edge. */
const SEARCHES: readonly {
  readonly name: CycleName;
  readonly first: Dependency;
  readonly rest: readonly Dependency[];
}[] = [
  { name: 'G0', first: 'ww', rest: ['ww'] },
  { name: 'G1c', first: 'wr', rest: ['ww', 'wr'] },
  { name: 'G-single', first: 'rw', rest: ['ww', 'wr'] },
  { name: 'G2', first: 'rw', rest: ['ww', 'wr', 'rw'] },
];

function worstCycle(
  graph: Graph<Dependency>,
  within: ReadonlySet<number>,
): { readonly name: CycleName; readonly realTime: boolean; readonly cycle: Cycle } | null {
  for (const realTime of [false, true]) {
    for (const { name, first, rest } of SEARCHES) {
      const allowed = (kind: Dependency): boolean =>
        kind === 'rt' ? realTime : rest.includes(kind);
      const cycle = shortestCycle(graph, within, first, allowed);
      if (cycle !== null) return { name, realTime, cycle };
    }
  }
  return null;
}

function shortestCycle(
  graph: Graph<Dependency>,
  within: ReadonlySet<number>,
  first: Dependency,
  allowed: (kind: Dependency) => boolean,
): Cycle | null {
  let best: Cycle | null = null;
  let tries = 0;
  for (const node of within) {
    for (const edge of graph.edgesOf(node)) {
      if (edge.kind !== first || !within.has(edge.to)) continue;
      tries += 1;
      if (tries > MAX_TRIES) return best;
      const back = graph.path(edge.to, node, within, allowed);
      if (back === null || (best !== null && back.length + 1 >= best.length)) continue;
      best = [edge, ...back];
      if (best.length === 2) return best;
    }
  }
  return best;
}

/** A part in which each reaches each has a cycle through its first node. */
function anyCycle(
  graph: Graph<Dependency>,
  part: readonly number[],
): NonNullable<ReturnType<typeof worstCycle>> {
  const first = part[0] as number;
  const cycle = must(
    graph.path(first, first, new Set(part), () => true),
    'a cycle in a strongly connected part',
  );
  return { name: 'G2', realTime: cycle.some(({ kind }) => kind === 'rt'), cycle };
}

function cycleAnomaly(
  history: readonly ListTransaction[],
  { name, realTime, cycle }: NonNullable<ReturnType<typeof worstCycle>>,
): Anomaly {
  const edges = cycle.map(({ from, to, kind, why }) => ({
    from: history[from] as ListTransaction,
    to: history[to] as ListTransaction,
    kind,
    why,
  }));
  return { kind: 'cycle', name, realTime, edges };
}

function describeTransaction({ client, call, steps }: ListTransaction): string {
  const words = steps.map((step) =>
    step.kind === 'append'
      ? `append ${step.key} ${step.element}`
      : `read ${step.key} [${step.list?.join(' ') ?? '?'}]`,
  );
  return `client ${client} at ${call}: ${words.join(', ')}`;
}

/** An anomaly for people: one line for what it is, then one for each step of it. */
export function describeAnomaly(anomaly: Anomaly): string {
  if (anomaly.kind === 'read') {
    const { name, key, why, transactions } = anomaly;
    const lines = transactions.map((transaction) => `  ${describeTransaction(transaction)}`);
    return [`${name} on ${key}: ${why}`, ...lines].join('\n');
  }
  const { name, realTime, edges } = anomaly;
  const lines = edges.map(
    ({ from, kind, why }) => `  ${describeTransaction(from)}\n    ${kind} (${why}) →`,
  );
  return [`${name}${realTime ? ' in real time' : ''}`, ...lines].join('\n');
}
