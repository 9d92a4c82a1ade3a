/** Random arguments for any row of the catalogue, by its grammar, so that no row is left out. */
import fc from 'fast-check';
import { CATALOG } from '../../src/kv/catalog/catalog.js';
import type { CommandRow, OptionWord, Positional } from '../../src/kv/catalog/row.js';
import type { Command } from '../../src/kv/request.js';
import { type Arg, command } from './driver.js';

export interface Words {
  readonly key: fc.Arbitrary<Arg>;
  readonly value: fc.Arbitrary<Arg>;
  readonly time: fc.Arbitrary<number>;
}

const integer: fc.Arbitrary<Arg> = fc.constantFrom<Arg>(0, 1, -1, 7, 40, '9223372036854775807');
const MOST_GROUPS = 3;

function positional({ type, words }: Positional, { key, value }: Words): fc.Arbitrary<Arg> {
  switch (type) {
    case 'key':
      return key;
    case 'integer':
      return integer;
    case 'float':
      return fc.constantFrom<Arg>('1.5', '-2', 'x');
    case 'word':
      return fc.constantFrom<Arg>(...(words ?? ['']));
    default:
      return fc.oneof(value, integer);
  }
}

function option(one: OptionWord, { key, value, time }: Words): fc.Arbitrary<readonly Arg[]> {
  if (one.takes === undefined) return fc.constant([one.word]);
  if (one.word === 'PXAT') return time.map((ms) => [one.word, ms]);
  if (one.takes === 'integer') return fc.nat({ max: 9 }).map((number) => [one.word, number]);
  return fc.oneof(key, value).map((arg) => [one.word, arg]);
}

const group = (positionals: readonly Positional[], words: Words): fc.Arbitrary<Arg[]> =>
  fc.tuple(...positionals.map((one) => positional(one, words))) as fc.Arbitrary<Arg[]>;

const groups = (one: fc.Arbitrary<Arg[]>, minLength: number): fc.Arbitrary<Arg[]> =>
  fc.array(one, { minLength, maxLength: MOST_GROUPS }).map((list) => list.flat());

function argsOf(row: CommandRow, words: Words): fc.Arbitrary<readonly Arg[]> {
  const first = group(row.positionals, words);
  if (row.repeats === true) return groups(first, 1);
  if (row.tail !== undefined) {
    const tail = groups(group(row.tail, words), row.tailMin ?? 1);
    return fc.tuple(first, tail).map((parts) => parts.flat());
  }
  const known = (row.options ?? []).filter(({ word }) => word !== 'PX');
  const options = known.map((one) => fc.option(option(one, words), { nil: [] as readonly Arg[] }));
  return fc
    .tuple(first, ...options)
    .map(([positionals, ...rest]) => [...positionals, ...rest.flat()]);
}

/** Of every row but transactions: mostly such as a door would let in, some that it would not. */
export function anyCommand(words: Words, access: CommandRow['access']): fc.Arbitrary<Command> {
  const rows = CATALOG.filter((row) => row.access === access && row.nests !== true);
  return fc.oneof(
    ...rows.map((row) => argsOf(row, words).map((args) => command(row.name, ...args))),
  );
}
