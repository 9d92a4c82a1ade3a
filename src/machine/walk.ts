/**
 * A page of a walk over a shard's keys: bucket by bucket, in byte order inside a bucket, from a
 * place on (`kv/catalog/walk`). For SCAN, whose cursors must mean the same on every node and in
 * every split of the shards: what they name is a bucket and a key of it, never anything of ours.
 */
import { must } from '../base/assert.js';
import { asBuffer, EMPTY_BYTES, toByteKey } from '../base/bytes.js';
import type { EpochMs, MonoMs } from '../base/ids.js';
import { bytesOption, integerOption } from '../kv/catalog/grammar.js';
import { parseInteger } from '../kv/catalog/integer.js';
import { decodePosition, encodePosition, keyHash, type WalkPosition } from '../kv/catalog/walk.js';
import type { PageItem, Reply } from '../kv/reply.js';
import type { Command } from '../kv/request.js';
import { BUCKETS, slotOf } from '../shard/slot.js';
import type { Call } from './apply/call.js';
import type { Run } from './apply/run.js';
import type { ScanLimits } from './scan.js';
import type { ReadResult, ScanPage, ShardState } from './types.js';
import { typeNamed } from './value-type.js';

/** Keys read at once when a hash is looked for, or when some are skipped. */
const SEARCH_PAGE = 1000;
/** A random key is one of so many first ones of its bucket. */
const RANDOM_REACH = 4096;

const MOVED: ReadResult = { kind: 'moved' };
const NEEDS_TIME: ReadResult = { kind: 'needs-time' };

export interface WalkTime {
  readonly now: EpochMs;
  readonly settled: boolean;
  readonly deadline: MonoMs | undefined;
}

export interface Walk {
  readonly database: number;
  readonly position: WalkPosition;
  /** Of the last key seen, when it is not known itself; 0: none. */
  readonly hash: number;
  /** Keys looked at on this page. */
  readonly count: number;
  /** Null: any type; a number no row has: none. */
  readonly type: number | null;
  /** Null: any slot. Else the page ends with its bucket. */
  readonly slot: number | null;
  readonly limits: ScanLimits;
}

const NO_TYPE = -1;

/** The walk of a call that a door has checked. */
export function walkOf({ command, options }: Call, limits: ScanLimits): Walk {
  const type = bytesOption(options, 'TYPE');
  return {
    database: command.database,
    position: must(decodePosition(command.args[0] as Uint8Array), 'a position'),
    hash: integerOption(options, 'HASH') ?? 0,
    count: Math.min(integerOption(options, 'LIMIT') ?? limits.maxKeys, limits.maxKeys),
    type: type === undefined ? null : (typeNamed(toByteKey(type)) ?? NO_TYPE),
    slot: integerOption(options, 'SLOT') ?? null,
    limits,
  };
}

const owns = (state: ShardState, bucket: number): boolean => {
  const { first, last } = state.descriptor.range;
  return bucket >= first && bucket <= last;
};

/** Keys of one bucket behind `after`, without values. */
function pageOf(
  state: ShardState,
  { database, limits }: Pick<Walk, 'database' | 'limits'>,
  { bucket, after }: WalkPosition,
  count: number,
  deadline: MonoMs | undefined,
): Promise<ScanPage> {
  return state.scan({
    database,
    bucket,
    from: after === null ? EMPTY_BYTES : Buffer.concat([asBuffer(after), Buffer.of(0)]),
    to: null,
    reverse: false,
    count,
    bytes: limits.maxBytes,
    budgetMs: limits.budgetMs,
    keysOnly: true,
    ...(deadline === undefined ? {} : { deadline }),
  });
}

/** Where a page that is not done goes on. */
const lastOf = (page: ScanPage): Uint8Array =>
  page.resume ?? must(page.items[page.items.length - 1], 'a page that goes on has a key').key;

/** The place behind the key with this hash; the bucket's beginning when it is gone. */
async function behindHash(state: ShardState, walk: Walk, time: WalkTime): Promise<WalkPosition> {
  const { bucket } = walk.position;
  let at = walk.position;
  while (owns(state, bucket) && state.keysIn(bucket, walk.database) > 0) {
    const page = await pageOf(state, walk, at, SEARCH_PAGE, time.deadline);
    const found = page.items.find(({ key }) => keyHash(key) === walk.hash);
    if (found !== undefined) return { bucket, after: found.key };
    if (page.done) break;
    at = { bucket, after: lastOf(page) };
  }
  return walk.position;
}

/** As `Machine.read`; `next` of the page is a place, null behind the last bucket of all. */
export async function walk(
  state: ShardState,
  run: Run,
  wanted: Walk,
  time: WalkTime,
): Promise<ReadResult> {
  const { hash, position, count, type, slot } = wanted;
  if (!owns(state, position.bucket)) return MOVED;
  let at: WalkPosition =
    hash !== 0 && position.after === null ? await behindHash(state, wanted, time) : position;
  const items: PageItem[] = [];
  let left = count;
  while (left > 0 && at.bucket < BUCKETS) {
    const { bucket } = at;
    if (!owns(state, bucket)) {
      // Another shard's, or one that left while we read: what is found so far stands.
      if (bucket === position.bucket) return MOVED;
      break;
    }
    if (state.keysIn(bucket, wanted.database) > 0) {
      const page = await pageOf(state, wanted, at, left, time.deadline);
      left -= page.items.length;
      for (const { key, header } of page.items) {
        const { deadline, revision } = header;
        if (run.isDead(header)) continue;
        if (!time.settled && deadline !== null && deadline <= time.now) return NEEDS_TIME;
        if (type !== null && header.type !== type) continue;
        if (slot !== null && slotOf(key) !== slot) continue;
        items.push({ key, value: EMPTY_BYTES, revision, expiresAt: deadline });
      }
      if (!page.done) {
        at = { bucket, after: lastOf(page) };
        break;
      }
    }
    at = { bucket: bucket + 1, after: null };
    if (slot !== null) return { kind: 'reply', reply: { kind: 'page', items, next: null } };
  }
  const next = at.bucket < BUCKETS ? encodePosition(at) : null;
  return { kind: 'reply', reply: { kind: 'page', items, next } };
}

const GOLDEN = 0x9e3779b97f4a7c15n;

/** Which key of the shard a seed picks: bucket and how many of its keys come before. */
function pick(state: ShardState, database: number, seed: bigint): { bucket: number; skip: number } {
  const { keys } = state.counts(database);
  let at = Number((BigInt.asUintN(64, seed * GOLDEN) >> 11n) % BigInt(keys));
  const { first, last } = state.descriptor.range;
  for (let bucket = first; bucket <= last; bucket++) {
    const here = state.keysIn(bucket, database);
    if (at < here) return { bucket, skip: at % RANDOM_REACH };
    at -= here;
  }
  return { bucket: first, skip: 0 };
}

/**
 * A list of how many keys the shard has and the key that the seed picks among them, null when there
 * is none: odds by the buckets' counts, then one of the first keys of the bucket. An expired key
 * gives way to the next.
 */
export async function randomKey(
  state: ShardState,
  run: Run,
  { database, args }: Command,
  time: WalkTime & { readonly limits: ScanLimits },
): Promise<ReadResult> {
  const { keys } = state.counts(database);
  const answer = (key: Reply): ReadResult => ({
    kind: 'reply',
    reply: { kind: 'list', items: [{ kind: 'integer', value: BigInt(keys) }, key] },
  });
  if (keys === 0) return answer({ kind: 'null' });
  const seed = parseInteger(args[0] as Uint8Array) ?? 0n;
  const { bucket, skip } = pick(state, database, seed);
  const wanted = { database, limits: time.limits };
  let at: WalkPosition = { bucket, after: null };
  let left = skip;
  while (left > 0) {
    const page = await pageOf(state, wanted, at, Math.min(left, SEARCH_PAGE), time.deadline);
    if (page.done) break;
    left -= page.items.length;
    at = { bucket, after: lastOf(page) };
  }
  const { first, last } = state.descriptor.range;
  const buckets = last - first + 1;
  for (let i = 0; i <= buckets; i++) {
    if (state.keysIn(at.bucket, database) > 0) {
      const page = await pageOf(state, wanted, at, SEARCH_PAGE, time.deadline);
      for (const { key, header } of page.items) {
        const { deadline } = header;
        if (run.isDead(header)) continue;
        if (!time.settled && deadline !== null && deadline <= time.now) return NEEDS_TIME;
        return answer({ kind: 'bytes', bytes: key });
      }
    }
    at = { bucket: first + ((at.bucket - first + 1) % buckets), after: null };
  }
  return answer({ kind: 'null' });
}
