/**
 * The Redis door: a listener for plain clients and one for cluster clients, both RESP2 and RESP3.
 * Connections are bounded; at the end what was asked is answered before anybody is cut off.
 */
import { createServer, type Server, type Socket } from 'node:net';
import { RkvError } from '../../kv/errors.js';
import type { Mode } from './client.js';
import { Connection } from './connection.js';
import { createContext, type DoorContext } from './context.js';
import type { RespDoor, RespDoorOptions } from './types.js';

const CLOSE_POLL_MS = 10;
const NO_ROOM = '-ERR max number of clients reached\r\n';
const KEEPALIVE_MS = 60_000;

class Listener {
  readonly connections = new Set<Connection>();
  readonly #door: DoorContext;
  readonly #mode: Mode;
  readonly #server: Server;

  constructor(door: DoorContext, mode: Mode) {
    this.#door = door;
    this.#mode = mode;
    this.#server = createServer(
      { noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEPALIVE_MS, allowHalfOpen: true },
      (socket) => this.#accept(socket),
    );
  }

  #accept(socket: Socket): void {
    const { clients, limits } = this.#door;
    // a client that resets its connection is no event; 'close' follows
    socket.on('error', () => undefined);
    if (clients.size >= limits.connections || this.#door.ending) {
      clients.rejected++;
      socket.end(NO_ROOM);
      socket.destroySoon();
      return;
    }
    const connection = new Connection(this.#door, socket, this.#mode);
    this.connections.add(connection);
    clients.add(connection.client);
    socket.on('data', (chunk: Buffer) => connection.onData(chunk));
    socket.on('drain', () => connection.onDrain());
    socket.on('end', () => connection.onEnd());
    socket.on('close', () => {
      this.connections.delete(connection);
      connection.onClose();
    });
  }

  /** host:port that is really bound. */
  listen(address: string, door: string): Promise<string> {
    const colon = address.lastIndexOf(':');
    const host = address.slice(0, colon);
    const port = Number(address.slice(colon + 1));
    return new Promise((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') {
          reject(new RkvError('PORT_TAKEN', `${address} (${door}) is taken by another process`));
        } else {
          reject(new RkvError('USAGE', `cannot listen on ${address} (${door}): ${error.message}`));
        }
      });
      this.#server.listen({ host: host.replace(/^\[|\]$/g, ''), port }, () => {
        const bound = this.#server.address();
        const actual = typeof bound === 'object' && bound !== null ? bound.port : port;
        resolve(`${host}:${actual}`);
      });
    });
  }

  stopListening(): void {
    this.#server.close();
  }
}

export async function startRespDoor(options: RespDoorOptions): Promise<RespDoor> {
  const context = createContext(options);
  const plain = new Listener(context, 'standalone');
  const cluster = new Listener(context, 'cluster');
  const listeners = [plain, cluster];
  const close = async (graceMs: number): Promise<void> => {
    const { clock } = options;
    context.ending = true;
    context.idle.stop();
    context.pause.end();
    for (const listener of listeners) listener.stopListening();
    const connections = listeners.flatMap((listener) => [...listener.connections]);
    for (const connection of connections) connection.endWhenSent();
    const until = clock.monotonic() + graceMs;
    const open = (): boolean => listeners.some((listener) => listener.connections.size > 0);
    while (open() && clock.monotonic() < until) {
      await new Promise<void>((resolve) => void clock.after(CLOSE_POLL_MS, resolve));
    }
    for (const listener of listeners) {
      for (const connection of listener.connections) connection.destroy();
    }
  };
  const { listen, listenCluster } = options;
  try {
    const address = listen === null ? null : await plain.listen(listen, 'Redis');
    const clusterAddress =
      listenCluster === null ? null : await cluster.listen(listenCluster, 'Redis cluster');
    return { address, clusterAddress, close: (graceMs = 2000) => close(graceMs) };
  } catch (error) {
    await close(0);
    throw error;
  }
}
