/** What a command answers: one closed union for every door, encoded by wire/, printed by doors. */
import type { EpochMs, Revision } from '../base/ids.js';

/** A value with what is known of its key. `expiresAt` null: it never expires. */
export interface Item {
  readonly value: Uint8Array;
  readonly revision: Revision;
  readonly expiresAt: EpochMs | null;
}

export interface PageItem extends Item {
  readonly key: Uint8Array;
}

export type Reply =
  | { readonly kind: 'null' }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | ({ readonly kind: 'item' } & Item)
  /** `applied` false: the condition was false, nothing changed; `revision` is the key's, or 0. */
  | {
      readonly kind: 'written';
      readonly applied: boolean;
      readonly revision: Revision;
      readonly previous: Uint8Array | null;
    }
  | { readonly kind: 'list'; readonly items: readonly Reply[] }
  /**
   * `next` is the last key seen (the cursor), null at the end. Keys-only pages have empty values.
   */
  | { readonly kind: 'page'; readonly items: readonly PageItem[]; readonly next: Uint8Array | null }
  /** Ran once before, but its reply was too large to keep. */
  | { readonly kind: 'applied' }
  /** The command itself was wrong for the state it met; nothing changed. */
  | { readonly kind: 'failed'; readonly code: FailureCode };

/** Each is an error code too (`errors.ts`); its number on disk and wire is in wire/entry/reply. */
export const FAILURE_CODES = [
  'NOT_INTEGER',
  'OVERFLOW',
  'WRONG_TYPE',
  'TOO_LARGE',
  'SYNTAX',
  'NOT_FLOAT',
  'NAN_OR_INFINITY',
  'NO_SUCH_KEY',
  'BUSY_KEY',
  'BAD_PAYLOAD',
  'BAD_FORMAT',
  'OUT_OF_RANGE',
  'NOT_HLL',
  'CORRUPT_HLL',
  'REPLY_TOO_LARGE',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];
