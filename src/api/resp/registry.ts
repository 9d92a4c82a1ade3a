/** The rows of the door, found by the bytes of their names; beside each what it has done here. */
import { assert } from '../../base/assert.js';
import { NameTable } from './codec/name-table.js';
import type { DoorRow } from './rows/row.js';

/** As INFO commandstats tells them; microseconds from arrival to answer. */
export interface CommandStats {
  calls: number;
  microseconds: number;
  rejected: number;
  failed: number;
}

export interface Entry {
  readonly row: DoorRow;
  /** `get`, `client|kill`. */
  readonly fullName: string;
  /** Words before the arguments: 1, of a subcommand 2. */
  readonly words: 1 | 2;
  readonly writes: boolean;
  /** Touches no key that can be named: all of them. Only of data rows. */
  readonly touchesAll: boolean;
  /** Index of the first key in the arguments when all keys are this one; −1: look closer. */
  readonly onlyKey: number;
  readonly subcommands: NameTable<Entry> | null;
  /** The same in the order of their rows. */
  readonly subentries: readonly Entry[];
  /** What the bare name of a container runs. */
  readonly bare: Entry | null;
  readonly stats: CommandStats;
}

function entryOf(row: DoorRow, container: string | null): Entry {
  const fullName = container === null ? row.name : `${container}|${row.name}`;
  const words = container === null ? 1 : 2;
  assert(row.name === row.name.toLowerCase(), `${row.name}: names are in lower case`);
  const { keys } = row;
  const single = keys !== undefined && keys.first === keys.last && row.movableKeys === undefined;
  const holds = row.kind === 'container';
  const subentries = holds ? row.subcommands.map((sub) => entryOf(sub, row.name)) : [];
  const bare = row.kind === 'container' ? (row.bare ?? null) : null;
  return {
    row,
    fullName,
    words,
    writes: row.flags.includes('write'),
    touchesAll: row.kind === 'data' && keys === undefined && row.movableKeys === undefined,
    onlyKey: single ? keys.first - words : -1,
    subcommands: holds
      ? new NameTable(subentries.map((sub) => [sub.row.name, sub] as const))
      : null,
    subentries,
    bare: bare === null ? null : entryOf(bare, null),
    stats: { calls: 0, microseconds: 0, rejected: 0, failed: 0 },
  };
}

export class Registry {
  readonly entries: readonly Entry[];
  readonly #byName: NameTable<Entry>;

  constructor(rows: readonly DoorRow[]) {
    const names = new Set(rows.map((row) => row.name));
    assert(names.size === rows.length, 'a command has one row');
    this.entries = rows.map((row) => entryOf(row, null));
    this.#byName = new NameTable(this.entries.map((entry) => [entry.row.name, entry] as const));
  }

  find(bytes: Uint8Array, start: number, end: number): Entry | undefined {
    return this.#byName.find(bytes, start, end);
  }

  /** CONFIG RESETSTAT. */
  resetStats(): void {
    for (const entry of this.entries) {
      for (const { stats } of [entry, ...entry.subentries]) {
        Object.assign(stats, { calls: 0, microseconds: 0, rejected: 0, failed: 0 });
      }
    }
  }

  /** `get`, `client|kill`, in either case. */
  findText(name: string): Entry | undefined {
    const [first, second] = name.split('|', 2) as [string, string | undefined];
    const entry = findText(this.#byName, first);
    if (second === undefined || entry === undefined) return entry;
    return entry.subcommands === null ? undefined : findText(entry.subcommands, second);
  }
}

function findText<T>(table: NameTable<T>, name: string): T | undefined {
  const bytes = Buffer.from(name);
  return table.find(bytes, 0, bytes.length);
}

/** Indexes of the keys in the arguments of a command whose arity fits; null: cannot be told. */
export function keyIndexes(entry: Entry, args: readonly Uint8Array[]): readonly number[] | null {
  const { row, words } = entry;
  if (row.movableKeys !== undefined) return row.movableKeys(args);
  const { keys } = row;
  if (keys === undefined) return [];
  const end = keys.last < 0 ? args.length + keys.last : keys.last - words;
  const indexes: number[] = [];
  for (let i = keys.first - words; i <= end && i < args.length; i += keys.step) indexes.push(i);
  return indexes;
}
