/** What commands do that look at how a value is made: DUMP, RESTORE, OBJECT, SORT. */
import type { EpochMs } from '../../base/ids.js';
import { integerOption } from '../../kv/catalog/grammar.js';
import { parseInteger } from '../../kv/catalog/integer.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import { decodeHashHead } from '../collections/field-codec.js';
import { Hash } from '../collections/hash.js';
import { storedBytes } from '../store/stored-bytes.js';
import type { Head, Place } from '../types.js';
import { HASH, STRING, typeName } from '../value-type.js';
import { dumpString, restoreValue } from '../values/dump.js';
import type { DumpedField } from '../values/dump-hash.js';
import { dumpWhole } from './hash-reads.js';
import { failed, integer, NULL, ONE, ZERO } from './replies.js';

/** Strings up to this length lie inside their object in Redis. */
const EMBEDDED_BYTES = 44;
const LONGEST_INTEGER = 20;
/** Entries of a hash up to which Redis packs it, by default. */
const PACKED_ENTRIES = 512;

const keyOf = (call: Call): Place => call.wants[0] as Place;
const text = (value: string): Reply => ({ kind: 'bytes', bytes: Buffer.from(value, 'latin1') });

export function dump(run: Run, call: Call): Reply {
  const head = run.head(keyOf(call));
  if (head === null) return NULL;
  if (head.type === STRING) return { kind: 'bytes', bytes: dumpString(head.value) };
  return dumpWhole(run, call);
}

export function restore(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.header(place);
  if (old !== null && !call.options.has('REPLACE')) return failed('BUSY_KEY');
  const found = restoreValue(call.command.args[1] as Uint8Array);
  if (typeof found === 'string') return failed(found);
  const deadline = (integerOption(call.options, 'PXAT') ?? null) as EpochMs | null;
  if (found.kind === 'string') run.putString(place, old, { value: found.value, deadline });
  else putHash(run, Hash.begin(run, place, old, deadline), found.fields);
  return ONE;
}

/** Fields that are due by now do not come back; without any other there is no key. */
function putHash(run: Run, hash: Hash, fields: readonly DumpedField[]): void {
  for (const { field, value, deadline } of fields) {
    if (deadline === null || deadline > run.time) hash.set(field, value, deadline);
  }
  hash.commit();
}

/** As Redis would keep such a value when it is set as a whole. */
function encodingOf(head: Head): string {
  if (head.type === HASH) {
    return decodeHashHead(head.value).count <= PACKED_ENTRIES ? 'listpack' : 'hashtable';
  }
  const { value } = head;
  if (value.length <= LONGEST_INTEGER && parseInteger(value) !== null) return 'int';
  return value.length <= EMBEDDED_BYTES ? 'embstr' : 'raw';
}

/** Type, encoding, bytes of the value with its elements, bytes of all its rows. */
export function object(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const head = run.head(place);
  if (head === null) return NULL;
  const bytes = head.size + (head.facts?.bytes ?? 0);
  const kinds = [text(typeName(head.type)), text(encodingOf(head))];
  return { kind: 'list', items: [...kinds, integer(bytes), integer(storedBytes(place, head))] };
}

/** Lists and sets are not there yet, so nothing but nothing can be sorted. */
export function sort(run: Run, call: Call): Reply {
  return run.header(keyOf(call)) === null ? { kind: 'list', items: [] } : failed('WRONG_TYPE');
}

/** Nothing sorted is stored: the target goes. */
export function sortstore(run: Run, call: Call): Reply {
  if (run.header(keyOf(call)) !== null) return failed('WRONG_TYPE');
  const target = call.wants[1] as Place;
  if (run.header(target) !== null) run.remove(target);
  return ZERO;
}
