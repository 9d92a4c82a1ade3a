/** A real redis-server beside the test, where one is installed: raw bytes in, raw replies out. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const hasRedis = spawnSync('redis-server', ['--version']).status === 0;

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

/** Where one whole reply ends in `text` (latin1) from `at` on; −1: it is not all there. */
function endOfReply(text: string, at: number): number {
  const line = text.indexOf('\r\n', at);
  if (line < 0) return -1;
  const next = line + 2;
  const count = Number(text.slice(at + 1, line));
  switch (text[at]) {
    case '$':
      if (count < 0) return next;
      return next + count + 2 <= text.length ? next + count + 2 : -1;
    case '*': {
      let end = next;
      for (let left = count; left > 0 && end >= 0; left--) end = endOfReply(text, end);
      return end;
    }
    default:
      return next;
  }
}

export class Redis {
  readonly #process: ChildProcess;
  readonly #directory: string;
  readonly #socket: Socket;
  #text = '';
  #waiting: ((reply: string) => void)[] = [];

  private constructor(process: ChildProcess, directory: string, socket: Socket) {
    this.#process = process;
    this.#directory = directory;
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#onData(bytes));
  }

  static async start(): Promise<Redis> {
    const directory = await mkdtemp(join(tmpdir(), 'rkv-redis-'));
    const port = await freePort();
    const args = ['--port', String(port), '--save', '', '--dir', directory, '--bind', '127.0.0.1'];
    const child = spawn('redis-server', args, { stdio: ['ignore', 'pipe', 'ignore'] });
    await new Promise<void>((resolve, reject) => {
      let said = '';
      child.once('error', reject);
      child.stdout?.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        if (said.includes('Ready to accept connections')) resolve();
      });
    });
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    return new Redis(child, directory, socket);
  }

  /** The reply in RESP2 as latin1 text. */
  ask(args: readonly Uint8Array[]): Promise<string> {
    const parts: Uint8Array[] = [Buffer.from(`*${args.length}\r\n`)];
    for (const arg of args) {
      parts.push(Buffer.from(`$${arg.length}\r\n`), arg, Buffer.from('\r\n'));
    }
    this.#socket.write(Buffer.concat(parts));
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  async stop(): Promise<void> {
    this.#socket.destroy();
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill();
    await gone;
    await rm(this.#directory, { recursive: true, force: true });
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
