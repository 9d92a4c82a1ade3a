/**
 * One shard's page of a scan. Its cursor is the last key looked at, so that a page emptied by
 * expiry still leads on. Not part of apply: it may wait for the store.
 */
import { must } from '../base/assert.js';
import { asBuffer, EMPTY_BYTES } from '../base/bytes.js';
import type { EpochMs, MonoMs } from '../base/ids.js';
import { bytesOption, integerOption } from '../kv/catalog/grammar.js';
import type { PageItem } from '../kv/reply.js';
import type { Call } from './apply/call.js';
import type { Run } from './apply/run.js';
import type { ReadResult, ScanPage, ScanRange, ShardState } from './types.js';
import { STRING } from './value-type.js';

/** Bounds of one page of one shard. */
export interface ScanLimits {
  readonly maxKeys: number;
  readonly maxBytes: number;
  readonly budgetMs: number;
}

const compare = (a: Uint8Array, b: Uint8Array): number => Buffer.compare(a, b);
const larger = (a: Uint8Array, b: Uint8Array): Uint8Array => (compare(a, b) >= 0 ? a : b);
/** An end of null is behind every key. */
const nearer = (a: Uint8Array | null, b: Uint8Array | null): Uint8Array | null => {
  if (a === null) return b;
  return b === null || compare(a, b) <= 0 ? a : b;
};

/** The first key behind all that begin with `prefix`; null when there is none. */
export function prefixEnd(prefix: Uint8Array): Uint8Array | null {
  let length = prefix.length;
  while (length > 0 && prefix[length - 1] === 0xff) length--;
  if (length === 0) return null;
  const end = Buffer.from(prefix.subarray(0, length));
  end[length - 1] = (end[length - 1] as number) + 1;
  return end;
}

/** The range a scan names; null when nothing can be in it. */
export function rangeOf(call: Call, limits: ScanLimits, deadline?: MonoMs): ScanRange | null {
  const { options, command } = call;
  let from = command.args[0] as Uint8Array;
  const end = command.args[1] as Uint8Array;
  let to: Uint8Array | null = end.length === 0 ? null : end;
  const prefix = bytesOption(options, 'PREFIX');
  if (prefix !== undefined) {
    from = larger(from, prefix);
    to = nearer(to, prefixEnd(prefix));
  }
  const reverse = options.has('REVERSE');
  const cursor = bytesOption(options, 'CURSOR');
  if (cursor !== undefined && reverse) to = nearer(to, cursor);
  if (cursor !== undefined && !reverse) {
    from = larger(from, Buffer.concat([asBuffer(cursor), Buffer.of(0)]));
  }
  if (to !== null && compare(from, to) >= 0) return null;
  return {
    database: command.database,
    from,
    to,
    reverse,
    count: Math.min(integerOption(options, 'LIMIT') ?? limits.maxKeys, limits.maxKeys),
    bytes: limits.maxBytes,
    budgetMs: limits.budgetMs,
    keysOnly: options.has('KEYSONLY') || options.has('COUNTONLY'),
    ...(deadline === undefined ? {} : { deadline }),
  };
}

function nextOf(page: ScanPage): Uint8Array | null {
  if (page.done) return null;
  return (
    page.resume ?? must(page.items[page.items.length - 1], 'a page that goes on has a key').key
  );
}

/** As `Machine.read`: expired keys are left out by applied cluster time. */
export async function scan(
  state: ShardState,
  run: Run,
  range: ScanRange | null,
  time: { readonly now: EpochMs; readonly settled: boolean },
): Promise<ReadResult> {
  if (range === null) return { kind: 'reply', reply: { kind: 'page', items: [], next: null } };
  const page = await state.scan(range);
  const items: PageItem[] = [];
  for (const { key, header, value } of page.items) {
    if (run.isDead(header)) continue;
    const { deadline, revision } = header;
    if (!time.settled && deadline !== null && deadline <= time.now) return { kind: 'needs-time' };
    items.push({
      key,
      value: header.type === STRING ? (value ?? EMPTY_BYTES) : EMPTY_BYTES,
      revision,
      expiresAt: deadline,
    });
  }
  return { kind: 'reply', reply: { kind: 'page', items, next: nextOf(page) } };
}
