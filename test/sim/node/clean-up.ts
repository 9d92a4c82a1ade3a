/**
 * What a node's store cleans up behind collections that are gone, as its batches show it: a flush
 * puts a grave, slices take its elements away, the last one the grave.
 */
import type { ByteKey } from '../../../src/base/bytes.js';
import { PREFIX_BYTES, TABLE_CODES } from '../../../src/machine/store/keys.js';
import { ShardRows } from '../../../src/machine/store/shard-rows.js';
import type { ShardState } from '../../../src/machine/types.js';
import type { Coverage } from '../coverage.js';
import type { Change } from '../model-store/rows.js';

export type CleanUpStep = 'a collection is buried' | 'a slice is cleaned up';

/** Rows of the node itself. */
const NODES_OWN = '\0\0\0\0';
const TABLE_AT = PREFIX_BYTES - 1;

export class CleanUp {
  readonly #graves = new Set<ByteKey>();
  readonly #coverage: Coverage;
  readonly #onStep: (step: CleanUpStep) => void;

  constructor(coverage: Coverage, onStep: (step: CleanUpStep) => void) {
    this.#coverage = coverage;
    this.#onStep = onStep;
  }

  /** A process has opened the store. */
  onOpened(keys: Iterable<ByteKey>): void {
    this.#graves.clear();
    for (const key of keys) {
      if (key.charCodeAt(TABLE_AT) !== TABLE_CODES.b || key.startsWith(NODES_OWN)) continue;
      this.#graves.add(key);
    }
    if (this.#graves.size > 0) this.#coverage.hit('clean-up: a start finds graves');
  }

  onDeath(states: Iterable<ShardState>): void {
    if (this.#graves.size > 0) this.#coverage.hit('clean-up: a crash leaves graves');
    for (const state of states) {
      if (hasWiped(state)) this.#coverage.hit('clean-up: a crash leaves flushed rows');
    }
  }

  onBatch(changes: readonly Change[]): void {
    let buried = 0;
    let elements = 0;
    let others = 0;
    const before = this.#graves.size;
    for (const [key, value] of changes) {
      const table = key.charCodeAt(TABLE_AT);
      if (table === TABLE_CODES.b && !key.startsWith(NODES_OWN)) {
        if (value === null) this.#graves.delete(key);
        else {
          this.#graves.add(key);
          buried++;
        }
      } else if (key.startsWith(NODES_OWN)) continue;
      else if (table === TABLE_CODES.c && value === null) elements++;
      else others++;
    }
    if (buried > 0) {
      this.#coverage.hit('clean-up: a collection is buried', buried);
      this.#onStep('a collection is buried');
    } else if (others === 0 && elements > 0) {
      // Nothing but elements, and graves: no flush does that.
      this.#coverage.hit('clean-up: a slice of elements goes');
      if (before > 0 && this.#graves.size === before) {
        this.#coverage.hit('clean-up: more of a grave is left');
      }
      this.#onStep('a slice is cleaned up');
    }
    if (this.#graves.size < before && buried === 0) this.#coverage.hit('clean-up: a grave is gone');
  }
}

/** Rows that a flush of their database has taken away are still in the store. */
export const hasWiped = (state: ShardState): boolean =>
  state instanceof ShardRows && state.counted.wiped.size > 0;
