/** What BITOP does: bytes of several strings put together, the shorter ones ending in zeros. */
import { toByteKey } from '../../base/bytes.js';
import { BIT_OPERATIONS } from '../../kv/catalog/bits.js';
import type { Reply } from '../../kv/reply.js';
import type { Call } from '../apply/call.js';
import type { Run } from '../apply/run.js';
import type { Place } from '../types.js';
import { stringOf } from './bits.js';
import { failed, integer, ZERO } from './replies.js';

type Operation = (typeof BIT_OPERATIONS)[number];

/** Puts the next source's byte to what has come of those before. */
const FOLDS: Readonly<Record<'AND' | 'OR' | 'XOR', (a: number, b: number) => number>> = {
  AND: (a, b) => a & b,
  OR: (a, b) => a | b,
  XOR: (a, b) => a ^ b,
};

function combine(operation: Operation, sources: readonly Uint8Array[], at: number): number {
  const first = sources[0]?.[at] ?? 0;
  switch (operation) {
    case 'AND':
    case 'OR':
    case 'XOR': {
      let result = first;
      for (let i = 1; i < sources.length; i++) {
        result = FOLDS[operation](result, sources[i]?.[at] ?? 0);
      }
      return result;
    }
    case 'NOT':
      return ~first & 0xff;
    case 'ONE': {
      let once = 0;
      let more = 0;
      for (const source of sources) {
        const byte = source[at] ?? 0;
        more |= once & byte;
        once |= byte;
      }
      return once & ~more;
    }
    case 'DIFF':
    case 'DIFF1':
    case 'ANDOR': {
      let others = 0;
      for (let i = 1; i < sources.length; i++) others |= sources[i]?.[at] ?? 0;
      if (operation === 'DIFF') return first & ~others;
      return operation === 'DIFF1' ? others & ~first : others & first;
    }
  }
}

const OPERATIONS: readonly string[] = BIT_OPERATIONS;

/** NOT takes one source; the operations on a first and the others take two or more. */
const fits = (operation: string, sources: number): operation is Operation => {
  if (!OPERATIONS.includes(operation)) return false;
  if (operation === 'NOT') return sources === 1;
  const many = operation === 'DIFF' || operation === 'DIFF1' || operation === 'ANDOR';
  return sources >= (many ? 2 : 1);
};

export function bitop(run: Run, call: Call): Reply {
  const [target, ...places] = call.wants as readonly Place[];
  const operation = toByteKey(call.command.args[1] as Uint8Array).toUpperCase();
  if (target === undefined || !fits(operation, places.length)) return failed('SYNTAX');
  const sources: Uint8Array[] = [];
  for (const place of places) {
    const source = stringOf(run.head(place));
    if (source === null) return failed('WRONG_TYPE');
    sources.push(source);
  }
  const length = sources.reduce((most, source) => Math.max(most, source.length), 0);
  const old = run.header(target);
  if (length === 0) {
    if (old !== null) run.remove(target);
    return ZERO;
  }
  const value = Buffer.alloc(length);
  for (let at = 0; at < length; at++) value[at] = combine(operation, sources, at);
  run.putString(target, old, { value, deadline: null });
  return integer(length);
}
