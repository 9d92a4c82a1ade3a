/** JSON documents of the data commands, as the CLI contract writes them: never rename a field. */
import type { KeyValue, Value, WriteResult } from '../client/types.js';
import { bytesField } from './bytes.js';

/** RFC 3339, UTC; a date no calendar has stays a number of milliseconds. */
export function timeOf(epochMs: number | null): string | null {
  if (epochMs === null) return null;
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? `${epochMs}` : date.toISOString();
}

export const foundShape = (key: Uint8Array, value: Value): Record<string, unknown> => ({
  ...bytesField('key', key),
  ...bytesField('value', value.value),
  revision: value.revision,
  expiresAt: timeOf(value.expiresAt),
});

export const absentShape = (key: Uint8Array): Record<string, unknown> => ({
  ...bytesField('key', key),
  found: false,
});

/** `revision` is the key's own, null when it is not there. */
export const writtenShape = (key: Uint8Array, result: WriteResult): Record<string, unknown> => ({
  ...bytesField('key', key),
  revision: result.revision === 0 ? null : result.revision,
  applied: result.applied,
  ...(result.previous === null ? { previous: null } : bytesField('previous', result.previous)),
});

export function itemShape(item: KeyValue, keysOnly: boolean): Record<string, unknown> {
  if (!keysOnly) return foundShape(item.key, item);
  return {
    ...bytesField('key', item.key),
    revision: item.revision,
    expiresAt: timeOf(item.expiresAt),
  };
}

/** Cursors are opaque to users: the last key, so that they hold nothing of shards. */
export const encodeCursor = (cursor: Uint8Array): string =>
  Buffer.from(cursor).toString('base64url');

export const decodeCursor = (text: string): Buffer | null =>
  /^[A-Za-z0-9_-]+$/.test(text) ? Buffer.from(text, 'base64url') : null;
