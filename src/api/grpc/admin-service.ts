/** The unary calls of proto/admin.proto: rare, so each is a promise from end to end. */
import {
  type handleUnaryCall,
  Metadata,
  type MethodDefinition,
  type ServerUnaryCall,
  type ServiceDefinition,
  status,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { type ErrorCode, RkvError, toRkvError } from '../../kv/errors.js';
import { MAX_KEY_BYTES } from '../../kv/limits.js';
import {
  ADMIN_CALLS,
  type Call,
  ERROR_TRAILER,
  type LocalReadRequest,
  type TimeoutRequest,
  type TransferRequest,
} from '../../wire/client-codec/admin.js';
import { encodeError } from '../../wire/client-codec/error.js';
import type { Admin } from '../ports.js';
import type { GrpcDoorLimits } from './types.js';

/** For clients that only know gRPC; ours reads the trailer. */
const STATUS_OF: Partial<Record<ErrorCode, status>> = {
  USAGE: status.INVALID_ARGUMENT,
  SYNTAX: status.INVALID_ARGUMENT,
  LIMIT: status.INVALID_ARGUMENT,
  UNKNOWN_COMMAND: status.UNIMPLEMENTED,
  NOT_FOUND: status.NOT_FOUND,
  NOT_ALLOWED: status.PERMISSION_DENIED,
  CONFLICT: status.FAILED_PRECONDITION,
  TIMEOUT: status.DEADLINE_EXCEEDED,
  OUTCOME_UNKNOWN: status.DEADLINE_EXCEEDED,
  OVERLOADED: status.RESOURCE_EXHAUSTED,
  INTERNAL: status.INTERNAL,
  CORRUPT: status.DATA_LOSS,
};

function statusOf(error: RkvError): {
  code: status;
  details: string;
  metadata: Metadata;
} {
  const metadata = new Metadata();
  metadata.set(ERROR_TRAILER, encodeError(error));
  return { code: STATUS_OF[error.code] ?? status.UNAVAILABLE, details: error.code, metadata };
}

/**
 * grpc-js hands over what `requestDeserialize` made; a message that cannot be read ends the call.
 */
function definitionOf<Request, Response>(
  call: Call<Request, Response>,
): MethodDefinition<Request, Response> {
  return {
    path: call.path,
    requestStream: false,
    responseStream: false,
    requestSerialize: call.request.encode,
    requestDeserialize: (bytes) => call.request.decode(bytes),
    responseSerialize: call.response.encode,
    responseDeserialize: (bytes) => call.response.decode(bytes),
  };
}

function handlerOf<Request, Response>(
  run: (request: Request) => Promise<Response>,
): handleUnaryCall<Request, Response> {
  return (call: ServerUnaryCall<Request, Response>, callback) => {
    run(call.request).then(
      (response) => callback(null, response),
      (thrown) => callback(statusOf(toRkvError(thrown))),
    );
  };
}

export const ADMIN_SERVICE: ServiceDefinition = {
  status: definitionOf(ADMIN_CALLS.status),
  transferLeader: definitionOf(ADMIN_CALLS.transferLeader),
  probe: definitionOf(ADMIN_CALLS.probe),
  options: definitionOf(ADMIN_CALLS.options),
  localRead: definitionOf(ADMIN_CALLS.localRead),
};

export function adminHandlers(admin: Admin, limits: GrpcDoorLimits): UntypedServiceImplementation {
  const bounded = (timeoutMs: number): number =>
    Math.min(timeoutMs || limits.defaultTimeoutMs, limits.maxTimeoutMs);
  return {
    status: handlerOf(({ timeoutMs }: TimeoutRequest) => admin.status(bounded(timeoutMs))),
    transferLeader: handlerOf(async ({ shard, toNode, timeoutMs }: TransferRequest) => {
      await admin.transferLeader(shard, toNode, bounded(timeoutMs));
      return {};
    }),
    probe: handlerOf(
      async ({ timeoutMs }: TimeoutRequest) => (await admin.probe(bounded(timeoutMs))).shards,
    ),
    options: handlerOf(async () => admin.options()),
    localRead: handlerOf(async ({ database, key }: LocalReadRequest) => {
      if (database <= 255 && key.length <= MAX_KEY_BYTES) {
        return { value: await admin.localRead(database, key) };
      }
      throw new RkvError('LIMIT', 'no such database, or the key is too long');
    }),
  };
}
