/** What commands on keys of any type do. */
import type { EpochMs } from '../../base/ids.js';
import { integerOption } from '../../kv/catalog/grammar.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { integer, ONE, ZERO } from './replies.js';

const NEVER = integer(-1);
const ABSENT = integer(-2);

const keyOf = (call: Call): Place => call.wants[0] as Place;

/** An expired key counts as not there; its row is left to the `expire` entry that names it. */
export function del(run: Run, call: Call): Reply {
  const place = keyOf(call);
  if (run.header(place) === null) return ZERO;
  run.remove(place);
  return ONE;
}

export function mdel(run: Run, call: Call): Reply {
  let count = 0;
  for (const place of call.wants) {
    if (run.header(place) === null) continue;
    run.remove(place);
    count++;
  }
  return integer(count);
}

export function exists(run: Run, call: Call): Reply {
  let count = 0;
  for (const place of call.wants) if (run.header(place) !== null) count++;
  return integer(count);
}

/** A deadline that has passed already makes the key absent from here on. */
export function expire(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (old === null) return ZERO;
  run.putDeadline(place, old, integerOption(call.options, 'PXAT') as EpochMs);
  return ONE;
}

export function persist(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (old === null || old.deadline === null) return ZERO;
  run.putDeadline(place, old, null);
  return ONE;
}

/** Counted from the reader's clock; a key that is still there has at least a millisecond. */
export function ttl(run: Run, call: Call): Reply {
  const header = run.header(keyOf(call));
  if (header === null) return ABSENT;
  return header.deadline === null ? NEVER : integer(Math.max(header.deadline - run.now, 1));
}
