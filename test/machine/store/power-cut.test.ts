/**
 * What the store holds after the power went, over a model of LevelDB that loses what was not
 * synced, also from before what was (docs/simulation.md).
 */
import { expect, it } from 'vitest';
import { replicaId } from '../../../src/base/ids.js';
import { createPrng } from '../../../src/base/prng.js';
import { openMemoryStore } from '../../../src/engine/memory-store.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { TABLE_CODES } from '../../../src/machine/store/keys.js';
import { createModelDisk } from '../../sim/model-store/model-disk.js';
import { change, read, rowsOf, until } from './collection-helpers.js';
import { del, GROUP, openShard, openState, put, scanAll } from './helpers.js';

async function sender() {
  const opened = await openShard();
  for (let i = 0; i < 8; i++) await put(opened.shard, `k${i}`, Buffer.alloc(400_000, i));
  return opened;
}

it('a snapshot received whole before a power cut is whole after it, chunk by chunk', async () => {
  const from = await sender();
  const rows = await scanAll(from.shard);
  for (let seed = 1; seed <= 4; seed++) {
    const disk = createModelDisk(createPrng(seed), (run) => setImmediate(run), {
      batchesPerLog: 2,
    });
    const to = await openState({ store: disk.open() });
    const snapshot = await from.state.snapshot(GROUP);
    const encoded = from.state.encodeDescriptor(snapshot.descriptor);
    const incoming = to.state.receive(GROUP, replicaId(2), encoded);
    for await (const chunk of snapshot.chunks) await incoming.chunk(Buffer.from(chunk));
    const descriptor = await incoming.finish(snapshot.summary());
    await snapshot.close();
    disk.cutPower();
    const again = await openState({ store: disk.open() });
    expect(again.state.damage, `seed ${seed}`).toBeNull();
    const shard = await again.state.install(GROUP, descriptor);
    expect(shard.digest()).toBe(from.shard.digest());
    expect((await scanAll(shard)).length).toBe(rows.length);
    const scrubbed = await again.state.scrub(GROUP, { bytesPerSecond: 1e9 });
    expect(scrubbed.wrong, `seed ${seed}`).toBeNull();
    await again.state.close();
  }
  await from.state.close();
});

/** The process dies when so many batches are written: the next never completes. */
function dyingAfter(
  store: OrderedStore,
  batches: number,
): { store: OrderedStore; dead: Promise<void> } {
  let left = batches;
  let die = (): void => undefined;
  const dead = new Promise<void>((resolve) => {
    die = resolve;
  });
  const batchOf: OrderedStore['batch'] = () => {
    const batch = store.batch();
    return {
      put: (key, value) => batch.put(key, value),
      del: (key) => batch.del(key),
      get length() {
        return batch.length;
      },
      write() {
        if (left-- > 0) return batch.write();
        die();
        return new Promise<void>(() => undefined);
      },
      abandon: () => batch.abandon(),
    };
  };
  return { store: { ...store, batch: batchOf }, dead };
}

it('rows and applied index are of one moment, whichever batch was the last', async () => {
  for (let batches = 2; batches <= 8; batches++) {
    const whole = await openMemoryStore();
    const { store, dead } = dyingAfter(whole, batches);
    const { state, shard } = await openShard({ store });
    const born = shard.descriptor.applied.index;
    let over = false;
    const end = dead.then(() => {
      over = true;
    });
    for (let i = 1; !over; i++) {
      await put(shard, `k${i}`, 'v');
      if (i % 3 === 0) await Promise.race([state.flush(), end]);
    }
    const again = await openState({ store: whole });
    const found = again.state.shard(GROUP);
    const { index } = found.descriptor.applied;
    expect((await scanAll(found)).length, `after ${batches} batches`).toBe(index - born);
    await again.state.close();
  }
});

it('collections are whole or gone after a power cut, and what went is cleaned up', async () => {
  for (let seed = 1; seed <= 12; seed++) {
    const random = createPrng(seed);
    const disk = createModelDisk(createPrng(seed), (run) => setImmediate(run), {
      batchesPerLog: 2,
    });
    const { state, shard } = await openShard({ store: disk.open() });
    type Model = Record<string, Record<string, string>>;
    let model: Model = {};
    const history = new Map<number, Model>();
    for (let step = 0; step < 60; step++) {
      const key = `h${random.below(3)}`;
      if (random.below(4) === 0) {
        await del(shard, key);
        const { [key]: _, ...rest } = model;
        model = rest;
      } else {
        const fields: Record<string, string> = {};
        for (let i = 0; i < 20; i++) fields[`f${random.below(100)}`] = `${step}`;
        await change(shard, key, fields);
        model = { ...model, [key]: { ...model[key], ...fields } };
      }
      history.set(shard.descriptor.applied.index, model);
      if (random.below(5) === 0) void state.flush().catch(() => undefined);
      if (random.below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    disk.cutPower();
    const { state: again, store } = await openState({ store: disk.open() });
    expect(again.damage, `seed ${seed}`).toBeNull();
    if (!again.descriptors.has(GROUP)) continue;
    const found = again.shard(GROUP);
    const expected = history.get(found.descriptor.applied.index) ?? {};
    for (const key of ['h0', 'h1', 'h2']) {
      expect(await read(found, key), `seed ${seed}`).toEqual(expected[key] ?? null);
    }
    expect((await again.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
    await until(async () => (await rowsOf(store, TABLE_CODES.b)) === 0);
    const alive = Object.values(expected).reduce((n, of) => n + Object.keys(of).length, 0);
    expect(await rowsOf(store, TABLE_CODES.c), `seed ${seed}`).toBe(alive);
    await again.close();
  }
});
