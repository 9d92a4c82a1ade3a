/** What commands on strings do. Expiry: `set` and `mset` end it, the others keep it. */
import { asBuffer, toByteKey } from '../../base/bytes.js';
import type { EpochMs, Revision } from '../../base/ids.js';
import { xxh3 } from '../../base/xxh3.js';
import { bytesOption, integerOption } from '../../kv/catalog/grammar.js';
import { formatInteger, INT64_MAX, INT64_MIN, parseInteger } from '../../kv/catalog/integer.js';
import {
  addLongDoubles,
  formatLongDouble,
  LONG_DOUBLE_ZERO,
  parseLongDouble,
} from '../../kv/catalog/long-double.js';
import { MAX_VALUE_BYTES } from '../../kv/limits.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Head, Header, Place } from '../types.js';
import { STRING } from '../value-type.js';
import { failed, integer, item, NULL, ONE, unchanged, written, ZERO } from './replies.js';

const ABSENT = 0 as Revision;

const keyOf = (call: Call): Place => call.wants[0] as Place;
const arg = (call: Call, at: number): Uint8Array => call.command.args[at] as Uint8Array;
const isOther = (head: Header | null): boolean => head !== null && head.type !== STRING;

export function get(run: Run, call: Call): Reply {
  const head = run.head(keyOf(call));
  if (head === null) return NULL;
  return head.type === STRING ? item(head) : failed('WRONG_TYPE');
}

/** A key of another type counts as not there, as in Redis. */
export function mget(run: Run, call: Call): Reply {
  const items = call.wants.map((place) => {
    const head = run.head(place);
    return head === null || head.type !== STRING ? NULL : item(head);
  });
  return { kind: 'list', items };
}

interface Comparison {
  /** What the value must be, or must not be. */
  readonly holds: (head: Head, wanted: Uint8Array) => boolean;
  readonly wants: boolean;
}

const COMPARISONS: readonly (readonly [string, Comparison])[] = [
  ['IFEQ', { holds, wants: true }],
  ['IFNE', { holds, wants: false }],
  ['IFDEQ', { holds: hasDigest, wants: true }],
  ['IFDNE', { holds: hasDigest, wants: false }],
];

/**
 * One of the comparisons; true without any. `old` is a string with its value, or absent: then it
 * is not what is wanted.
 */
function compares({ options }: Call, old: Head | null): boolean {
  for (const [word, comparison] of COMPARISONS) {
    const wanted = bytesOption(options, word);
    if (wanted === undefined) continue;
    return (old !== null && comparison.holds(old, wanted)) === comparison.wants;
  }
  return true;
}

function mayWrite(call: Call, old: Header | null): boolean {
  const { options } = call;
  if (options.has('NX')) return old === null;
  if (options.has('XX')) return old !== null;
  const wanted = integerOption(options, 'IFREV');
  return wanted === undefined || wanted === (old?.revision ?? ABSENT);
}

/** A key of another type is overwritten; only GET and a comparison want a string. */
export function set(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const { options } = call;
  if (options.size === 0) {
    const value = arg(call, 1);
    return written(run.putString(place, run.header(place), { value, deadline: null }));
  }
  const needsValue = options.has('GET') || COMPARISONS.some(([word]) => options.has(word));
  const head: Head | null = needsValue ? run.head(place) : null;
  if (isOther(head)) return failed('WRONG_TYPE');
  const old = head ?? run.header(place);
  const previous = head === null || !options.has('GET') ? null : head.value;
  if (!mayWrite(call, old) || !compares(call, head)) {
    return unchanged(old?.revision ?? ABSENT, previous);
  }
  const kept = options.has('KEEPTTL') && old !== null ? old.deadline : null;
  const deadline = (integerOption(options, 'PXAT') ?? kept) as EpochMs | null;
  return written(run.putString(place, old, { value: arg(call, 1), deadline }), previous);
}

export function mset(run: Run, call: Call): Reply {
  call.wants.forEach((place, i) => {
    run.putString(place, run.header(place), { value: arg(call, 2 * i + 1), deadline: null });
  });
  return integer(call.wants.length);
}

export function incr(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (isOther(old)) return failed('WRONG_TYPE');
  const by = parseInteger(arg(call, 1));
  const before = old === null ? 0n : parseInteger(old.value);
  if (by === null || before === null) return failed('NOT_INTEGER');
  const value = before + by;
  if (value < INT64_MIN || value > INT64_MAX) return failed('OVERFLOW');
  run.putString(place, old, { value: formatInteger(value), deadline: old?.deadline ?? null });
  return integer(value);
}

export function append(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (isOther(old)) return failed('WRONG_TYPE');
  const tail = arg(call, 1);
  const length = (old === null ? 0 : old.value.length) + tail.length;
  if (length > MAX_VALUE_BYTES) return failed('TOO_LARGE');
  const value = old === null ? tail : Buffer.concat([old.value, tail], length);
  run.putString(place, old, { value, deadline: old?.deadline ?? null });
  return integer(length);
}

function holds(head: Head, value: Uint8Array): boolean {
  return asBuffer(head.value).equals(value);
}

const DIGEST_DIGITS = 16;

const digestOf = (value: Uint8Array): string =>
  xxh3(value).toString(16).padStart(DIGEST_DIGITS, '0');

/** In either case; what has another length is nobody's digest. */
function hasDigest(head: Head, digest: Uint8Array): boolean {
  if (digest.length !== DIGEST_DIGITS) return false;
  return digestOf(head.value) === toByteKey(digest).toLowerCase();
}

export function cas(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (isOther(old)) return failed('WRONG_TYPE');
  if (old === null || !holds(old, arg(call, 1))) return unchanged(old?.revision ?? ABSENT);
  return written(run.putString(place, old, { value: arg(call, 2), deadline: old.deadline }));
}

export function cad(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (isOther(old)) return failed('WRONG_TYPE');
  if (old === null || !holds(old, arg(call, 1))) return unchanged(old?.revision ?? ABSENT);
  return written(run.remove(place));
}

export function getdel(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (old === null) return NULL;
  if (isOther(old)) return failed('WRONG_TYPE');
  run.remove(place);
  return item(old);
}

/** A deadline that has passed already makes the key absent from here on. */
export function getex(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (old === null) return NULL;
  if (isOther(old)) return failed('WRONG_TYPE');
  const deadline = (integerOption(call.options, 'PXAT') ?? null) as EpochMs | null;
  if (deadline === old.deadline) return item(old);
  const revision = run.putDeadline(place, old, deadline);
  return item({ ...old, revision, deadline });
}

export function strlen(run: Run, call: Call): Reply {
  const header = run.header(keyOf(call));
  if (header === null) return ZERO;
  return header.type === STRING ? integer(header.size) : failed('WRONG_TYPE');
}

export function incrfloat(run: Run, call: Call): Reply {
  const place = keyOf(call);
  const old = run.head(place);
  if (isOther(old)) return failed('WRONG_TYPE');
  const by = parseLongDouble(arg(call, 1));
  const before = old === null ? LONG_DOUBLE_ZERO : parseLongDouble(old.value);
  if (by === null || before === null) return failed('NOT_FLOAT');
  const sum = addLongDoubles(before, by);
  if (sum === null) return failed('NAN_OR_INFINITY');
  const value = Buffer.from(formatLongDouble(sum), 'latin1');
  run.putString(place, old, { value, deadline: old?.deadline ?? null });
  return { kind: 'bytes', bytes: value };
}

export function digest(run: Run, call: Call): Reply {
  const head = run.head(keyOf(call));
  if (head === null) return NULL;
  if (isOther(head)) return failed('WRONG_TYPE');
  return { kind: 'bytes', bytes: Buffer.from(digestOf(head.value), 'latin1') };
}

/** A key named twice gets its last value, as in Redis. */
export function msetnx(run: Run, call: Call): Reply {
  if (call.wants.some((place) => run.header(place) !== null)) return ZERO;
  mset(run, call);
  return ONE;
}

export function delex(run: Run, call: Call): Reply {
  const place = keyOf(call);
  if (call.options.size === 0) {
    if (run.header(place) === null) return ZERO;
  } else {
    const old = run.head(place);
    if (old === null) return ZERO;
    if (isOther(old)) return failed('WRONG_TYPE');
    if (!compares(call, old)) return ZERO;
  }
  run.remove(place);
  return ONE;
}
