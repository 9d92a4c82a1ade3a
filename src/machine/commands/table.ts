/** Who does what: one line per row of the catalogue. Reads of ranges are in machine/scan. */
import { assert, must } from '../../base/assert.js';
import { CATALOG } from '../../kv/catalog/catalog.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import { bitfield, bitfieldro } from './bitfield.js';
import { bitop } from './bitop.js';
import { bitcount, bitpos, getbit, setbit } from './bits.js';
import { HASH_HANDLERS } from './hash-handlers.js';
import * as hyperloglog from './hyperloglog.js';
import * as keys from './keys.js';
import { flush } from './keyspace.js';
import { lcs } from './lcs.js';
import { getrange, setrange } from './string-ranges.js';
import * as strings from './strings.js';
import { execWith } from './transaction.js';
import * as values from './values.js';

/** Synchronous and deterministic; all rows of the call are in memory. */
export type Handler = (run: Run, call: Call) => Reply;

const HANDLERS = new Map<string, Handler>(
  Object.entries<Handler>({
    ...strings,
    ...keys,
    getrange,
    setrange,
    lcs,
    flush,
    ...values,
    setbit,
    getbit,
    bitcount,
    bitpos,
    bitop,
    bitfield,
    bitfieldro,
    ...hyperloglog,
    ...HASH_HANDLERS,
    exec: execWith((call) => handlerOf(call)),
  }),
);

const byCode: (Handler | undefined)[] = [];
for (const row of CATALOG) {
  const handler = HANDLERS.get(row.name);
  const atReader = row.reads === 'range' || row.reads === 'counts';
  assert((handler === undefined) === atReader, `${row.name} has no handler`);
  byCode[row.code] = handler;
}

export const handlerOf = (call: Call): Handler => must(byCode[call.row.code], call.row.name);
