/**
 * What callers of the client say and get. Keys and values go in as text or bytes, come out as
 * Buffers.
 */
import type { Clock } from '../base/clock.js';
import type { ReadMode } from '../kv/request.js';

export type Bytes = string | Uint8Array;

export interface ConnectOptions {
  /** host:port of any nodes; one is enough, the others are found through it. */
  readonly endpoints: readonly string[];
  /** For calls that name no deadline, and for connecting. Milliseconds, 1 to 10 minutes. */
  readonly timeoutMs?: number;
  /** Databases are numbered 0 to 15. */
  readonly database?: number;
  readonly read?: ReadMode;
  /** Requests that may wait in this client; one more is refused as OVERLOADED. */
  readonly maxPending?: number;
  readonly maxPendingBytes?: number;
  readonly clock?: Clock;
}

export interface CallOptions {
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly database?: number;
  /** Reads only. */
  readonly read?: ReadMode;
}

export interface Value {
  readonly value: Buffer;
  readonly revision: number;
  /** Milliseconds since 1970; null: it never expires. */
  readonly expiresAt: number | null;
}

export interface KeyValue extends Value {
  readonly key: Buffer;
}

export interface SetOptions extends CallOptions {
  readonly ttlMs?: number;
  /** Milliseconds since 1970. */
  readonly expiresAt?: number;
  readonly ifAbsent?: boolean;
  readonly ifPresent?: boolean;
  /** 0: only if the key is not there. */
  readonly ifRevision?: number;
  readonly getOld?: boolean;
}

export interface WriteResult {
  /** False: the condition was false and nothing changed. */
  readonly applied: boolean;
  readonly revision: number;
  readonly previous: Buffer | null;
}

export interface ScanOptions extends CallOptions {
  readonly prefix?: Bytes;
  /** First key, included. */
  readonly from?: Bytes;
  /** First key no longer of the range. */
  readonly to?: Bytes;
  readonly reverse?: boolean;
  readonly keysOnly?: boolean;
  /** Keys of one page at most; the node may send fewer. */
  readonly pageSize?: number;
  /** `cursor` of an earlier page of the same range. */
  readonly cursor?: Uint8Array;
}

export interface Page {
  readonly items: readonly KeyValue[];
  /** Where the next page goes on; null at the end. */
  readonly cursor: Buffer | null;
}
