/** What all replicas' rows on one node share; made once by `openNodeState`. */
import type { Clock } from '../../base/clock.js';
import type { GroupId } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { OrderedStore } from '../ports.js';
import type { NodeStateHooks } from '../types.js';
import type { HeaderTable } from './header-table.js';
import type { ReadBudget } from './read-budget.js';
import type { ScanSlots } from './scan-slots.js';
import type { ShardRows } from './shard-rows.js';

/** The overlay's two generations, counted in bytes over all shards. */
export interface Generations {
  /** Number of the active one; every flush starts the next. */
  active: number;
  activeBytes: number;
  flushingBytes: number;
  /** Flushes whose write has finished: a read begun before may be older than what is stored now. */
  finished: number;
}

export interface StoreContext {
  readonly store: OrderedStore;
  readonly clock: Clock;
  readonly hooks: NodeStateHooks;
  /** Headers of clean keys that are no rows in memory. */
  readonly table: HeaderTable;
  readonly budget: ReadBudget;
  readonly scans: ScanSlots;
  readonly generations: Generations;
  /** The active generation grew, or a shard changed for the first time in it. */
  readonly onDirty: () => void;
  /** A replica has other buckets than before. */
  readonly onPieces: (shard: ShardRows) => void;
  /** Keys of a database are gone; what the store has of them is to be cleaned up. */
  readonly onWiped: (shard: ShardRows) => void;
}

/** Fences the group through the hook and gives the error to throw. */
export function corrupt(context: StoreContext, group: GroupId, what: string): RkvError {
  context.hooks.onCorrupt(group, what);
  return new RkvError('CORRUPT', what, { shard: group });
}

/** The end of this turn, as a promise: how long work is cut into slices. */
export const endOfTurn = (clock: Clock): Promise<void> =>
  new Promise((resolve) => clock.endOfTurn(resolve));
