/** One iterator over everything a replica has in the store; readers seek in it bucket by bucket. */
import type { SpaceId } from '../../base/ids.js';
import type { Descriptor } from '../../shard/descriptor.js';
import { BUCKETS } from '../../shard/slot.js';
import type { StoreIterator, StoreSnapshot } from '../ports.js';
import { bucketStart } from './keys.js';

export function bucketsOf(descriptor: Descriptor): number[] {
  const buckets: number[] = [];
  for (const { range } of descriptor.pieces) {
    for (let bucket = range.first; bucket <= range.last; bucket++) buckets.push(bucket);
  }
  return buckets.sort((a, b) => a - b);
}

export interface IterateOptions {
  readonly reverse?: boolean;
  readonly readAheadBytes?: number;
}

/** Bounds span all pieces; what lies between them is another replica's and must be seeked over. */
export function iterateShard(
  descriptor: Descriptor,
  snapshot: StoreSnapshot,
  options: IterateOptions,
): StoreIterator {
  const spaces = descriptor.pieces.map((piece) => piece.space);
  return snapshot.iterate({
    gte: bucketStart(Math.min(...spaces) as SpaceId, 0),
    lt: bucketStart(Math.max(...spaces) as SpaceId, BUCKETS),
    ...options,
  });
}
