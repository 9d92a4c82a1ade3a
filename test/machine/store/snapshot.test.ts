/** A replica from one node to another: all of it, or nothing that can be seen. */
import { describe, expect, it } from 'vitest';
import { crc32 } from '../../../src/base/checksum.js';
import { replicaId } from '../../../src/base/ids.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { spaceOfKey, TABLE_CODES, tableOfKey } from '../../../src/machine/store/keys.js';
import type { NodeState, OutgoingSnapshot } from '../../../src/machine/types.js';
import type { Descriptor } from '../../../src/shard/descriptor.js';
import {
  damage,
  del,
  GROUP,
  get,
  openShard,
  openState,
  placeOf,
  put,
  rowsBySpace,
  scanAll,
} from './helpers.js';

async function sender(values = 50, size = 30) {
  const opened = await openShard();
  for (let i = 0; i < values; i++) await put(opened.shard, `k${i}`, Buffer.alloc(size, i), i + 1);
  opened.shard.putRow('s', 3, 'session', Buffer.from('reply'), true);
  return opened;
}

async function chunksOf(snapshot: OutgoingSnapshot): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of snapshot.chunks) chunks.push(Buffer.from(chunk));
  return chunks;
}

async function rowsIn(state: NodeState, store: OrderedStore): Promise<Map<number, number>> {
  await state.flush();
  return rowsBySpace(store);
}

describe('snapshots', () => {
  it('carry everything: rows, sessions, deadlines, counts, digest, position', async () => {
    const from = await sender();
    const snapshot = await from.state.snapshot(GROUP);
    // What is applied later is not part of it.
    await put(from.shard, 'later', 'x');
    const chunks = await chunksOf(snapshot);
    const to = await openState();
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const incoming = to.state.receive(GROUP, replicaId(9), encoded);
    for (const chunk of chunks) await incoming.chunk(chunk);
    const descriptor = await incoming.finish(snapshot.summary());
    expect(to.state.descriptors.has(GROUP)).toBe(false);
    const shard = await to.state.install(GROUP, descriptor);
    await snapshot.close();
    expect(shard.descriptor.replica).toBe(9);
    expect(shard.descriptor.applied).toEqual({ index: 60, term: 5 });
    expect(to.state.flushed(GROUP)).toEqual({ index: 60, term: 5 });
    expect(await get(shard, 'later')).toBeNull();
    await put(shard, 'later', 'x');
    expect(shard.digest()).toBe(from.shard.digest());
    expect(shard.counts()).toEqual(from.shard.counts());
    expect(await scanAll(shard)).toEqual(await scanAll(from.shard));
    expect(shard.nextDeadline()).toBe(1);
    const sessions: string[] = [];
    for await (const { key } of shard.rows('s')) sessions.push(key);
    expect(sessions).toEqual(['session']);
    await to.state.close();
    const again = await openState({ store: to.store });
    await again.state.sweep();
    expect(again.state.shard(GROUP).digest()).toBe(from.shard.digest());
    expect((await again.state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await again.state.close();
    await from.state.close();
  });

  it('carry when keys were last removed, which no row tells', async () => {
    const from = await sender(3);
    const before = from.shard.removedAt(placeOf('k1'));
    await del(from.shard, 'k1');
    const removed = from.shard.removedAt(placeOf('k1'));
    expect([before, removed]).toEqual([0, from.shard.descriptor.revision]);
    const snapshot = await from.state.snapshot(GROUP);
    const chunks = await chunksOf(snapshot);
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const receive = async (state: NodeState, removals: Uint8Array) => {
      const incoming = state.receive(GROUP, replicaId(9), encoded);
      for (const chunk of chunks) await incoming.chunk(chunk);
      return incoming.finish({ ...snapshot.summary(), removals });
    };
    const to = await openState();
    await expect(receive(to.state, Buffer.alloc(7))).rejects.toThrow('removals');
    const { removals } = snapshot.summary();
    const shard = await to.state.install(GROUP, await receive(to.state, removals));
    expect(shard.removedAt(placeOf('k1'))).toBe(removed);
    expect(shard.digest()).toBe(from.shard.digest());
    await snapshot.close();
    await from.state.close();
    await to.state.close();
    const again = await openState({ store: to.store });
    expect(again.state.shard(GROUP).removedAt(placeOf('k1'))).toBe(removed);
    await again.state.close();
  });

  it('cut values larger than a chunk into chunks of at most 1 MiB', async () => {
    const from = await sender(3, 3_000_000);
    const snapshot = await from.state.snapshot(GROUP);
    const chunks = await chunksOf(snapshot);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThanOrEqual(1024 * 1024);
    const to = await openState();
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const incoming = to.state.receive(GROUP, replicaId(2), encoded);
    for (const chunk of chunks) await incoming.chunk(chunk);
    const shard = await to.state.install(GROUP, await incoming.finish(snapshot.summary()));
    expect(shard.digest()).toBe(from.shard.digest());
    await snapshot.close();
    await from.state.close();
    await to.state.close();
  });

  it('are refused with a flipped bit, a chunk missing, doubled or out of order, or another sum', async () => {
    const from = await sender(40, 100_000);
    const snapshot = await from.state.snapshot(GROUP);
    const chunks = await chunksOf(snapshot);
    const summary = snapshot.summary();
    expect(chunks.length).toBeGreaterThan(3);
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const to = await openState();
    const attempt = async (sent: Uint8Array[], told = summary) => {
      const incoming = to.state.receive(GROUP, replicaId(2), encoded);
      try {
        for (const chunk of sent) await incoming.chunk(chunk);
        await incoming.finish(told);
      } finally {
        await incoming.abort();
      }
    };
    const [first, second, ...others] = chunks as [Uint8Array, Uint8Array, ...Uint8Array[]];
    const flipped = Buffer.from(second);
    flipped[5000] = (flipped[5000] as number) ^ 4;
    const wrong: [string, Uint8Array[], typeof summary][] = [
      ['flipped', [first, flipped, ...others], summary],
      ['missing in the middle', [first, ...others], summary],
      ['missing at the end', chunks.slice(0, -1), summary],
      ['doubled', [first, first], summary],
      ['out of order', [second, first], summary],
      ['empty', [Buffer.alloc(0)], summary],
      ['rows', chunks, { ...summary, rows: summary.rows + 1 }],
      ['digest', chunks, { ...summary, digest: summary.digest + 1 }],
      ['chunks', chunks, { ...summary, chunks: summary.chunks + 1 }],
    ];
    for (const [name, sent, told] of wrong) {
      await expect(attempt(sent, told), name).rejects.toMatchObject({ code: 'CORRUPT' });
    }
    expect(to.state.descriptors.size).toBe(0);
    expect(await rowsIn(to.state, to.store)).toEqual(new Map());
    await snapshot.close();
    await from.state.close();
    await to.state.close();
  });

  it('believe no length that a chunk claims', async () => {
    const from = await sender(1);
    const snapshot = await from.state.snapshot(GROUP);
    await chunksOf(snapshot);
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const to = await openState();
    const incoming = to.state.receive(GROUP, replicaId(2), encoded);
    const chunk = Buffer.alloc(40);
    chunk[4] = 1;
    chunk.writeUInt32BE(0xffff_ffff, 13);
    chunk.writeUInt32BE(crc32(chunk.subarray(4)), 0);
    await expect(incoming.chunk(chunk)).rejects.toThrow(/bytes/);
    await incoming.abort();
    await snapshot.close();
    await from.state.close();
    await to.state.close();
  });

  it('never go out of a store that has lost a row', async () => {
    const from = await sender();
    await from.state.flush();
    let once = true;
    const pick = (key: Buffer) => {
      const hit = once && spaceOfKey(key) > 0 && tableOfKey(key) === TABLE_CODES.d;
      if (hit) once = false;
      return hit;
    };
    await damage(from.store, pick, () => null);
    const snapshot = await from.state.snapshot(GROUP);
    await expect(chunksOf(snapshot)).rejects.toMatchObject({ code: 'CORRUPT' });
    expect(from.hooks.corrupt.length).toBe(1);
    await snapshot.close();
    await from.state.close();
  });

  it('replace a replica and delete its old space; installing twice is once', async () => {
    const from = await sender();
    const snapshot = await from.state.snapshot(GROUP);
    const chunks = await chunksOf(snapshot);
    const to = await sender(5);
    await to.state.flush();
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const incoming = to.state.receive(GROUP, replicaId(2), encoded);
    await put(to.shard, 'unflushed', 'is of the old one');
    for (const chunk of chunks) await incoming.chunk(chunk);
    const descriptor = await incoming.finish(snapshot.summary());
    const flushing = to.state.flush();
    const shard = await to.state.install(GROUP, descriptor);
    await flushing;
    expect(await to.state.install(GROUP, descriptor)).toBe(shard);
    expect(shard.digest()).toBe(from.shard.digest());
    expect(() => to.shard.update({})).toThrow(/replaced/);
    await put(shard, 'new', 'v');
    await until(async () => (await rowsIn(to.state, to.store)).size === 1);
    await to.state.close();
    const again = await openState({ store: to.store });
    expect(await get(again.state.shard(GROUP), 'new')).toBe('v');
    expect(await get(again.state.shard(GROUP), 'unflushed')).toBeNull();
    expect((await again.state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await again.state.close();
    await snapshot.close();
    await from.state.close();
  });

  it('whose rows rot before they are opened are replaced by the next one, and nothing stays', async () => {
    const from = await sender();
    const snapshot = await from.state.snapshot(GROUP);
    const chunks = await chunksOf(snapshot);
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const to = await sender(5);
    await to.state.flush();
    const receive = async (): Promise<Descriptor> => {
      const incoming = to.state.receive(GROUP, replicaId(2), encoded);
      for (const chunk of chunks) await incoming.chunk(chunk);
      return incoming.finish(snapshot.summary());
    };
    const rotten = await receive();
    const space = rotten.pieces[0]?.space;
    const isDeadline = (key: Buffer): boolean =>
      spaceOfKey(key) === space && tableOfKey(key) === TABLE_CODES.x;
    await damage(to.store, isDeadline, (value) => Buffer.from(value.map((byte) => byte ^ 1)));
    await expect(to.state.install(GROUP, rotten)).rejects.toMatchObject({ code: 'CORRUPT' });
    const shard = await to.state.install(GROUP, await receive());
    expect(shard.digest()).toBe(from.shard.digest());
    await until(async () => (await rowsIn(to.state, to.store)).size === 1);
    await to.state.close();
    await snapshot.close();
    await from.state.close();
  });

  it('received whole before a crash are installed after it; what no descriptor lists is swept', async () => {
    const from = await sender();
    const snapshot = await from.state.snapshot(GROUP);
    const chunks = await chunksOf(snapshot);
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const to = await openState();
    const half = to.state.receive(GROUP, replicaId(2), encoded);
    await half.chunk(chunks[0] as Uint8Array);
    const whole = to.state.receive(GROUP, replicaId(2), encoded);
    expect(whole.space).not.toBe(half.space);
    for (const chunk of chunks) await whole.chunk(chunk);
    const descriptor = await whole.finish(snapshot.summary());
    // The process dies here: neither is closed.
    const { state, store } = await openState({ store: to.store });
    expect(state.descriptors.size).toBe(0);
    expect(state.allocateSpace()).toBeGreaterThan(whole.space);
    const shard = await state.install(GROUP, descriptor);
    await state.sweep();
    expect([...(await rowsIn(state, store)).keys()]).toEqual([whole.space]);
    expect(shard.digest()).toBe(from.shard.digest());
    await state.close();
    await snapshot.close();
    await from.state.close();
  });

  it('leave with a dropped replica: its rows and its descriptor go', async () => {
    const { state, store } = await sender(2500, 1);
    await state.flush();
    state.drop(GROUP);
    expect(state.descriptors.size).toBe(0);
    await until(async () => (await rowsIn(state, store)).size === 0);
    await state.close();
    const again = await openState({ store });
    expect(again.state.descriptors.size).toBe(0);
    expect(again.state.damage).toBeNull();
    await again.state.close();
  });
});

async function until(condition: () => Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
