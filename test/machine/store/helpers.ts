/**
 * What the tests of the store share: descriptors, places, hooks that remember, a store that can
 * die.
 */
import { type ByteKey, toByteKey } from '../../../src/base/bytes.js';
import { systemClock } from '../../../src/base/clock.js';
import {
  type EpochMs,
  epoch,
  epochMs,
  type GroupId,
  groupId,
  logIndex,
  nodeId,
  type Revision,
  replicaId,
  revision,
  type SpaceId,
  term,
} from '../../../src/base/ids.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { type NodeStateOptions, openNodeState } from '../../../src/machine/store/node-state.js';
import type {
  Head,
  NewHead,
  NodeStateHooks,
  Place,
  ShardState,
} from '../../../src/machine/types.js';
import type { Descriptor } from '../../../src/shard/descriptor.js';
import { bucketOf } from '../../../src/shard/slot.js';

export const GROUP = groupId(1);

export function descriptorOf(space: SpaceId, change: Partial<Descriptor> = {}): Descriptor {
  const range = change.range ?? { first: 0, last: 255 };
  return {
    formatVersion: 1,
    shard: GROUP,
    replica: replicaId(1),
    nextReplica: replicaId(4),
    range,
    pieces: [{ range, space }],
    rangeEpoch: epoch(1),
    membersEpoch: epoch(1),
    members: [
      { replica: replicaId(1), node: nodeId(1), role: 'voter', outgoing: null, demoted: false },
    ],
    autoLeave: false,
    applied: { index: logIndex(10), term: term(5) },
    revision: revision(0),
    clusterTime: epochMs(0),
    sessionHorizon: epochMs(0),
    state: 'live',
    ...change,
  };
}

export const placeOf = (key: string | Uint8Array, database = 0): Place => {
  const bytes = typeof key === 'string' ? Buffer.from(key, 'latin1') : key;
  return { bucket: bucketOf(bytes), database, key: toByteKey(bytes) as ByteKey };
};

export const newHead = (value: string | Uint8Array, at: number, deadline?: number): NewHead => ({
  type: 1,
  flags: 0,
  revision: at as Revision,
  created: at as Revision,
  deadline: deadline === undefined ? null : (deadline as EpochMs),
  generation: 0,
  value: typeof value === 'string' ? Buffer.from(value, 'latin1') : value,
});

export interface RecordingHooks extends NodeStateHooks {
  readonly flushed: { group: GroupId; index: number }[];
  readonly fatal: unknown[];
  readonly corrupt: { group: GroupId; what: string }[];
  drained: number;
}

export function recordingHooks(): RecordingHooks {
  const hooks: RecordingHooks = {
    flushed: [],
    fatal: [],
    corrupt: [],
    drained: 0,
    onFlushed: (groups) => hooks.flushed.push(...groups),
    onFatal: (error) => hooks.fatal.push(error),
    onDrained: () => hooks.drained++,
    onCorrupt: (group, what) => hooks.corrupt.push({ group, what }),
  };
  return hooks;
}

/** A state that flushes when it is told to, unless the test says otherwise. */
export async function openState(options: Partial<NodeStateOptions> = {}) {
  const store = options.store ?? (await openMemoryStore());
  const hooks = (options.hooks as RecordingHooks | undefined) ?? recordingHooks();
  const state = await openNodeState({
    clock: systemClock,
    flushAgeMs: 1_000_000,
    hashSeed: 1,
    ...options,
    store,
    hooks,
  });
  return { store, hooks, state };
}

/** A state with one empty shard of all buckets. */
export async function openShard(options: Partial<NodeStateOptions> = {}) {
  const opened = await openState(options);
  const shard = opened.state.create(descriptorOf(opened.state.allocateSpace()));
  return { ...opened, shard };
}

export async function put(
  shard: ShardState,
  key: string,
  value: string | Uint8Array,
  deadline?: number,
  database = 0,
): Promise<void> {
  const place = placeOf(key, database);
  await shard.load([{ ...place, need: 'header' }]);
  const next = shard.descriptor.revision + 1;
  shard.putHead(place, newHead(value, next, deadline));
  shard.update({
    revision: revision(next),
    applied: { index: logIndex(shard.descriptor.applied.index + 1), term: term(5) },
  });
}

export async function del(
  shard: ShardState,
  key: string,
  next: number = shard.descriptor.revision + 1,
): Promise<void> {
  const place = placeOf(key);
  await shard.load([{ ...place, need: 'header' }]);
  shard.deleteHead(place, revision(next));
  shard.update({
    revision: revision(next),
    applied: { index: logIndex(shard.descriptor.applied.index + 1), term: term(5) },
  });
}

export async function get(shard: ShardState, key: string, database = 0): Promise<string | null> {
  const place = placeOf(key, database);
  await shard.load([{ ...place, need: 'head' }]);
  const head = shard.head(place) as Head | null;
  shard.endRun();
  return head === null ? null : Buffer.from(head.value).toString('latin1');
}

/** Everything of one database, by pages of `count`. */
export async function scanAll(
  shard: ShardState,
  options: {
    reverse?: boolean;
    count?: number;
    from?: string;
    to?: string;
    keysOnly?: boolean;
  } = {},
): Promise<[string, string][]> {
  const rows: [string, string][] = [];
  let from = Buffer.from(options.from ?? '', 'latin1');
  let to = options.to === undefined ? null : Buffer.from(options.to, 'latin1');
  for (;;) {
    const page = await shard.scan({
      database: 0,
      from,
      to,
      reverse: options.reverse === true,
      count: options.count ?? 1000,
      bytes: 1 << 20,
      budgetMs: 1000,
      keysOnly: options.keysOnly === true,
    });
    for (const { key, value } of page.items) {
      const text = value === null ? '' : Buffer.from(value).toString('latin1');
      rows.push([Buffer.from(key).toString('latin1'), text]);
    }
    if (page.done) return rows;
    const last = Buffer.from(page.items.at(-1)?.key as Uint8Array);
    if (options.reverse) to = last;
    else from = Buffer.concat([last, Buffer.alloc(1)]);
  }
}

/**
 * A store whose process can die: from then on nothing is written any more. `kill` resolves when
 * the write that was under way has ended: a dead process's write lands before the next one starts.
 */
export function mortal(store: OrderedStore): { store: OrderedStore; kill: () => Promise<void> } {
  let dead = false;
  let writing: Promise<void> = Promise.resolve();
  return {
    kill: () => {
      dead = true;
      return writing;
    },
    store: {
      ...store,
      batch() {
        const batch = store.batch();
        return {
          put: (key, value) => batch.put(key, value),
          del: (key) => batch.del(key),
          get length() {
            return batch.length;
          },
          write: () => {
            if (dead) return new Promise<void>(() => undefined);
            const write = batch.write();
            writing = write.catch(() => undefined);
            return write;
          },
          abandon: () => batch.abandon(),
        };
      },
    },
  };
}

/** Rewrites one stored row in place, as rot would. */
export async function damage(
  store: OrderedStore,
  pick: (key: Buffer, value: Buffer) => boolean,
  change: (value: Buffer, key: Buffer) => Buffer | null,
): Promise<number> {
  const iterator = store.iterate({ gte: Buffer.alloc(0), lt: Buffer.alloc(8, 0xff) });
  const batch = store.batch();
  let changed = 0;
  for (;;) {
    const pairs = await iterator.next(1000);
    if (pairs.length === 0) break;
    for (const [key, value] of pairs) {
      if (!pick(Buffer.from(key), Buffer.from(value))) continue;
      const next = change(Buffer.from(value), Buffer.from(key));
      if (next === null) batch.del(key);
      else batch.put(key, next);
      changed++;
    }
  }
  await iterator.close();
  if (changed > 0) await batch.write();
  else await batch.abandon();
  return changed;
}

/** How many rows each space of replicas has in the store. */
export async function rowsBySpace(store: OrderedStore): Promise<Map<number, number>> {
  const spaces = new Map<number, number>();
  const iterator = store.iterate({ gte: Buffer.from([0, 0, 0, 1]), lt: Buffer.alloc(8, 0xff) });
  for (;;) {
    const pairs = await iterator.next(1000);
    if (pairs.length === 0) break;
    for (const [key] of pairs) {
      const space = Buffer.from(key).readUInt32BE(0);
      spaces.set(space, (spaces.get(space) ?? 0) + 1);
    }
  }
  await iterator.close();
  return spaces;
}

/** A store whose writes wait until they are let go. */
export function gated(store: OrderedStore): { store: OrderedStore; open: () => void } {
  let open = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    open = resolve;
  });
  const batchOf = (): ReturnType<OrderedStore['batch']> => {
    const batch = store.batch();
    return {
      put: (key, value) => batch.put(key, value),
      del: (key) => batch.del(key),
      get length() {
        return batch.length;
      },
      write: () => gate.then(() => batch.write()),
      abandon: () => batch.abandon(),
    };
  };
  return { store: { ...store, batch: batchOf }, open };
}
