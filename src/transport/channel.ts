/**
 * How this node uses gRPC: its methods, and the options of channels and servers, all from the
 * limits. Messages go through as bytes; the codecs of src/wire make and read them, so that a
 * malformed message is ours to log and not an internal error of gRPC.
 */
import {
  type ChannelOptions,
  Client,
  credentials,
  type handleBidiStreamingCall,
  type handleServerStreamingCall,
  logVerbosity,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  setLogVerbosity,
} from '@grpc/grpc-js';
import { RkvError } from '../kv/errors.js';
import type { TransportLimits } from './limits.js';

/** The streams of a connection, besides those of snapshots. */
export type StreamName = 'control' | 'append' | 'call';
export const STREAM_NAMES: readonly StreamName[] = ['control', 'append', 'call'];

const PATHS = {
  control: '/rkv.peer.Peer/Control',
  append: '/rkv.peer.Peer/Append',
  call: '/rkv.peer.Peer/Call',
  snapshot: '/rkv.peer.Peer/Snapshot',
} as const;

/** What a dialling node says before it is let in is small. */
const MAX_UP_BYTES = 64 * 1024;
/** Streams of one connection: three, and a few that are ending. */
const MAX_STREAMS = 64;

const same = (bytes: Buffer): Buffer => bytes;

function common(limits: TransportLimits): ChannelOptions {
  return {
    'grpc.keepalive_time_ms': limits.keepaliveMs,
    'grpc.keepalive_timeout_ms': limits.keepaliveTimeoutMs,
    'grpc.enable_channelz': 0,
  };
}

export function createPeerServer(limits: TransportLimits): Server {
  // gRPC writes to stderr what it also reports; the node has a log of its own.
  setLogVerbosity(logVerbosity.NONE);
  return new Server({
    ...common(limits),
    'grpc.max_send_message_length': limits.maxMessageBytes,
    'grpc.max_receive_message_length': MAX_UP_BYTES,
    'grpc.max_concurrent_streams': MAX_STREAMS,
  });
}

/**
 * The port that is bound; gRPC tells the system's code in its message only. Rejects with
 * PORT_TAKEN, or USAGE when the address is no good.
 */
export function bindPeerServer(server: Server, listen: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(listen, ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else if (error.message.includes('EADDRINUSE')) {
        reject(new RkvError('PORT_TAKEN', `${listen} (peers) is taken by another process`));
      } else reject(new RkvError('USAGE', `cannot listen on ${listen} (peers): ${error.message}`));
    });
  });
}

export function createPeerClient(address: string, limits: TransportLimits): Client {
  return new Client(address, credentials.createInsecure(), {
    ...common(limits),
    'grpc.max_send_message_length': MAX_UP_BYTES,
    'grpc.max_receive_message_length': limits.maxMessageBytes,
    'grpc-node.flow_control_window': limits.flowWindowBytes,
    'grpc.keepalive_permit_without_calls': 1,
    // A connection of its own for each attempt, straight to the peer, never tried again by gRPC.
    'grpc.use_local_subchannel_pool': 1,
    'grpc.enable_http_proxy': 0,
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
  });
}

export const openStream = (client: Client, name: StreamName, hello: Buffer) =>
  client.makeServerStreamRequest<Buffer, Buffer>(PATHS[name], same, same, hello);

export const openSnapshotStream = (client: Client) =>
  client.makeBidiStreamRequest<Buffer, Buffer>(PATHS.snapshot, same, same);

const codecs = {
  requestSerialize: same,
  requestDeserialize: same,
  responseSerialize: same,
  responseDeserialize: same,
  requestStream: false,
  responseStream: true,
};

const SERVICE: ServiceDefinition = {
  control: { ...codecs, path: PATHS.control },
  append: { ...codecs, path: PATHS.append },
  call: { ...codecs, path: PATHS.call },
  snapshot: { ...codecs, path: PATHS.snapshot, requestStream: true },
};

export type StreamHandler = handleServerStreamingCall<Buffer, Buffer>;
export type SnapshotHandler = handleBidiStreamingCall<Buffer, Buffer>;

export function addPeerService(
  server: Server,
  handlers: Readonly<Record<StreamName, StreamHandler>> & { readonly snapshot: SnapshotHandler },
): void {
  server.addService(SERVICE, handlers);
}
