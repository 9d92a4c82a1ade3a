/**
 * A command with very many keys in several shards is not atomic anyway, so each shard gets it in
 * pieces, one after the other: no shard's apply or read holds its node's loop for long (FAULTS
 * section 3, row 97). What lies in one shard stays whole.
 */
import type { Command } from '../kv/request.js';

/** Keys of one piece. */
export const PIECE_KEYS = 1024;

export interface Part {
  readonly bucket: number;
  /** Other buckets whose keys belong together with that one's. */
  readonly others: readonly number[];
  readonly command: Command;
  /** Numbers of the keys in the whole command; null: all of them. */
  readonly positions: readonly number[] | null;
}

function cut(part: Part, stride: number): readonly Part[] {
  const { positions, command } = part;
  if (positions === null || positions.length <= PIECE_KEYS) return [part];
  const pieces: Part[] = [];
  for (let from = 0; from < positions.length; from += PIECE_KEYS) {
    const to = from + PIECE_KEYS;
    const args = command.args.slice(from * stride, to * stride);
    pieces.push({ ...part, command: { ...command, args }, positions: positions.slice(from, to) });
  }
  return pieces;
}

/** The pieces of all parts, those of different shards in turn; `stride` words belong to a key. */
export function inPieces(parts: readonly Part[], stride: number): readonly Part[] {
  if (parts.length < 2) return parts;
  const cuts = parts.map((part) => cut(part, stride));
  const most = Math.max(...cuts.map((pieces) => pieces.length));
  if (most === 1) return parts;
  const pieces: Part[] = [];
  for (let i = 0; i < most; i++) {
    for (const own of cuts) {
      const piece = own[i];
      if (piece !== undefined) pieces.push(piece);
    }
  }
  return pieces;
}
