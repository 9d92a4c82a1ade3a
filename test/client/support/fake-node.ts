/**
 * A real gRPC door over a router that keeps everything in one Map, with switches for what goes
 * wrong.
 */

import { createGate } from '../../../src/api/gate/gate.js';
import { startGrpcDoor } from '../../../src/api/grpc/door.js';
import type { GrpcDoor, GrpcDoorLimits } from '../../../src/api/grpc/types.js';
import type { Admin } from '../../../src/api/ports.js';
import { toByteKey } from '../../../src/base/bytes.js';
import { systemClock } from '../../../src/base/clock.js';
import type { EpochMs, Revision } from '../../../src/base/ids.js';
import { rowByCode } from '../../../src/kv/catalog/catalog.js';
import { RkvError } from '../../../src/kv/errors.js';
import type { Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';
import type { ClusterStatus, Topology } from '../../../src/kv/status.js';
import type { RoutedAnswer, RoutedRequest, Router } from '../../../src/router/types.js';

interface Stored {
  value: Buffer;
  revision: number;
  expiresAt: number | null;
}

/** What the nodes of one fake cluster share: data, and replies by session and sequence. */
export class FakeStore {
  readonly data = new Map<string, Stored>();
  readonly replies = new Map<string, Reply>();
  revision = 0;
  applied = 0;

  run(request: RoutedRequest): Reply {
    const { stamp, command } = request;
    const key = stamp === null ? null : `${stamp.session}/${stamp.sequence}`;
    const kept = key === null ? undefined : this.replies.get(key);
    if (kept !== undefined) return kept;
    const reply = this.#apply(command);
    if (key !== null) this.replies.set(key, reply);
    return reply;
  }

  #put(key: Uint8Array, value: Uint8Array): Stored {
    this.applied++;
    const stored = { value: Buffer.from(value), revision: ++this.revision, expiresAt: null };
    this.data.set(toByteKey(key), stored);
    return stored;
  }

  #item(key: Uint8Array): Reply {
    const stored = this.data.get(toByteKey(key));
    if (stored === undefined) return { kind: 'null' };
    return {
      kind: 'item',
      value: stored.value,
      revision: stored.revision as Revision,
      expiresAt: stored.expiresAt as EpochMs | null,
    };
  }

  #integer = (value: number | bigint): Reply => ({ kind: 'integer', value: BigInt(value) });

  #delete(keys: readonly Uint8Array[]): Reply {
    return this.#integer(keys.filter((key) => this.data.delete(toByteKey(key))).length);
  }

  #written(applied: boolean, revision: number, previous: Uint8Array | null): Reply {
    return { kind: 'written', applied, revision: revision as Revision, previous };
  }

  #apply({ code, args }: Command): Reply {
    const [key, second, third] = args as [Uint8Array, Uint8Array, Uint8Array];
    const old = key === undefined ? undefined : this.data.get(toByteKey(key));
    const words = args.slice(2).map((word) => toByteKey(word));
    switch (rowByCode(code)?.name) {
      case 'get':
        return this.#item(key);
      case 'set': {
        const previous = words.includes('GET') ? (old?.value ?? null) : null;
        if (words.includes('NX') && old !== undefined) {
          return this.#written(false, old.revision, previous);
        }
        const stored = this.#put(key, second);
        const px = words.indexOf('PX');
        if (px >= 0) stored.expiresAt = Date.now() + Number(words[px + 1]);
        return this.#written(true, stored.revision, previous);
      }
      case 'del':
      case 'mdel':
        return this.#delete(args);
      case 'exists':
        return this.#integer(args.filter((one) => this.data.has(toByteKey(one))).length);
      case 'incr': {
        const from = old === undefined ? 0n : BigInt(old.value.toString());
        const to = from + BigInt(toByteKey(second));
        this.#put(key, Buffer.from(to.toString()));
        return this.#integer(to);
      }
      case 'append': {
        const value = Buffer.concat([old?.value ?? Buffer.alloc(0), second]);
        this.#put(key, value);
        return this.#integer(value.length);
      }
      case 'mget':
        return { kind: 'list', items: args.map((one) => this.#item(one)) };
      case 'mset':
        for (let i = 0; i < args.length; i += 2) this.#put(args[i]!, args[i + 1]!);
        return this.#integer(args.length / 2);
      case 'expire':
        if (old !== undefined) old.expiresAt = Date.now() + Number(words[0] ?? toByteKey(third));
        return this.#integer(old === undefined ? 0 : 1);
      case 'persist': {
        const had = old !== undefined && old.expiresAt !== null;
        if (old !== undefined) old.expiresAt = null;
        return this.#integer(had ? 1 : 0);
      }
      case 'ttl':
        if (old === undefined) return this.#integer(-2);
        return this.#integer(old.expiresAt === null ? -1 : Math.max(0, old.expiresAt - Date.now()));
      case 'cas':
      case 'cad': {
        if (old === undefined || !old.value.equals(second)) {
          return this.#written(false, old?.revision ?? 0, null);
        }
        if (third !== undefined) return this.#written(true, this.#put(key, third).revision, null);
        this.data.delete(toByteKey(key));
        return this.#written(true, ++this.revision, null);
      }
      case 'scan':
        return this.#scan(args, words);
      default:
        throw new Error(`the fake has no command ${code}`);
    }
  }

  #scan(args: readonly Uint8Array[], words: readonly string[]): Reply {
    const option = (word: string): string | undefined => {
      const at = words.indexOf(word);
      return at < 0 ? undefined : words[at + 1];
    };
    const from = toByteKey(args[0]!);
    const to = toByteKey(args[1]!);
    const prefix = option('PREFIX') ?? '';
    const cursor = option('CURSOR');
    const reverse = words.includes('REVERSE');
    const keys = [...this.data.keys()]
      .filter((key) => key >= from && (to === '' || key < to) && key.startsWith(prefix))
      .sort();
    if (reverse) keys.reverse();
    const rest = keys.filter(
      (key) => cursor === undefined || (reverse ? key < cursor : key > cursor),
    );
    const page = rest.slice(0, Number(option('LIMIT') ?? 3));
    const next = page.length < rest.length ? Buffer.from(page.at(-1)!, 'latin1') : null;
    if (words.includes('COUNTONLY')) {
      const cursorReply: Reply = next === null ? { kind: 'null' } : { kind: 'bytes', bytes: next };
      return { kind: 'list', items: [this.#integer(page.length), cursorReply] };
    }
    const items = page.map((key) => {
      const stored = this.data.get(key)!;
      return {
        key: Buffer.from(key, 'latin1'),
        value: words.includes('KEYSONLY') ? Buffer.alloc(0) : stored.value,
        revision: stored.revision as Revision,
        expiresAt: stored.expiresAt as EpochMs | null,
      };
    });
    return { kind: 'page', items, next };
  }
}

type Behaviour = (
  request: RoutedRequest,
  answer: (answer: RoutedAnswer) => void,
  store: FakeStore,
) => void;

export interface FakeNode {
  readonly address: string;
  readonly door: GrpcDoor;
  readonly store: FakeStore;
  /** Requests that came as far as the router. */
  readonly seen: RoutedRequest[];
  /** Replaces what the router does; null: serve. */
  behave(behaviour: Behaviour | null): void;
  setTopology(topology: Topology): void;
  /** The cluster clock that the door tells. */
  setNow(nowMs: number): void;
  setStatus(status: ClusterStatus): void;
  readonly watchers: number;
  close(): Promise<void>;
}

export const oneNodeTopology = (address: string, version = 1): Topology => ({
  clusterId: 'fake',
  version,
  nodes: [{ id: 1, grpc: address }],
  shards: [{ id: 1, firstBucket: 0, lastBucket: 255, rangeEpoch: 1, leader: 1 }],
});

export async function startFakeNode(
  options: { store?: FakeStore; listen?: string; limits?: Partial<GrpcDoorLimits> } = {},
): Promise<FakeNode> {
  const store = options.store ?? new FakeStore();
  const seen: RoutedRequest[] = [];
  const watchers = new Set<(topology: Topology) => void>();
  let behaviour: Behaviour | null = null;
  let topology = oneNodeTopology('127.0.0.1:1');
  let status: ClusterStatus | null = null;
  let now: number | null = null;

  const router: Router = {
    execute(request, done) {
      seen.push(request);
      setImmediate(() => {
        if (behaviour === null) done(store.run(request));
        else behaviour(request, done, store);
      });
    },
  };
  const admin: Admin = {
    async status() {
      if (status === null) throw new RkvError('NOT_READY', 'no status yet');
      return status;
    },
    topology: () => topology,
    watchTopology(onChange) {
      watchers.add(onChange);
      onChange(topology);
      return () => watchers.delete(onChange);
    },
    async transferLeader(shard, toNode) {
      if (shard !== 1) throw new RkvError('NOT_FOUND', `there is no shard ${shard}`, { shard });
      if (toNode === 9) throw new RkvError('CONFLICT', 'node 9 has no replica of shard 1');
    },
    probe: async () => ({ shards: [1, 2, 3, 4] }),
    options: () => ({ engine: 'level', sync: true, replicas: 3 }),
    localRead: async (_database, key) => store.data.get(toByteKey(key))?.value ?? null,
  };
  const door = await startGrpcDoor({
    listen: options.listen ?? '127.0.0.1:0',
    router,
    admin,
    gate: createGate(),
    clock: systemClock,
    logger: { warn: () => undefined },
    now: () => now ?? Date.now(),
    ...(options.limits === undefined ? {} : { limits: options.limits }),
  });
  topology = oneNodeTopology(door.address);
  return {
    address: door.address,
    door,
    store,
    seen,
    behave(next) {
      behaviour = next;
    },
    setTopology(next) {
      topology = next;
      for (const watcher of watchers) watcher(next);
    },
    setNow(next) {
      now = next;
    },
    setStatus(next) {
      status = next;
    },
    get watchers() {
      return watchers.size;
    },
    close: () => door.close(100),
  };
}
