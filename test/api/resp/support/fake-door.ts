/**
 * The Redis door with real sockets over a router of the test's own: strings in a Map, each answered
 * when the test (or a seeded order) says so, so that nothing keeps an order but the door.
 */
import { createGate } from '../../../../src/api/gate/gate.js';
import { startRespDoor } from '../../../../src/api/resp/door.js';
import type { DoorNode, DoorShard, RespDoor, RespLimits } from '../../../../src/api/resp/types.js';
import { toByteKey } from '../../../../src/base/bytes.js';
import { systemClock } from '../../../../src/base/clock.js';
import type { Revision } from '../../../../src/base/ids.js';
import { rowByCode } from '../../../../src/kv/catalog/catalog.js';
import { transactionOf } from '../../../../src/kv/catalog/exec.js';
import { formatInteger, parseInteger } from '../../../../src/kv/catalog/integer.js';
import { RkvError } from '../../../../src/kv/errors.js';
import type { Reply } from '../../../../src/kv/reply.js';
import type { Command } from '../../../../src/kv/request.js';
import type { RoutedAnswer, Router } from '../../../../src/router/types.js';

interface Stored {
  readonly value: Uint8Array;
  readonly revision: number;
}

const NULL: Reply = { kind: 'null' };
const integer = (value: number | bigint): Reply => ({ kind: 'integer', value: BigInt(value) });

/** Strings, as much of them as the tests of the door need. */
export class Strings {
  readonly #keys = new Map<string, Stored>();
  #revision = 0;

  run({ code, database, args }: Command): Reply {
    const name = rowByCode(code)?.name;
    const at = (i: number): Uint8Array => args[i] as Uint8Array;
    const key = `${database}:${toByteKey(args[0] ?? new Uint8Array(0))}`;
    const old = this.#keys.get(key);
    const found = (text: string) => this.#keys.get(`${database}:${text}`);
    switch (name) {
      case 'get':
        return old === undefined ? NULL : this.#item(old);
      case 'set': {
        const nx = args.some((arg, i) => i > 1 && toByteKey(arg) === 'NX');
        if (!nx || old === undefined) this.#put(key, at(1));
        const previous = old?.value ?? null;
        const revision = this.#revision as Revision;
        return { kind: 'written', applied: !nx || old === undefined, revision, previous };
      }
      case 'incr': {
        const before = old === undefined ? 0n : parseInteger(old.value);
        if (before === null) return { kind: 'failed', code: 'NOT_INTEGER' };
        const value = before + (parseInteger(at(1)) ?? 0n);
        this.#put(key, formatInteger(value));
        return integer(value);
      }
      case 'append':
        this.#put(key, Buffer.concat([old?.value ?? new Uint8Array(0), at(1)]));
        return integer(this.#keys.get(key)?.value.length ?? 0);
      case 'mget': {
        const items = args.map((arg) => {
          const stored = found(toByteKey(arg));
          return stored === undefined ? NULL : this.#item(stored);
        });
        return { kind: 'list', items };
      }
      case 'mset':
        for (let i = 0; i < args.length; i += 2) {
          this.#put(`${database}:${toByteKey(at(i))}`, at(i + 1));
        }
        return integer(args.length / 2);
      case 'del':
      case 'mdel':
        return integer(
          args.filter((arg) => this.#keys.delete(`${database}:${toByteKey(arg)}`)).length,
        );
      case 'exists':
        return integer(args.filter((arg) => found(toByteKey(arg)) !== undefined).length);
      case 'object': {
        if (old === undefined) return NULL;
        const texts = ['string', 'raw'].map((text) => ({
          kind: 'bytes' as const,
          bytes: Buffer.from(text),
        }));
        const { length } = old.value;
        return { kind: 'list', items: [...texts, integer(length), integer(length + 44)] };
      }
      case 'rev': {
        const items = args.map((arg) => integer(found(toByteKey(arg))?.revision ?? 0));
        return { kind: 'list', items };
      }
      case 'exec': {
        const { watched, commands } = transactionOf({ code, database, args });
        const changed = watched.some(
          (one) =>
            (this.#keys.get(`${one.database}:${toByteKey(one.key)}`)?.revision ?? 0) !==
            one.revision,
        );
        return changed ? NULL : { kind: 'list', items: commands.map((one) => this.run(one)) };
      }
      default:
        throw new RkvError('INTERNAL', `the test's strings do not know ${name}`);
    }
  }

  #put(key: string, value: Uint8Array): void {
    // what the router keeps it copies
    this.#keys.set(key, { value: Buffer.from(value), revision: ++this.#revision });
  }

  #item({ value, revision }: Stored): Reply {
    return { kind: 'item', value, revision: revision as Revision, expiresAt: null };
  }
}

export interface Held {
  readonly command: Command;
  readonly name: string;
  /** Runs it now and answers. */
  finish(): void;
  answer(answer: RoutedAnswer): void;
}

/** How requests are answered: by hand, or each in one of the next turns, in a seeded disorder. */
export type Answering = 'by-hand' | ((waiting: number) => number);

export class FakeRouter implements Router {
  readonly strings = new Strings();
  readonly held: Held[] = [];
  executed = 0;
  most = 0;
  readonly #answering: Answering;
  #armed = false;

  constructor(answering: Answering) {
    this.#answering = answering;
  }

  execute: Router['execute'] = ({ command }, done) => {
    this.executed++;
    const held: Held = {
      command,
      name: rowByCode(command.code)?.name ?? '',
      finish: () => held.answer(this.strings.run(command)),
      answer: (answer) => {
        this.held.splice(this.held.indexOf(held), 1);
        done(answer);
      },
    };
    this.held.push(held);
    this.most = Math.max(this.most, this.held.length);
    if (this.#answering !== 'by-hand') this.#arm(this.#answering);
  };

  #arm(choose: (waiting: number) => number): void {
    if (this.#armed) return;
    this.#armed = true;
    setImmediate(() => {
      this.#armed = false;
      const chosen = this.held[choose(this.held.length)];
      chosen?.finish();
      if (this.held.length > 0) this.#arm(choose);
    });
  }
}

export interface FakeDoor {
  readonly door: RespDoor;
  readonly router: FakeRouter;
  readonly address: string;
  readonly clusterAddress: string;
}

/** Three nodes, this is 1; shard n is led by node n. */
export const SHARDS: readonly DoorShard[] = [
  { id: 1, firstSlot: 0, lastSlot: 8191, rangeEpoch: 1, leader: 1, nodes: [1, 2, 3] },
  { id: 2, firstSlot: 8192, lastSlot: 12287, rangeEpoch: 1, leader: 2, nodes: [1, 2, 3] },
  { id: 3, firstSlot: 12288, lastSlot: 16383, rangeEpoch: 1, leader: null, nodes: [2, 3] },
];

function fakeNode(): DoorNode {
  const shardOf = (bucket: number): DoorShard | undefined =>
    SHARDS.find((shard) => shard.firstSlot <= bucket * 64 && bucket * 64 <= shard.lastSlot);
  return {
    nodeId: 1,
    clusterId: '0123456789abcdef',
    release: '0.0.0-test',
    shards: () => SHARDS,
    nodes: () =>
      [1, 2, 3].map((id) => ({
        id,
        redis: `127.0.0.1:${7401 + 10 * id}`,
        redisCluster: id === 3 ? '0.0.0.0:7434' : `127.0.0.1:${7404 + 10 * id}`,
        host: `10.0.0.${id}`,
        alive: id !== 3,
        connectedAt: id === 2 ? 1_700_000_000_000 : null,
      })),
    leaderOf: (bucket) => shardOf(bucket)?.leader ?? null,
    holds: (bucket) => shardOf(bucket)?.nodes.includes(1) ?? false,
    status: () => Promise.reject(new RkvError('NOT_READY', 'no status in this test')),
    own: () => ({
      shards: [
        { id: 1, leads: true, keys: [3, 2], expires: [1, 0], bytes: 99, applied: 7, members: 3 },
      ],
      forwarded: 5,
    }),
    now: () => Date.now(),
  };
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

export async function startFakeDoor(
  answering: Answering = () => 0,
  limits: Partial<RespLimits> = {},
  debugCommand = false,
): Promise<FakeDoor> {
  const router = new FakeRouter(answering);
  const door = await startRespDoor({
    listen: '127.0.0.1:0',
    listenCluster: '127.0.0.1:0',
    router,
    gate: createGate(),
    clock: systemClock,
    logger: quiet,
    node: fakeNode(),
    debugCommand,
    limits,
  });
  return {
    door,
    router,
    address: door.address ?? '',
    clusterAddress: door.clusterAddress ?? '',
  };
}
