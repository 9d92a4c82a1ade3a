/**
 * What the Redis door knows of a command: a row of data (name, arity, flags, keys, documentation,
 * as `COMMAND` tells them) and how it runs. `data` rows become one command of the catalogue and
 * travel to their shard; `local` rows are answered by this node; `container` rows (CLIENT, CONFIG)
 * only hold subcommands. Dispatch, COMMAND, ordering, MOVED and docs/redis.md read these rows.
 */
import type { FailureCode, Reply } from '../../../kv/reply.js';
import type { Command } from '../../../kv/request.js';
import type { ReplyWriter } from '../codec/reply-writer.js';
import type { LocalCall } from './local-call.js';

/** Names as `COMMAND INFO` of Redis 7 has them. */
export type CommandFlag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'blocking'
  | 'loading'
  | 'stale'
  | 'skip_monitor'
  | 'skip_slowlog'
  | 'asking'
  | 'fast'
  | 'no_auth'
  | 'no_multi'
  | 'movablekeys'
  | 'allow_busy';

/** What a command does with a key, as `COMMAND GETKEYSANDFLAGS` tells it. */
export type KeyFlag = 'RO' | 'RW' | 'OW' | 'RM' | 'ACCESS' | 'UPDATE' | 'INSERT' | 'DELETE';

export type CommandGroup =
  | 'bitmap'
  | 'cluster'
  | 'connection'
  | 'generic'
  | 'hash'
  | 'hyperloglog'
  | 'list'
  | 'server'
  | 'set'
  | 'sorted-set'
  | 'stream'
  | 'string'
  | 'transactions';

/**
 * As Redis counts, the name being 0: keys stand at `first`, `first + step` … up to `last`
 * (negative: from the end, −1 is the last word).
 */
export interface KeyPositions {
  readonly first: number;
  readonly last: number;
  readonly step: number;
  readonly flags: readonly KeyFlag[];
  /** Of the keys behind the first one, where they differ. */
  readonly others?: readonly KeyFlag[];
}

/**
 * The arguments as they came: what stands behind the name, of a subcommand behind its own word. So
 * the key at position 1 of `get` is `args[0]`.
 */
export type Args = readonly Uint8Array[];

interface RowFacts {
  /** Lower case. Of a subcommand: its own word alone (`setname`). */
  readonly name: string;
  /** As Redis counts: with the name (and the container's); negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  /** Absent: no keys. */
  readonly keys?: KeyPositions;
  /**
   * Indexes of the keys in `args` where `keys` cannot say it (a count, STORE); called with
   * arguments whose arity fits. Null: they are wrong, `translate` says how.
   */
  readonly movableKeys?: (args: Args) => readonly number[] | null;
  /** What is done with the key, where that depends on the other words. */
  readonly keyFlags?: (args: Args) => readonly KeyFlag[];
  /** Categories with their @, as `COMMAND INFO` has them. */
  readonly acl: readonly string[];
  readonly group: CommandGroup;
  /** Version of Redis that brought it. */
  readonly since: string;
  readonly complexity: string;
  readonly summary: string;
  /** What stands behind the name, as HELP writes it; absent: nothing, or nobody asks. */
  readonly usage?: string;
  /** How it differs from Redis, for docs/redis.md; absent: not at all. */
  readonly differs?: string;
}

/** One request whose answer is written: what it was, for answers that depend on it. */
export interface Asked {
  readonly args: Args;
  readonly command: Command;
}

/** Answers that `answer` never meets: the door writes them itself, alike for all rows. */
export type ProperReply = Exclude<Reply, { readonly kind: 'failed' | 'applied' }>;

/**
 * A command on data. Without keys it touches all of them: it waits for every earlier command of
 * its connection, and later ones wait for it.
 */
export interface DataRow extends RowFacts {
  readonly kind: 'data';
  /**
   * The canonical command, or the text of the error Redis gives (`ERR syntax error`). Called with
   * arguments whose arity fits; may hand them on as they are: they stay until the answer is
   * written.
   */
  readonly translate: (args: Args, database: number) => Command | string;
  /** Writes exactly one RESP value. */
  readonly answer: (reply: ProperReply, out: ReplyOut, asked: Asked) => void;
  /** Texts for failures of this command that differ from the door's usual ones. */
  readonly failures?: Partial<Record<FailureCode, string>>;
  /** The answer when it is known that it ran, but no longer what it replied. */
  readonly whenApplied?: (out: ReplyOut) => void;
}

/**
 * A command that this node answers by itself or with more than one request to the shards. Later
 * commands of the connection wait until it has answered.
 */
export interface LocalRow extends RowFacts {
  readonly kind: 'local';
  /** Writes exactly one RESP value to `call.out`, unless it says otherwise to the connection. */
  readonly handle: (call: LocalCall) => void | Promise<void>;
  /** Runs only when every earlier command of its connection is answered. */
  readonly waits?: true;
}

export interface ContainerRow extends RowFacts {
  readonly kind: 'container';
  readonly subcommands: readonly RunnableRow[];
  /** What the bare name runs (COMMAND); absent: its arity asks for a subcommand. */
  readonly bare?: RunnableRow;
}

export type RunnableRow = DataRow | LocalRow;
export type DoorRow = RunnableRow | ContainerRow;

/**
 * Where an answer is written, in the protocol of its connection (`protocol`). Aggregates are
 * headers: the caller then writes so many values (map: key and value each).
 */
export type ReplyOut = ReplyWriter;
