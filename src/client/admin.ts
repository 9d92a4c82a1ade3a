/** The administrative calls: unary, each on the endpoint that answers first. */
import { credentials, Client as GrpcClient, type ServiceError, status } from '@grpc/grpc-js';
import { RkvError } from '../kv/errors.js';
import type { ClusterStatus } from '../kv/status.js';
import { ADMIN_CALLS, type Call, ERROR_TRAILER } from '../wire/client-codec/admin.js';
import { decodeError } from '../wire/client-codec/error.js';
import { CHANNEL_OPTIONS } from './link.js';
import type { Steering } from './steering.js';

export interface AdminOptions {
  readonly timeoutMs?: number;
  /** Ask this node and no other. */
  readonly node?: number;
}

/** Where the cluster is, as the client's other half knows it. */
interface Nodes {
  /** Those that answer first. */
  readonly addresses: readonly string[];
  readonly steering: Steering;
}

/** The node gives up first, so that its reason arrives. */
const MARGIN_MS = 200;

function errorOf(error: ServiceError, address: string): RkvError {
  const [trailer] = error.metadata?.get(ERROR_TRAILER) ?? [];
  if (Buffer.isBuffer(trailer)) return decodeError(trailer);
  switch (error.code) {
    case status.UNAVAILABLE:
      return new RkvError('UNREACHABLE', `no node could be reached at ${address}`);
    case status.DEADLINE_EXCEEDED:
      return new RkvError('TIMEOUT', `${address} did not answer inside the deadline`);
    default:
      return new RkvError('INTERNAL', `${address}: ${error.details}`, { cause: error });
  }
}

export class AdminClient {
  readonly #nodes: Nodes;
  readonly #timeoutMs: number;
  readonly #channels = new Map<string, GrpcClient>();

  constructor(nodes: Nodes, timeoutMs: number) {
    this.#nodes = nodes;
    this.#timeoutMs = timeoutMs;
  }

  /** Any node knows all; rejects UNREACHABLE, NOT_READY, TIMEOUT. */
  async status(options: AdminOptions = {}): Promise<ClusterStatus> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    return (await this.#call(ADMIN_CALLS.status, { timeoutMs }, options)) as ClusterStatus;
  }

  async transferLeader(shard: number, toNode: number, options: AdminOptions = {}): Promise<void> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    await this.#call(ADMIN_CALLS.transferLeader, { shard, toNode, timeoutMs }, options);
  }

  /** A linearizable write and read through every shard. Resolves with the shards that answered. */
  probe(options: AdminOptions = {}): Promise<readonly number[]> {
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    return this.#call(ADMIN_CALLS.probe, { timeoutMs }, options);
  }

  /** Effective options of the node that answers. */
  async options(
    options: AdminOptions = {},
  ): Promise<Readonly<Record<string, string | number | boolean | null>>> {
    const found = await this.#call(ADMIN_CALLS.options, {}, options);
    return found as Record<string, string | number | boolean | null>;
  }

  /** A key from one node's own replica, at whatever index that has applied. */
  async localRead(
    database: number,
    key: Uint8Array,
    options: AdminOptions & { readonly node: number },
  ): Promise<Uint8Array | null> {
    return (await this.#call(ADMIN_CALLS.localRead, { database, key }, options)).value;
  }

  #addresses(options: AdminOptions): readonly string[] {
    if (options.node === undefined) return this.#nodes.addresses;
    const address = this.#nodes.steering.addressOf(options.node);
    if (address !== null) return [address];
    throw new RkvError(
      'NOT_FOUND',
      `node ${options.node} is not in the cluster or its door is off`,
    );
  }

  /** An address that cannot be reached has run nothing, so the next one may be asked. */
  async #call<Request, Response>(
    call: Call<Request, Response>,
    request: Request,
    options: AdminOptions,
  ): Promise<Response> {
    const addresses = this.#addresses(options);
    const deadline = Date.now() + (options.timeoutMs ?? this.#timeoutMs) + MARGIN_MS;
    for (const address of addresses) {
      try {
        return await this.#unary(address, call, request, deadline);
      } catch (thrown) {
        if (!(thrown instanceof RkvError) || thrown.code !== 'UNREACHABLE') throw thrown;
      }
    }
    throw new RkvError('UNREACHABLE', `no node could be reached at ${addresses.join(', ')}`);
  }

  #unary<Request, Response>(
    address: string,
    call: Call<Request, Response>,
    request: Request,
    deadline: number,
  ): Promise<Response> {
    return new Promise((resolve, reject) => {
      this.#channel(address).makeUnaryRequest(
        call.path,
        call.request.encode,
        (bytes: Buffer) => call.response.decode(bytes),
        request,
        { deadline },
        (error, response) => {
          if (error !== null) reject(errorOf(error, address));
          else resolve(response as Response);
        },
      );
    });
  }

  #channel(address: string): GrpcClient {
    let channel = this.#channels.get(address);
    if (channel === undefined) {
      channel = new GrpcClient(address, credentials.createInsecure(), CHANNEL_OPTIONS);
      this.#channels.set(address, channel);
    }
    return channel;
  }

  close(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}
