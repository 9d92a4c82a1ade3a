/**
 * A RESP connection of one caller: commands go out in one write, their replies come in order. What
 * is kept here: as soon as an answer is missing (too late, or the connection has ended) nothing of
 * it is believed any more, and the connection is over, because a late reply would be taken for
 * the next one's.
 */
import { connect, type Socket } from 'node:net';
import { type Argument, encodeCommand } from '../api/resp/codec/encode-command.js';
import { ReplyParser } from '../api/resp/codec/reply-parser.js';
import type { RespValue } from '../api/resp/codec/resp-value.js';
import { RkvError } from '../kv/errors.js';

export type Words = readonly Argument[];

interface Asked {
  readonly count: number;
  readonly replies: RespValue[];
  readonly timer: NodeJS.Timeout;
  readonly resolve: (replies: readonly RespValue[]) => void;
  readonly reject: (error: RkvError) => void;
}

export class RedisConnection {
  readonly #socket: Socket;
  readonly #parser = new ReplyParser();
  #asked: Asked | null = null;
  #over = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#end('the connection ended before the answer came'));
  }

  /** `address` is host:port. Rejects with UNREACHABLE. */
  static open(address: string, timeoutMs: number): Promise<RedisConnection> {
    const colon = address.lastIndexOf(':');
    const socket = connect(Number(address.slice(colon + 1)), address.slice(0, colon));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(new Error('no answer')), timeoutMs);
      const refuse = (error?: Error): void => {
        clearTimeout(timer);
        reject(new RkvError('UNREACHABLE', `${address}: ${error?.message ?? 'closed'}`));
      };
      socket.once('error', refuse);
      socket.once('close', () => refuse());
      socket.once('connect', () => {
        clearTimeout(timer);
        socket.removeAllListeners();
        resolve(new RedisConnection(socket));
      });
    });
  }

  get over(): boolean {
    return this.#over;
  }

  /** As many replies as commands. Rejects with OUTCOME_UNKNOWN; then the connection is over. */
  ask(commands: readonly Words[], timeoutMs: number): Promise<readonly RespValue[]> {
    if (this.#over) return Promise.reject(new RkvError('UNREACHABLE', 'the connection is over'));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.#end(`no answer within ${timeoutMs} ms`), timeoutMs);
      this.#asked = { count: commands.length, replies: [], timer, resolve, reject };
      this.#socket.write(Buffer.concat(commands.map(encodeCommand)));
    });
  }

  close(): void {
    this.#end('closed');
  }

  #onData(bytes: Buffer): void {
    this.#parser.push(bytes);
    try {
      for (let value = this.#parser.next(); value !== undefined; value = this.#parser.next()) {
        this.#take(value);
      }
    } catch {
      this.#end('the answer is no RESP');
    }
  }

  #take(value: RespValue): void {
    const asked = this.#asked;
    if (asked === null) {
      this.#end('an answer that nobody asked for');
      return;
    }
    asked.replies.push(value);
    if (asked.replies.length < asked.count) return;
    clearTimeout(asked.timer);
    this.#asked = null;
    asked.resolve(asked.replies);
  }

  #end(why: string): void {
    this.#over = true;
    this.#socket.destroy();
    const asked = this.#asked;
    if (asked === null) return;
    this.#asked = null;
    clearTimeout(asked.timer);
    asked.reject(new RkvError('OUTCOME_UNKNOWN', why));
  }
}
