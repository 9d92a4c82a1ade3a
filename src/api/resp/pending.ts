/** One request of a connection that has no answer on the wire yet: its place in the order. */
import type { Command } from '../../kv/request.js';
import type { RoutedAnswer } from '../../router/types.js';
import type { Entry } from './registry.js';
import type { Args, Asked } from './rows/row.js';

const NO_ARGS: Args = [];
const NO_COMMAND: Command = { code: 0, database: 0, args: [] };

const SAID: Entry = {
  row: {
    kind: 'local',
    name: '',
    arity: 1,
    flags: [],
    acl: [],
    group: 'connection',
    since: '',
    complexity: '',
    summary: '',
    handle: () => undefined,
  },
  fullName: '',
  words: 1,
  writes: false,
  touchesAll: false,
  onlyKey: -1,
  subcommands: null,
  subentries: [],
  bare: null,
  stats: { calls: 0, microseconds: 0, rejected: 0, failed: 0 },
};

export class Pending implements Asked {
  readonly entry: Entry;
  readonly args: Args;
  command: Command = NO_COMMAND;
  next: Pending | null = null;
  /** Earlier commands on its keys that are not done; it starts at 0. */
  blockers = 0;
  dependents: Pending[] | null = null;
  /** Its keys, once they are written down in the connection's order. */
  keys: readonly string[] | null = null;
  answered = false;
  /** Of a command for the shards. */
  answer: RoutedAnswer | null = null;
  /** Of a command answered here: RESP already. */
  bytes: readonly Buffer[] | null = null;
  /** CLIENT REPLY OFF or SKIP: the answer is not written. */
  silent = false;
  /** Of the request, for what may be in flight. */
  readonly size: number;
  /** Of its answer, while it waits for its turn. */
  held = 0;
  /** Monotonic milliseconds. */
  readonly arrived: number;

  constructor(entry: Entry, args: Args, size: number, arrived: number) {
    this.entry = entry;
    this.args = args;
    this.size = size;
    this.arrived = arrived;
  }

  /** An answer that was there at once: it only waits for its turn. */
  static said(bytes: readonly Buffer[]): Pending {
    const pending = new Pending(SAID, NO_ARGS, 0, 0);
    pending.bytes = bytes;
    pending.answered = true;
    return pending;
  }
}
