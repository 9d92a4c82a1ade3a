/** A real redis-server beside the test, where one is installed, asked on one connection. */
import { RawClient } from '../../../redis/raw-client.js';
import { REDIS_SERVER, RedisServer } from '../../../redis/server.js';

export const hasRedis = REDIS_SERVER;

const latin1 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

export class Redis {
  readonly #server: RedisServer;
  readonly #client: RawClient;

  private constructor(server: RedisServer, client: RawClient) {
    this.#server = server;
    this.#client = client;
  }

  static async start(): Promise<Redis> {
    const server = await RedisServer.start();
    return new Redis(server, await RawClient.connect(server.port));
  }

  /** The reply in RESP2 as latin1 text. */
  ask(args: readonly Uint8Array[]): Promise<string> {
    return this.#client.ask(args.map(latin1));
  }

  async stop(): Promise<void> {
    this.#client.close();
    await this.#server.stop();
  }
}
