/** What commands on keys of any type do. */
import type { EpochMs } from '../../base/ids.js';
import { integerOption } from '../../kv/catalog/grammar.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { typeName } from '../value-type.js';
import { failed, integer, ONE, ZERO } from './replies.js';

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

/** No expiry counts as an infinite one, as in Redis. */
function mayExpire({ options }: Call, before: EpochMs | null, wanted: EpochMs): boolean {
  if (options.has('NX') && before !== null) return false;
  if (options.has('XX') && before === null) return false;
  if (options.has('GT') && (before === null || wanted <= before)) return false;
  return !(options.has('LT') && before !== null && wanted >= before);
}

/** A deadline that has passed already makes the key absent from here on. */
export function expire(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (old === null) return ZERO;
  const wanted = integerOption(call.options, 'PXAT') as EpochMs;
  if (!mayExpire(call, old.deadline, wanted)) return ZERO;
  run.putDeadline(place, old, wanted);
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

export function expiretime(run: Run, call: Call): Reply {
  const header = run.header(keyOf(call));
  if (header === null) return ABSENT;
  return header.deadline === null ? NEVER : integer(header.deadline);
}

export function type(run: Run, call: Call): Reply {
  const header = run.header(keyOf(call));
  return { kind: 'bytes', bytes: Buffer.from(header === null ? 'none' : typeName(header.type)) };
}

export function rev(run: Run, call: Call): Reply {
  return { kind: 'list', items: call.wants.map((one) => integer(run.mark(one))) };
}

const twoKeys = ({ wants }: Call): [Place, Place] => [wants[0] as Place, wants[1] as Place];

/** To its own name: it stays as it is. */
export function rename(run: Run, call: Call): Reply {
  const [from, to] = twoKeys(call);
  const head = run.head(from);
  if (head === null) return failed('NO_SUCH_KEY');
  const old = run.header(to);
  if (call.options.has('NX') && old !== null) return ZERO;
  if (from.key === to.key) return ONE;
  if (run.putCopy(to, old, head, from) === null) return failed('TOO_LARGE');
  run.remove(from);
  return ONE;
}

/** Neither there nor gone from here when the other key is there. */
export function move(run: Run, call: Call): Reply {
  const [from, to] = twoKeys(call);
  const head = run.head(from);
  if (head === null || run.header(to) !== null) return ZERO;
  if (run.putCopy(to, null, head, from) === null) return failed('TOO_LARGE');
  run.remove(from);
  return ONE;
}

/** Onto itself: 0, the doors refuse it by its words. */
export function copy(run: Run, call: Call): Reply {
  const [from, to] = twoKeys(call);
  const head = run.head(from);
  if (head === null || (from.key === to.key && from.database === to.database)) return ZERO;
  const old = run.header(to);
  if (old !== null && !call.options.has('REPLACE')) return ZERO;
  return run.putCopy(to, old, head, from) === null ? failed('TOO_LARGE') : ONE;
}
