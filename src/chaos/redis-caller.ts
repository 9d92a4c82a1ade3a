/**
 * A caller on the Redis door, with connections of its own, as a Redis client has them: most of what
 * it asks goes to the plain listener of a node; reads that a follower may answer go to the listener
 * for cluster clients after READONLY. When a connection is over the next one goes to the next node.
 * Every other compare-and-set is a SET with IFEQ, the others are WATCH, GET, MULTI, SET, EXEC.
 */
import type { RespValue } from '../api/resp/codec/resp-value.js';
import { type ErrorCode, RkvError } from '../kv/errors.js';
import type { HistoryOut } from '../verify/history.js';
import type { NextOperation } from './operations.js';
import { RedisConnection, type Words } from './redis-connection.js';
import type { Caller } from './via.js';

/** host:port of both listeners of one node. */
export interface RedisDoors {
  readonly plain: string;
  readonly cluster: string;
}

/**
 * The first word of an error of the door, where it says what became of the command. Any other is
 * taken for unknown: nothing is believed that no word vouches for.
 */
const CODES: Readonly<Record<string, ErrorCode>> = {
  CLUSTERDOWN: 'NO_LEADER',
  TRYAGAIN: 'NOT_READY',
  LOADING: 'NOT_READY',
  OOM: 'FULL',
  MOVED: 'MOVED',
  CROSSSLOT: 'CROSS_SHARD',
  EXECABORT: 'NOT_READY',
};

/** The reply, unless it is an error. */
function proper(reply: RespValue | undefined): RespValue {
  if (reply === undefined) throw new RkvError('OUTCOME_UNKNOWN', 'an answer is missing');
  if (reply.kind !== 'error') return reply;
  const code = CODES[reply.text.split(' ', 1)[0] ?? ''] ?? 'OUTCOME_UNKNOWN';
  throw new RkvError(code, reply.text);
}

function unexpected(reply: RespValue): never {
  throw new RkvError('OUTCOME_UNKNOWN', `an answer of kind ${reply.kind} was not expected`);
}

const isNull = ({ kind }: RespValue): boolean => kind === 'null' || kind === 'null-array';

function textOf(reply: RespValue): string | null {
  if (isNull(reply)) return null;
  return reply.kind === 'bulk' ? Buffer.from(reply.bytes).toString('latin1') : unexpected(reply);
}

const numberOf = (reply: RespValue): bigint =>
  reply.kind === 'integer' ? BigInt(reply.value) : unexpected(reply);

/** OK, or null when a condition was false. */
function doneBy(reply: RespValue): boolean {
  if (isNull(reply)) return false;
  return reply.kind === 'simple' && reply.text === 'OK' ? true : unexpected(reply);
}

export class RedisCaller implements Caller {
  readonly #nodes: readonly RedisDoors[];
  readonly #timeoutMs: number;
  readonly #greeting: readonly Words[];
  #node: number;
  #compared = 0;
  readonly #connections = new Map<keyof RedisDoors, RedisConnection>();

  /** The `index`-th caller of a run: they begin on different nodes, in both protocols. */
  constructor(nodes: readonly RedisDoors[], index: number, timeoutMs: number) {
    this.#nodes = nodes;
    this.#timeoutMs = timeoutMs;
    this.#node = index % nodes.length;
    this.#greeting = [['HELLO', 2 + (Math.floor(index / nodes.length) % 2)]];
  }

  async ask(next: NextOperation): Promise<HistoryOut> {
    const { key } = next;
    switch (next.op) {
      case 'get': {
        const door = next.follower ? 'cluster' : 'plain';
        return { value: textOf(await this.#one(['GET', key], door)) };
      }
      case 'set':
        return { applied: doneBy(await this.#one(['SET', key, next.args[0]])) };
      case 'append':
        return { length: Number(numberOf(await this.#one(['APPEND', key, next.args[0]]))) };
      case 'incr':
        return { value: String(numberOf(await this.#one(['INCRBY', key, next.args[0]]))) };
      case 'del':
        return { applied: numberOf(await this.#one(['DEL', key])) === 1n };
      case 'cas':
        return { applied: await this.#compareAndSet(key, next.args[0], next.args[1]) };
    }
  }

  close(): void {
    for (const connection of this.#connections.values()) connection.close();
  }

  #compareAndSet(key: string, old: string, value: string): Promise<boolean> {
    this.#compared += 1;
    if (this.#compared % 2 === 0) return this.#watched(key, old, value);
    return this.#one(['SET', key, value, 'IFEQ', old]).then(doneBy);
  }

  /**
   * False when the value is another one, or when somebody wrote the key between WATCH and EXEC: as
   * values are used once, it was another one then. Nothing is done before EXEC, so until it is sent
   * the outcome is never unknown.
   */
  async #watched(key: string, old: string, value: string): Promise<boolean> {
    const connection = await this.#open('plain');
    const looked = await asRefusal(() =>
      connection.ask(
        [
          ['WATCH', key],
          ['GET', key],
        ],
        this.#timeoutMs,
      ),
    );
    const found = await asRefusal(async () => {
      proper(looked[0]);
      return textOf(proper(looked[1]));
    });
    if (found !== old) {
      await asRefusal(() => connection.ask([['UNWATCH']], this.#timeoutMs));
      return false;
    }
    const plan: readonly Words[] = [['MULTI'], ['SET', key, value], ['EXEC']];
    const replies = await connection.ask(plan, this.#timeoutMs);
    const result = proper(replies[2]);
    if (isNull(result)) return false;
    return result.kind === 'array' ? doneBy(proper(result.items[0])) : unexpected(result);
  }

  async #one(words: Words, door: keyof RedisDoors = 'plain'): Promise<RespValue> {
    const connection = await this.#open(door);
    const [reply] = await connection.ask([words], this.#timeoutMs);
    return proper(reply);
  }

  /** A connection that works, as far as it is known. Rejects with what is surely a refusal. */
  async #open(door: keyof RedisDoors): Promise<RedisConnection> {
    const known = this.#connections.get(door);
    if (known?.over === false) return known;
    if (known !== undefined) this.#leave(door);
    const address = (this.#nodes[this.#node] as RedisDoors)[door];
    try {
      const connection = await RedisConnection.open(address, this.#timeoutMs);
      this.#connections.set(door, connection);
      const words = door === 'cluster' ? [...this.#greeting, ['READONLY']] : this.#greeting;
      await asRefusal(() => connection.ask(words, this.#timeoutMs));
      return connection;
    } catch (error) {
      this.#leave(door);
      throw error;
    }
  }

  /** Next time it is another node. */
  #leave(door: keyof RedisDoors): void {
    this.#connections.get(door)?.close();
    this.#connections.delete(door);
    this.#node = (this.#node + 1) % this.#nodes.length;
  }
}

/** What fails before anything can have been changed is no unknown outcome. */
async function asRefusal<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const isUnknown = error instanceof RkvError && error.kind === 'unknown';
    throw isUnknown ? new RkvError('UNREACHABLE', error.message) : error;
  }
}
