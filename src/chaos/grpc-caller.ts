/** A caller on the client of rkv; several share one connection. */
import type { Client } from '../client/client.js';
import type { HistoryOut } from '../verify/history.js';
import type { NextOperation } from './operations.js';
import type { Caller } from './via.js';

export class GrpcCaller implements Caller {
  readonly #client: Client;
  readonly #timeoutMs: number;

  constructor(client: Client, timeoutMs: number) {
    this.#client = client;
    this.#timeoutMs = timeoutMs;
  }

  async ask(next: NextOperation): Promise<HistoryOut> {
    const { key } = next;
    const client = this.#client;
    const options = { timeoutMs: this.#timeoutMs };
    switch (next.op) {
      case 'get': {
        const read = next.follower ? ({ kind: 'follower' } as const) : undefined;
        const item = await client.get(key, { ...options, ...(read === undefined ? {} : { read }) });
        return { value: item === null ? null : item.value.toString('latin1') };
      }
      case 'set':
        return { applied: (await client.set(key, next.args[0], options)).applied };
      case 'cas':
        return { applied: (await client.cas(key, next.args[0], next.args[1], options)).applied };
      case 'append':
        return { length: await client.append(key, next.args[0], options) };
      case 'incr':
        return { value: (await client.incr(key, BigInt(next.args[0]), options)).toString() };
      case 'del':
        return { applied: await client.del(key, options) };
    }
  }

  /** The connection is not its own. */
  close(): void {}
}
