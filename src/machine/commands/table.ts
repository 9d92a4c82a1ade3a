/** Who does what: one line per row of the catalogue. Reads of ranges are in machine/scan. */
import { assert, must } from '../../base/assert.js';
import { CATALOG } from '../../kv/catalog/catalog.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import { del, exists, expire, mdel, persist, ttl } from './keys.js';
import { append, cad, cas, get, incr, mget, mset, set } from './strings.js';

/** Synchronous and deterministic; all rows of the call are in memory. */
export type Handler = (run: Run, call: Call) => Reply;

const HANDLERS = new Map<string, Handler>(
  Object.entries({
    get,
    set,
    del,
    exists,
    incr,
    append,
    mget,
    mset,
    mdel,
    expire,
    persist,
    ttl,
    cas,
    cad,
  }),
);

const byCode: (Handler | undefined)[] = [];
for (const row of CATALOG) {
  const handler = HANDLERS.get(row.name);
  assert((handler === undefined) === (row.reads === 'range'), `${row.name} has no handler`);
  byCode[row.code] = handler;
}

export const handlerOf = (call: Call): Handler => must(byCode[call.row.code], call.row.name);
