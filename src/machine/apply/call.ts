/**
 * A command made ready to run: row, options and the places of its keys, worked out once per entry,
 * before apply, and used both to bring rows into memory and to run.
 */
import { toByteKey } from '../../base/bytes.js';
import { rowByCode } from '../../kv/catalog/catalog.js';
import { elementsOf } from '../../kv/catalog/elements.js';
import { decodeExec } from '../../kv/catalog/exec.js';
import {
  fitsArity,
  isProblem,
  type Options,
  parseOptions,
  secondDatabase,
} from '../../kv/catalog/grammar.js';
import { keyAt, keyCount, keysOf, splitCommand } from '../../kv/catalog/route.js';
import type { CommandRow } from '../../kv/catalog/row.js';
import { relativeTimeAt } from '../../kv/catalog/times.js';
import type { Command } from '../../kv/request.js';
import { bucketOf } from '../../shard/slot.js';
import { UnknownEntry } from '../../wire/entry/unknown.js';
import { memberName } from '../collections/names.js';
import type { Want } from '../types.js';

/** The keys of one bucket, or all of them. */
export interface Call {
  readonly row: CommandRow;
  readonly command: Command;
  readonly options: Options;
  /** One per key, in order; none for a range. Of a transaction: all that it watches and meets. */
  readonly wants: readonly Want[];
  /** The commands of a transaction, in order. */
  readonly inner?: readonly Call[];
}

/** A call whose keys lie in several buckets, taken apart: sessions remember by bucket. */
export interface CallPart extends Call {
  readonly positions: readonly number[] | null;
}

const NO_OPTIONS: Options = new Map();

export const placeOf = (database: number, key: Uint8Array, need: Want['need']): Want => ({
  bucket: bucketOf(key),
  database,
  key: toByteKey(key),
  need,
});

function needOf(row: CommandRow, options: Options): Want['need'] {
  if (row.reads === 'value' || row.reads === 'elements') return 'head';
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
  if (row.tail !== undefined && relativeTimeAt(command) >= 0) return null;
  if (row.nests) return prepareTransaction(row, command);
  const need = needOf(row, options);
  if (row.routing === 'together') return prepareTogether(row, command, options, need);
  const count = keyCount(row, args);
  if (count === 1) {
    const want = placeOf(database, args[0] as Uint8Array, need);
    return { row, command, options, wants: [withElements(want, row, args)] };
  }
  const wants: Want[] = [];
  for (let i = 0; i < count; i++) wants.push(placeOf(database, keyAt(row, args, i), need));
  return { row, command, options, wants };
}

function withElements(want: Want, row: CommandRow, args: readonly Uint8Array[]): Want {
  const elements = elementsOf(row, args);
  return elements.length === 0 ? want : { ...want, elements: elements.map(memberName) };
}

/** The second key may lie in another database. */
function prepareTogether(
  row: CommandRow,
  command: Command,
  options: Options,
  need: Want['need'],
): Call {
  const { args, database } = command;
  const second = secondDatabase(row, command);
  const wants = keysOf(row, args).map((key, i) => {
    const want = placeOf(i === 1 ? second : database, key, need);
    return row.copies === true && i === 0 ? { ...want, whole: true } : want;
  });
  return { row, command, options, wants };
}

/** Null: a command inside it could never run here; the others then do not run either. */
function prepareTransaction(row: CommandRow, command: Command): Call | null {
  const transaction = decodeExec(command.args);
  if (transaction === null) return null;
  const wants = transaction.watched.map((one) => placeOf(one.database, one.key, 'header'));
  const inner: Call[] = [];
  for (const one of transaction.commands) {
    const call = prepareCall(one);
    if (call === null || call.wants.length === 0 || call.row.nests) return null;
    inner.push(call);
    const whole = call.row.reads === 'elements';
    for (const want of call.wants) wants.push(whole ? { ...want, whole } : want);
  }
  return { row, command, options: NO_OPTIONS, wants, inner };
}

/** Null: all keys lie in one bucket, or belong together, and the call runs as it is. */
export function splitByBucket(call: Call): readonly CallPart[] | null {
  const { wants, row, options } = call;
  if (row.routing === 'together') return null;
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
