/** The package's front door: `import { connect, startNode } from 'rkv'`. */
export type { AdminOptions } from './client/admin.js';
export type { Client } from './client/client.js';
export { connect } from './client/connect.js';
export type {
  Bytes,
  CallOptions,
  ConnectOptions,
  KeyValue,
  Page,
  ScanOptions,
  SetOptions,
  Value,
  WriteResult,
} from './client/types.js';
export { type EmbeddedOptions, startNode } from './embedded.js';
export { type BadNews, type ErrorCode, RkvError } from './kv/errors.js';
export type { Reply } from './kv/reply.js';
export type { Command, ReadMode } from './kv/request.js';
export type { ClusterStatus, NodeStatus, ShardStatus, Topology } from './kv/status.js';
export type { RunningNode } from './node/types.js';
