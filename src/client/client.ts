/**
 * The client: typed calls over the catalogue's commands. Every call resolves with a result or
 * rejects with an RkvError whose code and kind (refused, unknown, fatal, usage) say what happened.
 */
import { RkvError } from '../kv/errors.js';
import type { Reply } from '../kv/reply.js';
import type { Command } from '../kv/request.js';
import type { Topology } from '../kv/status.js';
import { bucketOf } from '../shard/slot.js';
import type { Answer } from '../wire/client-codec/response.js';
import { AdminClient } from './admin.js';
import { countOf, countPageOf, integerOf, itemOf, itemsOf, pageOf, writtenOf } from './decode.js';
import type { Dispatcher, SubmitOptions } from './dispatcher.js';
import { CODES, commandOf, expiryArgs, integerArg, scanArgs, setArgs, toBytes } from './encode.js';
import type {
  Bytes,
  CallOptions,
  ConnectOptions,
  Page,
  ScanOptions,
  SetOptions,
  Value,
  WriteResult,
} from './types.js';

const DEFAULT_TIMEOUT_MS = 5000;

export class Client {
  readonly admin: AdminClient;
  readonly #dispatcher: Dispatcher;
  readonly #database: number;

  constructor(dispatcher: Dispatcher, options: ConnectOptions) {
    this.#dispatcher = dispatcher;
    this.#database = options.database ?? 0;
    this.admin = new AdminClient(dispatcher, options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
  }

  /** Nodes, shards and leaders as last told by a node. */
  get topology(): Topology | null {
    return this.#dispatcher.steering.topology;
  }

  /** The shard a key belongs to by the newest topology; null: not known yet. */
  shardOf(key: Bytes): number | null {
    const bucket = bucketOf(toBytes(key));
    const shards = this.topology?.shards ?? [];
    return shards.find((one) => one.firstBucket <= bucket && bucket <= one.lastBucket)?.id ?? null;
  }

  /**
   * The way without promises, for load generators: `done` is called once, later, with a reply or an
   * RkvError. The bytes of a reply are views of the message it came in: copy what stays.
   */
  submit(command: Command, done: (answer: Answer) => void, options?: SubmitOptions): void {
    this.#dispatcher.submit(command, done, options);
  }

  /** Any command of the catalogue. A reply of kind `failed` is not thrown here. */
  execute(command: Command, options: CallOptions = {}): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const { signal, timeoutMs, read } = options;
      if (signal?.aborted) {
        reject(new RkvError('CANCELLED', 'the caller gave up', { cause: signal.reason }));
        return;
      }
      let onAbort: (() => void) | null = null;
      const pending = this.#dispatcher.submit(
        command,
        (answer) => {
          if (onAbort !== null) signal?.removeEventListener('abort', onAbort);
          if (answer instanceof RkvError) reject(answer);
          else resolve(answer);
        },
        {
          ...(timeoutMs === undefined ? {} : { timeoutMs }),
          ...(read === undefined ? {} : { read }),
        },
      );
      if (signal === undefined || pending === null) return;
      onAbort = () => this.#dispatcher.cancel(pending, signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** A command by name, with arguments as a Redis client would write them. */
  async call(name: string, args: readonly Bytes[], options: CallOptions = {}): Promise<Reply> {
    const database = options.database ?? this.#database;
    return this.execute(commandOf(name, database, args.map(toBytes)), options);
  }

  #run(code: number, args: readonly Uint8Array[], options: CallOptions): Promise<Reply> {
    return this.execute({ code, database: options.database ?? this.#database, args }, options);
  }

  /** Null: the key is not there. */
  async get(key: Bytes, options: CallOptions = {}): Promise<Value | null> {
    return itemOf(await this.#run(CODES.get, [toBytes(key)], options));
  }

  /** Without `ttlMs` or `expiresAt` the key never expires. */
  async set(key: Bytes, value: Bytes, options: SetOptions = {}): Promise<WriteResult> {
    return writtenOf(await this.#run(CODES.set, setArgs(key, value, options), options));
  }

  /** True: it was there. */
  async del(key: Bytes, options: CallOptions = {}): Promise<boolean> {
    return countOf(await this.#run(CODES.del, [toBytes(key)], options)) === 1;
  }

  /** How many were there. Each shard's part is atomic, the whole is not. */
  async mdel(keys: readonly Bytes[], options: CallOptions = {}): Promise<number> {
    if (keys.length === 0) return 0;
    return countOf(await this.#run(CODES.mdel, keys.map(toBytes), options));
  }

  async exists(keys: Bytes | readonly Bytes[], options: CallOptions = {}): Promise<number> {
    const list = typeof keys === 'string' || keys instanceof Uint8Array ? [keys] : keys;
    if (list.length === 0) return 0;
    return countOf(await this.#run(CODES.exists, list.map(toBytes), options));
  }

  /** The new value. Rejects NOT_INTEGER, OVERFLOW. */
  async incr(key: Bytes, by: number | bigint = 1, options: CallOptions = {}): Promise<bigint> {
    return integerOf(await this.#run(CODES.incr, [toBytes(key), integerArg(by)], options));
  }

  /** The new length in bytes. */
  async append(key: Bytes, value: Bytes, options: CallOptions = {}): Promise<number> {
    return countOf(await this.#run(CODES.append, [toBytes(key), toBytes(value)], options));
  }

  /** In the order of the keys; each value is linearizable, the whole is no snapshot. */
  async mget(keys: readonly Bytes[], options: CallOptions = {}): Promise<(Value | null)[]> {
    if (keys.length === 0) return [];
    return itemsOf(await this.#run(CODES.mget, keys.map(toBytes), options));
  }

  /** How many pairs were written. Each shard's part is atomic, the whole is not. */
  async mset(pairs: Iterable<readonly [Bytes, Bytes]>, options: CallOptions = {}): Promise<number> {
    const args: Uint8Array[] = [];
    for (const [key, value] of pairs) args.push(toBytes(key), toBytes(value));
    if (args.length === 0) return 0;
    return countOf(await this.#run(CODES.mset, args, options));
  }

  /** False: the key is not there. */
  async expire(key: Bytes, ttlMs: number, options: CallOptions = {}): Promise<boolean> {
    const args = [toBytes(key), ...expiryArgs({ ttlMs })];
    return countOf(await this.#run(CODES.expire, args, options)) === 1;
  }

  /** `at` in milliseconds since 1970. False: the key is not there. */
  async expireAt(key: Bytes, at: number, options: CallOptions = {}): Promise<boolean> {
    const args = [toBytes(key), ...expiryArgs({ expiresAt: at })];
    return countOf(await this.#run(CODES.expire, args, options)) === 1;
  }

  /** False: there was no expiry to take, or no key. */
  async persist(key: Bytes, options: CallOptions = {}): Promise<boolean> {
    return countOf(await this.#run(CODES.persist, [toBytes(key)], options)) === 1;
  }

  /** Milliseconds left; `none`: it never expires; `absent`: the key is not there. */
  async ttl(key: Bytes, options: CallOptions = {}): Promise<number | 'none' | 'absent'> {
    const ms = countOf(await this.#run(CODES.ttl, [toBytes(key)], options));
    if (ms >= 0) return ms;
    return ms === -1 ? 'none' : 'absent';
  }

  /** Compare and set: replaces the value if it is exactly `old`. */
  async cas(key: Bytes, old: Bytes, value: Bytes, options: CallOptions = {}): Promise<WriteResult> {
    const args = [toBytes(key), toBytes(old), toBytes(value)];
    return writtenOf(await this.#run(CODES.cas, args, options));
  }

  /** Compare and delete: deletes the key if its value is exactly `old`. */
  async cad(key: Bytes, old: Bytes, options: CallOptions = {}): Promise<WriteResult> {
    return writtenOf(await this.#run(CODES.cad, [toBytes(key), toBytes(old)], options));
  }

  /** One page of a range in unsigned byte order. */
  async scanPage(options: ScanOptions = {}): Promise<Page> {
    return pageOf(await this.#run(CODES.scan, scanArgs(options, false), options));
  }

  /** All pages of a range; each is linearizable per shard, the whole is no snapshot. */
  async *scan(options: ScanOptions = {}): AsyncGenerator<Page, void, void> {
    let cursor = options.cursor ?? null;
    do {
      const page = await this.scanPage(cursor === null ? options : { ...options, cursor });
      yield page;
      cursor = page.cursor;
    } while (cursor !== null);
  }

  /** Keys of a range, counted page by page where they are. */
  async count(options: ScanOptions = {}): Promise<number> {
    let total = 0;
    let cursor = options.cursor ?? null;
    do {
      const page = cursor === null ? options : { ...options, cursor };
      const part = countPageOf(await this.#run(CODES.scan, scanArgs(page, true), page));
      total += part.count;
      cursor = part.cursor;
    } while (cursor !== null);
    return total;
  }

  /**
   * Calls that still wait are rejected: CANCELLED, or OUTCOME_UNKNOWN for a write that was sent.
   */
  async close(): Promise<void> {
    this.admin.close();
    this.#dispatcher.close();
  }
}
