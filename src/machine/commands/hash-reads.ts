/**
 * Reads that look at many fields of a hash. Inside an entry they run on the whole hash in memory;
 * a plain read goes through it page by page (`machine/collection-reader`). What both answer is said
 * here once.
 */
import { integerOption } from '../../kv/catalog/grammar.js';
import { parseInteger } from '../../kv/catalog/integer.js';
import { MAX_REPLY_ELEMENTS } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import { decodeField, type Field } from '../collections/field-codec.js';
import { hashOf, MEMBERS_FROM, MEMBERS_TO, memberOf } from '../collections/names.js';
import { prngOf, withoutRepetition, withRepetition } from '../collections/sample.js';
import type { ElementPage, Place } from '../types.js';
import { HASH } from '../value-type.js';
import { dumpHash } from '../values/dump.js';
import { failed, integer, NULL } from './replies.js';
import type { Handler } from './table.js';

export interface NamedField extends Field {
  readonly name: string;
}

const DEFAULT_SCAN_COUNT = 10;
const MAX_SCAN_COUNT = 10_000;

const EMPTY: Reply = { kind: 'list', items: [] };
const END = integer(0);

const fieldReply = ({ name }: NamedField): Reply => ({ kind: 'bytes', bytes: memberOf(name) });
const valueReply = ({ value }: NamedField): Reply => ({ kind: 'bytes', bytes: value });
const both = (field: NamedField): readonly Reply[] => [fieldReply(field), valueReply(field)];

/** Element rows that are fields, the ones that are due among them. */
export function namedFields(items: ElementPage['items']): NamedField[] {
  const fields: NamedField[] = [];
  for (const { name, value } of items) {
    if (name < MEMBERS_FROM || name >= MEMBERS_TO) continue;
    fields.push({ name, ...decodeField(value) });
  }
  return fields;
}

/** Answers of the rows that want every field. */
export function answerAll(call: Call, fields: readonly NamedField[]): Reply {
  switch (call.row.name) {
    case 'hkeys':
      return { kind: 'list', items: fields.map(fieldReply) };
    case 'hvals':
      return { kind: 'list', items: fields.map(valueReply) };
    default:
      return { kind: 'list', items: fields.flatMap(both) };
  }
}

/** How many fields are asked for; without COUNT one, that is no list. */
export interface Wish {
  readonly alone: boolean;
  readonly count: number;
  readonly repeats: boolean;
  readonly withValues: boolean;
  readonly seed: bigint;
}

export function wishOf({ command, options }: Call): Wish {
  const count = integerOption(options, 'COUNT');
  return {
    alone: count === undefined,
    count: Math.abs(count ?? 1),
    repeats: count !== undefined && count < 0,
    withValues: options.has('WITHVALUES'),
    seed: parseInteger(command.args[1] as Uint8Array) ?? 0n,
  };
}

export function answerRandom(wish: Wish, fields: readonly NamedField[]): Reply {
  if (wish.alone) return fields[0] === undefined ? NULL : fieldReply(fields[0]);
  return { kind: 'list', items: wish.withValues ? fields.flatMap(both) : fields.map(fieldReply) };
}

/** Draws from all fields. */
export function drawFrom(wish: Wish, fields: readonly NamedField[]): Reply {
  if (wish.repeats && wish.count > MAX_REPLY_ELEMENTS) return failed('REPLY_TOO_LARGE');
  const prng = prngOf(wish.seed);
  const draw = wish.repeats ? withRepetition : withoutRepetition;
  return answerRandom(wish, draw(fields, wish.count, prng));
}

export const scanCount = ({ options }: Call): number =>
  Math.min(integerOption(options, 'COUNT') ?? DEFAULT_SCAN_COUNT, MAX_SCAN_COUNT);

export const scanFrom = ({ options }: Call): number => integerOption(options, 'CURSOR') ?? 0;

/**
 * A page of a scan: fields in the order of their hashes, those of one hash never apart. `next` is
 * the hash that the next page begins with, null at the end.
 */
export function answerScan(call: Call, fields: readonly NamedField[], next: number | null): Reply {
  const cursor = next === null ? END : integer(next);
  const items = fields.flatMap(call.options.has('NOVALUES') ? (one) => [fieldReply(one)] : both);
  return { kind: 'list', items: [cursor, ...items] };
}

function scanWhole(call: Call, fields: readonly NamedField[]): Reply {
  const from = scanFrom(call);
  const rest = fields.filter(({ name }) => hashOf(name) >= from);
  let end = Math.min(scanCount(call), rest.length);
  const hashAt = (at: number): number => hashOf((rest[at] as NamedField).name);
  while (end < rest.length && hashAt(end) === hashAt(end - 1)) end++;
  return answerScan(call, rest.slice(0, end), end === rest.length ? null : hashAt(end));
}

/** DUMP; a hash of which all fields are due is not there any more. */
export function answerDump(fields: readonly NamedField[]): Reply {
  if (fields.length === 0) return NULL;
  const named = fields.map(({ name, value, deadline }) => ({
    field: memberOf(name),
    value,
    deadline,
  }));
  return { kind: 'bytes', bytes: dumpHash(named) };
}

/** Of a hash that is not there. */
export function answerAbsent(call: Call): Reply {
  switch (call.row.name) {
    case 'hscan':
      return answerScan(call, [], null);
    case 'dump':
      return NULL;
    default:
      return call.row.name === 'hrandfield' && wishOf(call).alone ? NULL : EMPTY;
  }
}

/** Runs on the whole hash, inside an entry. */
function inMemory(answer: (call: Call, fields: readonly NamedField[]) => Reply): Handler {
  return (run: Run, call: Call): Reply => {
    const place = call.wants[0] as Place;
    const header = run.header(place);
    if (header === null) return answerAbsent(call);
    if (header.type !== HASH) return failed('WRONG_TYPE');
    const items = run.whole(place, header.generation);
    if (items === null) return failed('REPLY_TOO_LARGE');
    const alive = namedFields(items).filter(
      ({ deadline }) => deadline === null || deadline > run.time,
    );
    return answer(call, alive);
  };
}

export const hgetall = inMemory(answerAll);
export const hkeys = inMemory(answerAll);
export const hvals = inMemory(answerAll);
export const hscan = inMemory(scanWhole);
export const hrandfield = inMemory((call, fields) => drawFrom(wishOf(call), fields));
export const dumpWhole = inMemory((_call, fields) => answerDump(fields));
