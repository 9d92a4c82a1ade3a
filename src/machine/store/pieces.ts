/** Pieces of the store: bucket ranges of spaces. */
import type { SpaceId } from '../../base/ids.js';
import type { Piece } from '../../shard/descriptor.js';
import { BUCKETS } from '../../shard/slot.js';

export const wholeSpace = (space: SpaceId): Piece => ({
  space,
  range: { first: 0, last: BUCKETS - 1 },
});

export const overlap = (a: Piece, b: Piece): boolean =>
  a.space === b.space && a.range.first <= b.range.last && b.range.first <= a.range.last;

export const samePieces = (a: readonly Piece[], b: readonly Piece[]): boolean =>
  a.length === b.length && a.every((piece, at) => piece.space === b[at]?.space);

/** The space of each bucket; 0: none. */
export function mapSpaces(spaces: Uint32Array, pieces: readonly Piece[]): void {
  spaces.fill(0);
  for (const { range, space } of pieces) spaces.fill(space, range.first, range.last + 1);
}
