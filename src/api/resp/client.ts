/**
 * A connection as its commands see it: name, database, protocol, transaction, what it asked for.
 */
import type { Protocol } from './codec/reply-writer.js';
import type { Transaction } from './transaction.js';

export type Mode = 'standalone' | 'cluster';

/** CLIENT REPLY; `skip` leaves out one answer. */
export type ReplyMode = 'on' | 'off' | 'skip';

export interface ClientControl {
  /** Ends the connection behind the answers that are written. */
  endWhenSent(): void;
  /** Ends it at once. */
  destroy(): void;
  setProtocol(protocol: Protocol): void;
  /** Everything asked is answered and handed to the socket. */
  readonly idle: boolean;
  /** Bytes that came and are not parsed yet; bytes written and not sent. */
  readonly unread: number;
  readonly unsent: number;
  /** A line of MONITOR. */
  feed(line: string): void;
}

export class Client {
  readonly id: number;
  readonly mode: Mode;
  readonly address: string;
  readonly localAddress: string;
  /** Monotonic milliseconds. */
  readonly since: number;
  readonly control: ClientControl;
  lastUsed: number;
  name = '';
  libName = '';
  libVersion = '';
  database = 0;
  protocol: Protocol = 2;
  reply: ReplyMode = 'on';
  lastCommand = 'NULL';
  transaction: Transaction | null = null;
  /** What WATCH saw: revision by `database:key`. */
  watched: Map<string, Watched> | null = null;
  noEvict = false;
  noTouch = false;
  monitors = false;
  readonlyReads = false;
  commands = 0;

  constructor(facts: {
    readonly id: number;
    readonly mode: Mode;
    readonly address: string;
    readonly localAddress: string;
    readonly since: number;
    readonly control: ClientControl;
  }) {
    this.id = facts.id;
    this.mode = facts.mode;
    this.address = facts.address;
    this.localAddress = facts.localAddress;
    this.since = facts.since;
    this.lastUsed = facts.since;
    this.control = facts.control;
  }

  /** As a connection that has just come: RESET. */
  reset(): void {
    this.name = '';
    this.database = 0;
    this.reply = 'on';
    this.transaction = null;
    this.watched = null;
    this.noEvict = false;
    this.noTouch = false;
    this.monitors = false;
    this.readonlyReads = false;
  }
}

export interface Watched {
  readonly database: number;
  readonly key: Uint8Array;
  /** 0: it was not there. */
  readonly revision: number;
}
