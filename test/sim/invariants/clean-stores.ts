/**
 * When all faults are over and everything has been cleaned up, a store holds what its keys need and
 * nothing else: every hash has as many fields as its head says (so HLEN is the number of fields
 * that HGETALL gives), every element belongs to the generation of a living head, every deadline has
 * its row, and nobody's rows are left of what was deleted, overwritten, flushed or replaced,
 * whatever crash came in the midst of the cleaning.
 * Source: DESIGN section 6 (collections are deleted by generation and cleaned up behind);
 * FAULTS.md, I3 (what replicas hold is what they say).
 */
import type { ByteKey } from '../../../src/base/bytes.js';
import { decodeField, decodeHashHead } from '../../../src/machine/collections/field-codec.js';
import {
  DUE_FROM,
  dueDeadline,
  dueMember,
  memberOf,
} from '../../../src/machine/collections/names.js';
import {
  decodeElement,
  generationName,
  nameStart,
} from '../../../src/machine/store/element-codec.js';
import {
  bucketOfKey,
  decodeDeadlineKey,
  HEAD_KEY_BYTES,
  PREFIX_BYTES,
  spaceOfKey,
  TABLE_CODES,
  tableOfKey,
} from '../../../src/machine/store/keys.js';
import { decodeHead, dueOf, headValue } from '../../../src/machine/store/row-codec.js';
import { HASH } from '../../../src/machine/value-type.js';
import { type Invariant, mustHold } from './invariant.js';

/** Milliseconds in which everything must be cleaned up, once nobody asks for anything. */
export const CLEAN_UP_MS = 20_000;

export interface Cleaned {
  readonly id: number;
  look(): { readonly problem: string | null; readonly collections: number };
}

export class CleanStores implements Invariant {
  readonly name = 'stores are clean';
  checks = 0;

  /** Why they are not clean yet; null: they are. */
  problem(nodes: readonly Cleaned[]): string | null {
    let checks = 0;
    for (const node of nodes) {
      const { problem, collections } = node.look();
      if (problem !== null) return `node ${node.id}: ${problem}`;
      checks += collections;
    }
    this.checks = checks;
    return null;
  }

  mustBeClean(nodes: readonly Cleaned[]): void {
    const problem = this.problem(nodes);
    mustHold(this.name, problem === null, () => `${CLEAN_UP_MS} ms after the end, ${problem}`);
  }
}

/** Rows of one collection, and what its head says of them. */
interface Collection {
  readonly rows: number;
  /** Fields; null: a collection of another kind. */
  readonly count: number | null;
  readonly members: Map<string, number | null>;
  readonly dues: Map<string, number>;
}

const nameOfKey = (key: Buffer): ByteKey => key.toString('latin1', HEAD_KEY_BYTES);

/** Where a key's bucket lies, as the beginning of what names its rows. */
const bucketName = (key: Buffer): string => `${spaceOfKey(key)}/${bucketOfKey(key)}/`;

/** One look at a store: rows by what they belong to. */
class Look {
  readonly collections = new Map<string, Collection>();
  readonly #due = new Map<string, number>();
  readonly #deadlines = new Map<string, number>();
  readonly #spaces: ReadonlySet<number>;
  readonly #elements: (readonly [Buffer, Buffer])[] = [];

  constructor(spaces: ReadonlySet<number>) {
    this.#spaces = spaces;
  }

  /** What is wrong with this row by itself. */
  add(key: Buffer, value: Buffer): string | null {
    const space = spaceOfKey(key);
    if (space === 0) return null;
    if (!this.#spaces.has(space)) return `a row of space ${space}, which no replica has`;
    switch (tableOfKey(key)) {
      case TABLE_CODES.b:
        return `a grave in bucket ${bucketOfKey(key)}`;
      case TABLE_CODES.c:
        this.#elements.push([key, value]);
        return null;
      case TABLE_CODES.d:
        return this.#addHead(key, value);
      case TABLE_CODES.x: {
        const { deadline, database, key: name } = decodeDeadlineKey(key);
        const of = `${bucketName(key)}${database}/${name}`;
        if (this.#deadlines.has(of)) return `${name} has two rows of deadlines`;
        this.#deadlines.set(of, deadline);
        return null;
      }
      default:
        return null;
    }
  }

  #addHead(key: Buffer, value: Buffer): string | null {
    const header = decodeHead(key, value);
    const name = nameOfKey(key);
    if (header === null) return `the head of ${name} is not what was written`;
    const database = key[PREFIX_BYTES] as number;
    const due = dueOf(header);
    if (due !== null) this.#due.set(`${bucketName(key)}${database}/${name}`, due);
    if (header.facts === null) return null;
    const place = { bucket: bucketOfKey(key), database, key: name };
    this.collections.set(bucketName(key) + generationName(place, header.generation), {
      rows: header.facts.rows,
      count: header.type === HASH ? decodeHashHead(headValue(value)).count : null,
      members: new Map(),
      dues: new Map(),
    });
    return null;
  }

  /** What does not fit together; null: everything does. */
  problem(): string | null {
    for (const [key, value] of this.#elements) {
      const wrong = this.#addElement(key, value);
      if (wrong !== null) return wrong;
    }
    for (const [name, collection] of this.collections) {
      const wrong = problemOf(collection);
      if (wrong !== null) return `${JSON.stringify(name)}: ${wrong}`;
    }
    for (const name of new Set([...this.#due.keys(), ...this.#deadlines.keys()])) {
      const [due, row] = [this.#due.get(name), this.#deadlines.get(name)];
      if (due !== row)
        return `${name} is due at ${due ?? 'no time'}, its row says ${row ?? 'none'}`;
    }
    return null;
  }

  #addElement(key: Buffer, value: Buffer): string | null {
    const start = nameStart(key);
    const name = key.toString('latin1', start);
    const owner = bucketName(key) + key.toString('latin1', PREFIX_BYTES, start);
    const collection = this.collections.get(owner);
    if (collection === undefined) return `an element of ${JSON.stringify(owner)}, which is gone`;
    if (collection.count === null) return null;
    if (name >= DUE_FROM) {
      collection.dues.set(dueMember(name), dueDeadline(name));
      return null;
    }
    const element = decodeElement(key, value);
    if (element === null) return `a field of ${JSON.stringify(owner)} is not what was written`;
    const member = memberOf(name).toString('latin1');
    collection.members.set(member, decodeField(element.payload).deadline);
    return null;
  }
}

function problemOf({ rows, count, members, dues }: Collection): string | null {
  if (count === null) return null;
  if (members.size !== count) return `its head counts ${count} fields, there are ${members.size}`;
  if (members.size + dues.size !== rows) {
    return `its head counts ${rows} rows, there are ${members.size + dues.size}`;
  }
  for (const [member, deadline] of members) {
    const row = dues.get(member) ?? null;
    if (row !== deadline) return `field ${member} is due at ${deadline}, its row says ${row}`;
  }
  return null;
}

/**
 * Rows of a store whose replicas have these spaces: why it is not clean, or how many collections it
 * has.
 */
export function lookAtStore(
  rows: Iterable<readonly [ByteKey, Buffer]>,
  spaces: ReadonlySet<number>,
): { readonly problem: string | null; readonly collections: number } {
  const look = new Look(spaces);
  for (const [name, value] of rows) {
    const problem = look.add(Buffer.from(name, 'latin1'), value);
    if (problem !== null) return { problem, collections: 0 };
  }
  return { problem: look.problem(), collections: look.collections.size };
}
