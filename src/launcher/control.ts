/**
 * How commands talk to the supervisor of a local cluster: a Unix socket in a private temporary
 * folder, one JSON line each way, one request per connection.
 */
import { chmod, mkdtemp, rm, rmdir } from 'node:fs/promises';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type ErrorCode, isErrorCode, RkvError, toRkvError } from '../kv/errors.js';
import type { Fault } from './fault-types.js';

export type ControlRequest =
  | { readonly op: 'status' }
  /** Answers when all shards have served a write and a read. */
  | { readonly op: 'wait'; readonly timeoutMs: number }
  | { readonly op: 'stop' }
  | { readonly op: 'restart'; readonly node: number | null; readonly timeoutMs: number }
  | {
      readonly op: 'kill';
      readonly node: number;
      readonly signal: string;
      readonly respawn: boolean;
    }
  /** Answers when the fault is over, with a FaultOutcome. */
  | { readonly op: 'fault'; readonly fault: Fault }
  /** Ends all faults. */
  | { readonly op: 'heal' };

type ControlAnswer =
  | { readonly ok: unknown }
  | {
      readonly error: {
        readonly code: ErrorCode;
        readonly message: string;
        readonly hint?: string;
      };
    };

/** Longer than any path the system takes for a socket would be refused by bind with EINVAL. */
const MAX_SOCKET_PATH = 100;
const MAX_REQUEST_CHARS = 64 * 1024;

export interface ControlDoor {
  readonly path: string;
  /**
   * Takes no more connections and removes socket and folder. Those that are open end with the
   * process, which is how a command knows that it is gone.
   */
  close(): Promise<void>;
  /** Resolves when the answers under way have been handed to the system. */
  settled(): Promise<void>;
}

/** Opens the supervisor's door; `handle` answers each request or throws an RkvError. */
export async function openControl(
  handle: (request: ControlRequest) => Promise<unknown>,
): Promise<ControlDoor> {
  const wished = tmpdir();
  const root = wished.length + '/rkv-XXXXXX/control'.length < MAX_SOCKET_PATH ? wished : '/tmp';
  const folder = await mkdtemp(join(root, 'rkv-'));
  await chmod(folder, 0o700);
  const path = join(folder, 'control');
  const sockets = new Set<Socket>();
  const answers = new Set<Promise<void>>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    readLine(socket, (line) => {
      const work = answer(socket, line, handle).finally(() => answers.delete(work));
      answers.add(work);
    });
  });
  await listen(server, path);
  return {
    path,
    async close() {
      server.close();
      for (const socket of sockets) socket.unref();
      await removeControl(path);
    },
    async settled() {
      await Promise.all(answers);
    },
  };
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}

async function answer(
  socket: Socket,
  line: string,
  handle: (request: ControlRequest) => Promise<unknown>,
): Promise<void> {
  let reply: ControlAnswer;
  try {
    reply = { ok: (await handle(JSON.parse(line) as ControlRequest)) ?? null };
  } catch (thrown) {
    const { code, message, details } = toRkvError(thrown);
    reply = {
      error: { code, message, ...(details.hint === undefined ? {} : { hint: details.hint }) },
    };
  }
  if (socket.destroyed) return;
  await new Promise<void>((resolve) => {
    socket.once('close', () => resolve());
    socket.write(`${JSON.stringify(reply)}\n`, () => resolve());
  });
}

function readLine(socket: Socket, onLine: (line: string) => void): void {
  let text = '';
  socket.setEncoding('utf8');
  const onData = (chunk: string): void => {
    text += chunk;
    const end = text.indexOf('\n');
    if (end >= 0) {
      socket.off('data', onData);
      onLine(text.slice(0, end));
    } else if (text.length > MAX_REQUEST_CHARS) {
      socket.destroy();
    }
  };
  socket.on('data', onData);
}

/**
 * Asks the supervisor behind `path`. With `untilGone` the answer is given when the supervisor has
 * ended. Rejects with the supervisor's own error, or NO_CLUSTER when nobody is there.
 */
export function askControl(
  path: string,
  request: ControlRequest,
  options: { readonly untilGone?: boolean } = {},
): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const gone = (): RkvError =>
      new RkvError('NO_CLUSTER', 'the supervisor of the local cluster is not there any more');
    let result: ControlAnswer | null = null;
    const settle = (): void => {
      socket.destroy();
      if (result === null) reject(gone());
      else if ('ok' in result) resolve(result.ok);
      else reject(remoteError(result.error));
    };
    const socket = createConnection(path, () => socket.write(`${JSON.stringify(request)}\n`));
    socket.once('error', settle);
    socket.once('close', settle);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk: string) => {
      text += chunk;
      if (!text.includes('\n') || result !== null) return;
      result = JSON.parse(text) as ControlAnswer;
      if (options.untilGone !== true || !('ok' in result)) settle();
    });
  });
}

function remoteError(error: { code: string; message: string; hint?: string }): RkvError {
  const code = isErrorCode(error.code) ? error.code : 'INTERNAL';
  return new RkvError(code, error.message, error.hint === undefined ? {} : { hint: error.hint });
}

/** Removes what a killed supervisor left of its door. */
export async function removeControl(path: string): Promise<void> {
  await rm(path, { force: true });
  await rmdir(dirname(path)).catch(() => undefined);
}
