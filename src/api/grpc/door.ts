/**
 * The gRPC door: where our own clients come in. One Session stream per client and node, and the
 * unary Admin calls beside it.
 */
import {
  logVerbosity,
  type MethodDefinition,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  setLogVerbosity,
  status,
} from '@grpc/grpc-js';
import type { Clock } from '../../base/clock.js';
import { RkvError } from '../../kv/errors.js';
import { KV_SESSION_PATH } from '../../wire/client-codec/admin.js';
import { WireError } from '../../wire/wire-error.js';
import { ADMIN_SERVICE, adminHandlers } from './admin-service.js';
import { SessionStream } from './session-stream.js';
import {
  DEFAULT_GRPC_LIMITS,
  type GrpcDoor,
  type GrpcDoorLimits,
  type GrpcDoorOptions,
} from './types.js';

type SessionCall = ServerDuplexStream<Buffer, Buffer>;

const asIs = (bytes: Buffer): Buffer => bytes;

/**
 * Frames stay bytes for gRPC: a frame that cannot be read must not look like a broken transport.
 */
const SESSION_METHOD: MethodDefinition<Buffer, Buffer> = {
  path: KV_SESSION_PATH,
  requestStream: true,
  responseStream: true,
  requestSerialize: asIs,
  requestDeserialize: asIs,
  responseSerialize: asIs,
  responseDeserialize: asIs,
};

/** How often a silent client is asked whether it is still there. */
const KEEPALIVE_MS = 10_000;
const STREAMS_PER_CONNECTION = 100;
const CLOSE_POLL_MS = 10;

function bind(server: Server, listen: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else if (/EADDRINUSE/.test(error.message)) {
        reject(new RkvError('PORT_TAKEN', `${listen} (gRPC) is taken by another process`));
      } else reject(new RkvError('USAGE', `cannot listen on ${listen} (gRPC): ${error.message}`));
    });
  });
}

/** Lets what has been written leave; cuts what has not left by then. */
async function shutDown(server: Server, clock: Clock, graceMs: number): Promise<void> {
  await new Promise<void>((resolve) => {
    const timer = clock.after(graceMs, resolve);
    server.tryShutdown(() => {
      timer.cancel();
      resolve();
    });
  });
  server.forceShutdown();
}

class Sessions {
  readonly #door: GrpcDoorOptions;
  readonly #limits: GrpcDoorLimits;
  readonly #streams = new Set<SessionStream>();

  constructor(door: GrpcDoorOptions, limits: GrpcDoorLimits) {
    this.#door = door;
    this.#limits = limits;
  }

  accept(call: SessionCall): void {
    if (this.#streams.size >= this.#limits.streams) {
      call.emit('error', { code: status.RESOURCE_EXHAUSTED, details: 'too many client streams' });
      return;
    }
    const stream = new SessionStream(call, this.#door, this.#limits);
    this.#streams.add(stream);
    const unwatch = this.#door.admin.watchTopology((topology) => stream.onTopology(topology));
    const gone = (): void => {
      if (!this.#streams.delete(stream)) return;
      unwatch();
      stream.onGone();
    };
    call.on('data', (frame: Buffer) => {
      try {
        stream.onFrame(frame);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        const { message } = error;
        this.#door.logger.warn({ peer: call.getPeer(), error: message }, 'client frame refused');
        gone();
        call.emit('error', { code: status.INVALID_ARGUMENT, details: message });
      }
    });
    call.on('end', () => stream.onHalfClosed());
    call.on('error', gone);
    call.on('cancelled', gone);
    call.on('close', gone);
  }

  async end(graceMs: number): Promise<void> {
    const { clock } = this.#door;
    const until = clock.monotonic() + graceMs;
    for (const stream of this.#streams) stream.startEnding();
    while ([...this.#streams].some((stream) => !stream.idle) && clock.monotonic() < until) {
      await new Promise<void>((resolve) => clock.after(CLOSE_POLL_MS, resolve));
    }
    for (const stream of this.#streams) stream.finish();
  }
}

export async function startGrpcDoor(options: GrpcDoorOptions): Promise<GrpcDoor> {
  const limits = { ...DEFAULT_GRPC_LIMITS, ...options.limits };
  // What grpc-js would print comes back as an error too, and stderr is for our own lines.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({
    'grpc.max_receive_message_length': limits.messageBytes,
    'grpc.max_send_message_length': limits.replyBytes + limits.messageBytes,
    'grpc.max_concurrent_streams': STREAMS_PER_CONNECTION,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_MS,
  });
  const sessions = new Sessions(options, limits);
  server.addService(
    { session: SESSION_METHOD },
    { session: (call: SessionCall) => sessions.accept(call) },
  );
  server.addService(ADMIN_SERVICE, adminHandlers(options.admin, limits));
  const port = await bind(server, options.listen);
  const host = options.listen.slice(0, options.listen.lastIndexOf(':'));
  return {
    address: `${host}:${port}`,
    async close(graceMs = 2000) {
      await sessions.end(graceMs);
      await shutDown(server, options.clock, graceMs);
    },
  };
}
