/** Replies that many commands give; those that never differ are one object each. */
import type { Revision } from '../../base/ids.js';
import { FAILURE_CODES, type FailureCode, type Reply } from '../../kv/reply.js';
import type { Head } from '../types.js';

export const NULL: Reply = { kind: 'null' };
export const ZERO: Reply = { kind: 'integer', value: 0n };
export const ONE: Reply = { kind: 'integer', value: 1n };

const FAILED = Object.fromEntries(
  FAILURE_CODES.map((code) => [code, { kind: 'failed', code }]),
) as Record<FailureCode, Reply>;

/** The command is wrong for what it met; the caller has changed nothing yet. */
export const failed = (code: FailureCode): Reply => FAILED[code];

export const integer = (value: number | bigint): Reply => ({
  kind: 'integer',
  value: BigInt(value),
});

export const written = (revision: Revision, previous: Uint8Array | null = null): Reply => ({
  kind: 'written',
  applied: true,
  revision,
  previous,
});

/** The condition was false; `revision` is the key's, 0 if there is none. */
export const unchanged = (revision: Revision, previous: Uint8Array | null = null): Reply => ({
  kind: 'written',
  applied: false,
  revision,
  previous,
});

export const item = (head: Head): Reply => ({
  kind: 'item',
  value: head.value,
  revision: head.revision,
  expiresAt: head.deadline,
});
