/**
 * The keys behind the cursors given out lately: with them a SCAN goes on without a search. Only a
 * short cut: a cursor says by itself where it is (`kv/catalog/walk`), on any node and after any
 * restart. What a cursor names does not depend on who gave it out, so one memory serves all doors
 * of the process.
 */
import { ownCopy } from '../../../base/bytes.js';
import type { WalkPosition } from '../../../kv/catalog/walk.js';

const MAX_CURSORS = 4096;
const MAX_BYTES = 4 * 1024 * 1024;

/** Oldest first. */
const keys = new Map<bigint, Uint8Array>();
let bytes = 0;

function forget(cursor: bigint): void {
  bytes -= keys.get(cursor)?.length ?? 0;
  keys.delete(cursor);
}

/** The cursor itself. */
export function rememberCursor(cursor: bigint, { after }: WalkPosition): bigint {
  if (after === null) return cursor;
  forget(cursor);
  keys.set(cursor, ownCopy(after));
  bytes += after.length;
  for (const oldest of keys.keys()) {
    if (keys.size <= MAX_CURSORS && bytes <= MAX_BYTES) break;
    forget(oldest);
  }
  return cursor;
}

export const rememberedKey = (cursor: bigint): Uint8Array | null => keys.get(cursor) ?? null;
