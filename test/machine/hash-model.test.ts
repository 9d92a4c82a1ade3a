/**
 * Hashes on two real stores against a Map of Maps: the second store flushes, crashes, and is
 * replaced by a snapshot of itself at any moment; both answer alike, have one digest, and hold what
 * the model holds.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Epoch, EpochMs, LogIndex, Term } from '../../src/base/ids.js';
import { replicaId } from '../../src/base/ids.js';
import { openLevelStore } from '../../src/engine/level-store.js';
import { openMemoryStore } from '../../src/engine/memory-store.js';
import type { Command } from '../../src/kv/request.js';
import { createMachine, type ShardMachine } from '../../src/machine/machine.js';
import type { OrderedStore } from '../../src/machine/ports.js';
import type { OpenedNodeState } from '../../src/machine/store/node-state.js';
import type { CommittedEntry, NodeState } from '../../src/machine/types.js';
import { encodeEntry } from '../../src/wire/entry/codec.js';
import { command, outcome, session, show } from './driver.js';
import { emptyDescriptor } from './fake-state.js';
import { descriptorOf, GROUP, mortal, openState } from './store/helpers.js';

const KEYS = ['a', 'b', '{a}'];
const key = fc.constantFrom(...KEYS);
const field = fc.constantFrom('f', 'g', 'h', 'i', '', '\0');
const value = fc.constantFrom('1', '2', 'x', '');
const TIME = 1_000_000;

const one: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .tuple(key, fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 4 }))
      .map(([at, pairs]) => command('hset', at, ...pairs.flat())),
  },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        fc.constantFrom('hdel', 'hgetdel'),
        key,
        fc.array(field, { minLength: 1, maxLength: 3 }),
      )
      .map(([name, at, fields]) => command(name, at, ...fields)),
  },
  fc.tuple(key, field, value).map(([at, f, v]) => command('hsetnx', at, f, v)),
  fc.tuple(key).map(([at]) => command('del', at)),
  fc.tuple(key, key).map(([from, to]) => command('rename', from, to)),
);

type Event = 'nothing' | 'flush' | 'settle' | 'crash' | 'snapshot';
const event = fc.constantFrom<Event>('nothing', 'nothing', 'flush', 'settle', 'crash', 'snapshot');

type Model = Map<string, Map<string, string>>;

function applyTo(model: Model, { code, args }: Command): void {
  const texts = args.map((arg) => Buffer.from(arg).toString('latin1'));
  const at = texts[0] as string;
  const hash = model.get(at) ?? new Map<string, string>();
  const is = (name: string): boolean => code === command(name).code;
  if (is('del')) hash.clear();
  else if (is('rename')) {
    const to = texts[1] as string;
    if (model.has(at) && to !== at) {
      model.set(to, new Map(hash));
      hash.clear();
    }
  } else if (is('hset')) {
    for (let i = 1; i < texts.length; i += 2) hash.set(texts[i] as string, texts[i + 1] as string);
  } else if (is('hsetnx')) {
    if (!hash.has(texts[1] as string)) hash.set(texts[1] as string, texts[2] as string);
  } else for (const name of texts.slice(1)) hash.delete(name);
  if (hash.size === 0) model.delete(at);
  else model.set(at, hash);
}

/** A machine over a store, that dies and comes back. */
class Node {
  readonly store: OrderedStore;
  state: OpenedNodeState;
  machine: ShardMachine;
  private kill: () => Promise<void>;

  constructor(
    store: OrderedStore,
    kill: () => Promise<void>,
    state: OpenedNodeState,
    machine: ShardMachine,
  ) {
    this.store = store;
    this.kill = kill;
    this.state = state;
    this.machine = machine;
  }

  static async open(base: OrderedStore): Promise<Node> {
    const { store, kill } = mortal(base);
    const { state } = await openState({ store });
    const { applied } = emptyDescriptor();
    const shard = state.create({ ...descriptorOf(state.allocateSpace()), applied });
    await state.flush();
    return new Node(base, kill, state, await createMachine({ state: shard }));
  }

  async apply(entry: CommittedEntry): Promise<string> {
    await this.machine.prefetch(entry);
    return this.machine.apply(entry).outcomes.map(outcome).join(' ');
  }

  async read(name: string, ...args: string[]): Promise<string> {
    const result = await this.machine.read(command(name, ...args), TIME as EpochMs, true);
    return result.kind === 'reply' ? show(result.reply) : result.kind;
  }

  /** The process dies as it is; what was flushed is there again. */
  async crash(entries: readonly CommittedEntry[]): Promise<void> {
    await this.kill();
    const { store, kill } = mortal(this.store);
    this.kill = kill;
    const { state } = await openState({ store });
    expect(state.damage).toBeNull();
    await this.become(state);
    for (const entry of entries.slice(this.machine.state.descriptor.applied.index)) {
      await this.apply(entry);
    }
  }

  /** Its own snapshot takes its place. */
  async replace(): Promise<void> {
    const { state } = this;
    const snapshot = await state.snapshot(GROUP);
    const encoded = state.encodeDescriptor(snapshot.descriptor);
    const incoming = state.receive(GROUP, replicaId(1), encoded);
    for await (const chunk of snapshot.chunks) await incoming.chunk(Buffer.from(chunk));
    const descriptor = await incoming.finish(snapshot.summary());
    await snapshot.close();
    await state.install(GROUP, descriptor);
    await this.become(state);
  }

  private async become(state: OpenedNodeState): Promise<void> {
    this.state = state;
    const nodeState: NodeState = state;
    this.machine = await createMachine({ state: nodeState.shard(GROUP) });
  }
}

async function expectModel(node: Node, model: Model): Promise<void> {
  for (const at of KEYS) {
    const hash = model.get(at) ?? new Map<string, string>();
    expect(await node.read('hlen', at)).toBe(`${hash.size}`);
    const all = await node.machine.read(command('hgetall', at), TIME as EpochMs, true);
    const items = all.kind === 'reply' && all.reply.kind === 'list' ? all.reply.items : [];
    const found: [string, string][] = [];
    for (let i = 0; i < items.length; i += 2)
      found.push([show(items[i] ?? null), show(items[i + 1] ?? null)]);
    expect(found.sort()).toEqual([...hash].sort());
    for (const name of ['f', '', '\0']) {
      expect(await node.read('hget', at, name)).toBe(hash.get(name) ?? 'null');
    }
  }
}

describe('hashes on two stores', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rkv-hashes-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it('answer alike, have one digest, and hold what the model holds', async () => {
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.array(one, { minLength: 1, maxLength: 3 }), event), { maxLength: 20 }),
        fc.nat(3).map((n) => n === 0),
        async (story, onDisk) => {
          const first = await Node.open(await openMemoryStore());
          const store = onDisk
            ? await openLevelStore(join(folder, `${runs++}`))
            : await openMemoryStore();
          const second = await Node.open(store);
          const model: Model = new Map();
          const entries: CommittedEntry[] = [];
          let sequence = 0;
          for (const [commands, what] of story) {
            if (what === 'flush') void second.state.flush();
            if (what === 'settle') await second.state.flush();
            if (what === 'crash') await second.crash(entries);
            if (what === 'snapshot') await second.replace();
            const writes = commands.map((each) => {
              sequence++;
              const firstAttempt = TIME as EpochMs;
              const stamp = { session: session('s'), sequence, mark: sequence, firstAttempt };
              return { command: each, stamp, rangeEpoch: 1 as Epoch };
            });
            const entry: CommittedEntry = {
              index: (entries.length + 1) as LogIndex,
              term: 1 as Term,
              kind: 'normal',
              bytes: encodeEntry({ kind: 'commands', stamp: TIME as EpochMs, commands: writes }),
            };
            entries.push(entry);
            for (const each of commands) applyTo(model, each);
            expect(await second.apply(entry)).toBe(await first.apply(entry));
            expect(second.machine.state.digest()).toBe(first.machine.state.digest());
          }
          await expectModel(second, model);
          expect(second.state.stats().syncElementReads).toBe(0);
          await second.crash(entries);
          await expectModel(second, model);
          expect((await second.state.scrub(GROUP, { bytesPerSecond: 1e9 })).wrong).toBeNull();
          await first.state.close();
          await second.state.close();
          await store.close();
        },
      ),
      { numRuns: 30 },
    );
  });
});
