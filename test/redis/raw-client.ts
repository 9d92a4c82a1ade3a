/**
 * A connection that keeps replies as the bytes they came in (latin1 text, one character a byte):
 * comparing two servers must not pass through a parser that may be as wrong as what it reads.
 */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Words of a command in latin1. */
export type Words = readonly string[];

export function encode(words: Words): Buffer {
  const parts = words.map((word) => `$${word.length}\r\n${word}\r\n`);
  return Buffer.from(`*${words.length}\r\n${parts.join('')}`, 'latin1');
}

/** Where the reply that begins at `at` ends; −1: it is not all there. RESP2 and RESP3. */
export function endOfReply(text: string, at: number): number {
  const line = text.indexOf('\r\n', at);
  if (line < 0) return -1;
  const next = line + 2;
  const count = Number(text.slice(at + 1, line));
  switch (text[at]) {
    case '$':
    case '=':
    case '!':
      if (count < 0) return next;
      return next + count + 2 <= text.length ? next + count + 2 : -1;
    case '*':
    case '~':
    case '>':
      return endOfItems(text, next, count);
    case '%':
      return endOfItems(text, next, 2 * count);
    default:
      return next;
  }
}

function endOfItems(text: string, from: number, count: number): number {
  let end = from;
  for (let left = count; left > 0 && end >= 0; left--) end = endOfReply(text, end);
  return end;
}

/** The reply to a command on a connection that was closed instead. */
export const CLOSED = 'closed';

export class RawClient {
  readonly #socket: Socket;
  #text = '';
  readonly #waiting: ((reply: string) => void)[] = [];
  #closed = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => this.#onData(bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#onClose());
  }

  static async connect(port: number, protocol: 2 | 3 = 2): Promise<RawClient> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    const client = new RawClient(socket);
    if (protocol === 3) await client.ask(['HELLO', '3']);
    return client;
  }

  /** The raw reply, or CLOSED. Several may be under way; answers come in order. */
  ask(words: Words): Promise<string> {
    if (this.#closed) return Promise.resolve(CLOSED);
    const reply = new Promise<string>((resolve) => this.#waiting.push(resolve));
    this.#socket.write(encode(words));
    return reply;
  }

  /** The next reply that nobody has asked for. */
  push(): Promise<string> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** All in one write. */
  askAll(commands: readonly Words[]): Promise<string[]> {
    if (this.#closed) return Promise.resolve(commands.map(() => CLOSED));
    const replies = commands.map(
      () => new Promise<string>((resolve) => this.#waiting.push(resolve)),
    );
    this.#socket.write(Buffer.concat(commands.map(encode)));
    return Promise.all(replies);
  }

  close(): void {
    this.#socket.destroy();
  }

  #onClose(): void {
    this.#closed = true;
    for (const resolve of this.#waiting.splice(0)) resolve(CLOSED);
  }

  #onData(bytes: Buffer): void {
    this.#text += bytes.toString('latin1');
    for (;;) {
      const end = this.#text === '' ? -1 : endOfReply(this.#text, 0);
      if (end < 0) return;
      const reply = this.#text.slice(0, end);
      this.#text = this.#text.slice(end);
      this.#waiting.shift()?.(reply);
    }
  }
}
