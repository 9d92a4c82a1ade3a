/** A small Redis client for tests: sends what it is told, gives replies in their order. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type Argument, encodeCommand } from '../../../../src/api/resp/codec/encode-command.js';
import { ReplyParser } from '../../../../src/api/resp/codec/reply-parser.js';
import type { RespValue } from '../../../../src/api/resp/codec/resp-value.js';

/** Simple strings begin with +, errors with -, all else as JavaScript has it; bytes as latin1. */
export type Plain = string | number | bigint | boolean | null | readonly Plain[];

export function plain(value: RespValue): Plain {
  switch (value.kind) {
    case 'simple':
      return `+${value.text}`;
    case 'error':
      return `-${value.text}`;
    case 'integer':
    case 'double':
    case 'boolean':
    case 'big-number':
      return value.value;
    case 'bulk':
    case 'verbatim':
      return Buffer.from(value.bytes).toString('latin1');
    case 'null':
    case 'null-array':
      return null;
    case 'array':
    case 'set':
    case 'push':
      return value.items.map(plain);
    case 'map':
      return value.entries.map(([key, item]) => [plain(key), plain(item)]);
  }
}

export class RespClient {
  readonly socket: Socket;
  readonly #parser = new ReplyParser();
  readonly #replies: RespValue[] = [];
  #waiters: ((value: RespValue) => void)[] = [];
  received = 0;
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.closed = true;
    });
    socket.on('data', (chunk: Buffer) => {
      this.received += chunk.length;
      this.#parser.push(chunk);
      for (let value = this.#parser.next(); value !== undefined; value = this.#parser.next()) {
        const waiter = this.#waiters.shift();
        if (waiter === undefined) this.#replies.push(value);
        else waiter(value);
      }
    });
  }

  static async connect(address: string): Promise<RespClient> {
    const colon = address.lastIndexOf(':');
    const socket = connect({
      host: address.slice(0, colon),
      port: Number(address.slice(colon + 1)),
      noDelay: true,
    });
    const client = new RespClient(socket);
    await once(socket, 'connect');
    return client;
  }

  /** Replies that nobody waits for. */
  get unasked(): number {
    return this.#replies.length;
  }

  send(bytes: Uint8Array | string): void {
    this.socket.write(bytes);
  }

  next(): Promise<RespValue> {
    const value = this.#replies.shift();
    if (value !== undefined) return Promise.resolve(value);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  ask(...words: readonly Argument[]): Promise<Plain> {
    return this.askAll(words);
  }

  async askAll(words: readonly Argument[]): Promise<Plain> {
    this.send(encodeCommand(words));
    return plain(await this.next());
  }

  /** All in one write; the replies in order. */
  async pipeline(commands: readonly (readonly Argument[])[]): Promise<Plain[]> {
    this.send(Buffer.concat(commands.map(encodeCommand)));
    const replies: Plain[] = [];
    for (let i = 0; i < commands.length; i++) replies.push(plain(await this.next()));
    return replies;
  }

  /** Resolves when the server has hung up. */
  async whenClosed(): Promise<void> {
    if (!this.closed) await once(this.socket, 'close');
  }

  close(): void {
    this.socket.destroy();
  }
}
