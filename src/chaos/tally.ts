/** Counts what happens in a run: outcomes, the longest gap without a success, faults by kind. */
import type { FaultKind } from '../launcher/fault-types.js';
import type { HistoryOp } from '../verify/history.js';
import type { DoneFault, KindCounts, OperationCounts, Witness } from './types.js';

interface OneKind {
  injected: number;
  effective: number;
  hits: number;
  readonly nodes: Record<string, number>;
}

export class Tally implements Witness {
  readonly #outcomes = { ok: 0, refused: 0, unknown: 0 };
  readonly #codes: Record<string, number> = {};
  readonly #kinds = new Map<FaultKind, OneKind>();
  #lastOkUs: number;
  #longestUs = 0;

  /** Kinds that take part are counted from zero on. */
  constructor(beginUs: number, kinds: Iterable<FaultKind>) {
    this.#lastOkUs = beginUs;
    for (const kind of kinds) {
      this.#kinds.set(kind, { injected: 0, effective: 0, hits: 0, nodes: {} });
    }
  }

  operation({ result, out, return: endUs }: HistoryOp): void {
    this.#outcomes[result] += 1;
    if (result === 'ok') this.#success(endUs);
    else {
      const code = out.code ?? 'NONE';
      this.#codes[code] = (this.#codes[code] ?? 0) + 1;
    }
  }

  fault({ fault, nodes, hits }: DoneFault): void {
    const counts = fault.kind === 'disk-error' ? undefined : this.#kinds.get(fault.kind);
    if (counts === undefined) return;
    counts.injected += 1;
    counts.hits += hits;
    if (hits > 0) counts.effective += 1;
    for (const node of nodes) counts.nodes[node] = (counts.nodes[node] ?? 0) + 1;
  }

  #success(atUs: number): void {
    this.#longestUs = Math.max(this.#longestUs, atUs - this.#lastOkUs);
    this.#lastOkUs = Math.max(this.#lastOkUs, atUs);
  }

  /** `endUs`: when callers stopped asking. */
  operations(endUs: number): OperationCounts {
    const longestUs = Math.max(this.#longestUs, endUs - this.#lastOkUs);
    return { ...this.#outcomes, codes: this.#codes, longestGapMs: Math.round(longestUs / 1000) };
  }

  get faults(): ReadonlyMap<FaultKind, KindCounts> {
    return this.#kinds;
  }
}
