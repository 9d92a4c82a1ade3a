/**
 * A command made ready to run: row, options and the places of its keys, worked out once per entry,
 * before apply, and used both to bring rows into memory and to run.
 */
import { toByteKey } from '../../base/bytes.js';
import { rowByCode } from '../../kv/catalog/catalog.js';
import { fitsArity, isProblem, type Options, parseOptions } from '../../kv/catalog/grammar.js';
import { keyAt, keyCount, splitCommand } from '../../kv/catalog/route.js';
import type { CommandRow } from '../../kv/catalog/row.js';
import type { Command } from '../../kv/request.js';
import { bucketOf } from '../../shard/slot.js';
import { UnknownEntry } from '../../wire/entry/unknown.js';
import type { Want } from '../types.js';

/** The keys of one bucket, or all of them. */
export interface Call {
  readonly row: CommandRow;
  readonly command: Command;
  readonly options: Options;
  /** One per key, in order; none for a range. */
  readonly wants: readonly Want[];
}

/** A call whose keys lie in several buckets, taken apart: sessions remember by bucket. */
export interface CallPart extends Call {
  readonly positions: readonly number[] | null;
}

export const placeOf = (database: number, key: Uint8Array, need: Want['need']): Want => ({
  bucket: bucketOf(key),
  database,
  key: toByteKey(key),
  need,
});

function needOf(row: CommandRow, options: Options): Want['need'] {
  if (row.reads === 'value') return 'head';
  if (options.size === 0) return 'header';
  return row.options?.some((one) => one.reads === 'value' && options.has(one.word))
    ? 'head'
    : 'header';
}

/**
 * Null: the arguments do not fit the row, or name a relative time, which only a leader's mistake
 * can bring here. A command this build does not know stops the replica, as an unknown entry does.
 */
export function prepareCall(command: Command): Call | null {
  const { args, database } = command;
  const row = rowByCode(command.code);
  if (row === undefined) throw new UnknownEntry(`command ${command.code}`);
  if (!fitsArity(row, args)) return null;
  const options = parseOptions(row, args);
  if (isProblem(options) || options.has('PX')) return null;
  const count = keyCount(row, args);
  const need = needOf(row, options);
  if (count === 1) {
    return { row, command, options, wants: [placeOf(database, args[0] as Uint8Array, need)] };
  }
  const wants: Want[] = [];
  for (let i = 0; i < count; i++) wants.push(placeOf(database, keyAt(row, args, i), need));
  return { row, command, options, wants };
}

/** Null: all keys lie in one bucket, the call runs as it is. */
export function splitByBucket(call: Call): readonly CallPart[] | null {
  const { wants, row, options } = call;
  const bucket = (wants[0] as Want).bucket;
  if (wants.length === 1 || wants.every((want) => want.bucket === bucket)) return null;
  const bucketAt = (_key: Uint8Array, position: number): number => (wants[position] as Want).bucket;
  return splitCommand(row, call.command, bucketAt).map(({ command, positions }) => ({
    row,
    command,
    options,
    positions,
    wants: (positions ?? []).map((position) => wants[position] as Want),
  }));
}
