/**
 * What travels between the nodes of a cluster on behalf of a caller: a command for one shard, run
 * on the node it is sent to or not at all (or, relayed, on the one this hands it to), and what
 * became of it.
 */
import type { GroupId } from '../base/ids.js';
import type { ErrorCode } from './errors.js';
import type { Reply } from './reply.js';
import type { Command, ShardWrite } from './request.js';

export type Forward =
  | {
      readonly kind: 'write';
      readonly group: GroupId;
      readonly write: ShardWrite;
      /**
       * The sender hears of no leader, the receiver may: it hands on what it cannot run, once.
       */
      readonly relay?: true;
    }
  | {
      readonly kind: 'read';
      readonly group: GroupId;
      readonly command: Command;
      readonly mode: 'confirmed' | 'lease';
    };

/** What one shard answered, here or on another node. */
export type RouteAnswer =
  | { readonly kind: 'reply'; readonly reply: Reply }
  /** Surely not applied, and asking here again at once will not help. */
  | { readonly kind: 'refused'; readonly code: ErrorCode }
  /** Surely not applied; another replica may lead. */
  | { readonly kind: 'not-leader' }
  /** May be applied: only the same stamp may be asked again. */
  | { readonly kind: 'dropped' }
  /** The key has left this shard: nothing changed. */
  | { readonly kind: 'moved' }
  /** The deadline passed while it was under way. */
  | { readonly kind: 'late' }
  /** Surely not delivered. */
  | { readonly kind: 'unreachable' };
