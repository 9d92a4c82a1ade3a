/** What an entry of a group's log carries. Each has a kind and a rule version; see `codec.ts`. */
import type { EpochMs, NodeId, ReplicaId, Revision, Term } from '../../base/ids.js';
import type { Reply } from '../../kv/reply.js';
import type { SessionStamp, ShardWrite } from '../../kv/request.js';
import type { ConfigChange } from '../../raft/types.js';

/** A key that has come due, void unless this deadline still stands. */
export interface Due {
  readonly database: number;
  readonly key: Uint8Array;
  readonly deadline: EpochMs;
}

/** Fields of one hash that have come due; each void unless its deadline still stands. */
export interface DueFields {
  readonly database: number;
  readonly key: Uint8Array;
  /** Of the hash that was looked at. */
  readonly generation: number;
  /** When a field of it had last got a deadline. */
  readonly seen: Revision;
  /** Of those that stay none is due before; null: none has a deadline. */
  readonly next: EpochMs | null;
  readonly fields: readonly { readonly field: Uint8Array; readonly deadline: EpochMs }[];
}

/** One row an evaluated command wants written; `value` null deletes the key. */
export interface Effect {
  readonly database: number;
  readonly key: Uint8Array;
  readonly value: Uint8Array | null;
  readonly deadline: EpochMs | null;
}

export type EntryPayload =
  /** What one turn proposed: at most 256 commands or 256 KiB. */
  | { readonly kind: 'commands'; readonly stamp: EpochMs; readonly commands: readonly ShardWrite[] }
  /** Only advances cluster time, for reads that met a passed deadline. */
  | { readonly kind: 'time'; readonly stamp: EpochMs }
  | { readonly kind: 'expire'; readonly stamp: EpochMs; readonly due: readonly Due[] }
  | {
      readonly kind: 'expireFields';
      readonly stamp: EpochMs;
      readonly hashes: readonly DueFields[];
    }
  /** Evaluated on the leader; dropped (`conflict`) if a revision differs or the term is another. */
  | {
      readonly kind: 'effects';
      readonly stamp: EpochMs;
      readonly proposer: Term;
      readonly session: SessionStamp;
      readonly reads: readonly {
        readonly database: number;
        readonly key: Uint8Array;
        readonly revision: Revision;
      }[];
      readonly effects: readonly Effect[];
      readonly reply: Reply;
    }
  /** Every replica tells the leader its digest at this index. */
  | { readonly kind: 'digest'; readonly stamp: EpochMs }
  | {
      readonly kind: 'config';
      readonly change: ConfigChange;
      /** Where new replicas live; their ReplicaIds come from the descriptor's counter. */
      readonly placed: readonly { readonly replica: ReplicaId; readonly node: NodeId }[];
    }
  /** Commands of the meta group's catalogue, in meta's own encoding. */
  | { readonly kind: 'meta'; readonly stamp: EpochMs; readonly commands: readonly Uint8Array[] };

/** The rule version this build writes; a replica stops at an entry of a newer one. */
export const ENTRY_VERSION = 1;
