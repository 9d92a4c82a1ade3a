/**
 * A snapshot that was received whole, from the core's consent to a machine that stands on it: the
 * log's record is the commit point, then the store switches, then the replica goes on (DESIGN
 * section 6, "Snapshots").
 */
import { assert, must } from '../base/assert.js';
import type { GroupId, LogIndex, ReplicaId } from '../base/ids.js';
import type { Machine } from '../machine/types.js';
import type { LogRecord } from './ports.js';
import type { ReplicaHost } from './types.js';

export interface Received {
  readonly record: Extract<LogRecord, { readonly kind: 'snapshot' }>;
  /** Switches the store to it and opens the machine on it. */
  install(): Promise<Machine>;
  /** One of these is called, once. Refused: nothing of it is durable, it may be deleted. */
  refused(reason: string): void;
  installed(): void;
  /** Its record is durable, so it must stay: the next start finishes it. */
  failed(error: Error): void;
}

export interface InstallationParts {
  readonly group: GroupId;
  readonly self: ReplicaId;
  readonly host: ReplicaHost;
  /** Nothing is applied or read from here on. */
  readonly begin: () => void;
  /** The machine stands at `index`. */
  readonly done: (machine: Machine, index: LogIndex) => void;
}

export class Installation {
  readonly #parts: InstallationParts;
  #received: Received | null = null;
  #taken = false;

  constructor(parts: InstallationParts) {
    this.#parts = parts;
  }

  /** False: another one is under way. */
  offer(received: Received): boolean {
    if (this.#received !== null) return false;
    this.#received = received;
    this.#taken = false;
    return true;
  }

  /** The core takes it: the record that makes it so. */
  take(keepsAbove: boolean): LogRecord {
    this.#taken = true;
    return { ...must(this.#received, 'received snapshot').record, keepsAbove };
  }

  /** The core had its chance: what it did not take is of no use. */
  dropUntaken(): void {
    const received = this.#received;
    if (received === null || this.#taken) return;
    this.#received = null;
    received.refused('the snapshot is older than what is here');
  }

  /** A fenced replica takes the state of what its log already holds: the log stays as it is. */
  rebuild(done: () => void, fail: (error: unknown) => void): void {
    this.#parts.host.write([this.take(true)], true, () => {
      this.complete().then(done, fail);
    });
  }

  /** The record is durable: the snapshot is this replica's state now, whatever happens. */
  async complete(): Promise<void> {
    const { group, self, host, begin, done } = this.#parts;
    const received = must(this.#received, 'received snapshot');
    assert(this.#taken, 'only what the core took is installed');
    begin();
    try {
      const machine = await received.install();
      const { index } = received.record;
      host.write([{ kind: 'installed', group, replica: self, index }], false, () => undefined);
      this.#received = null;
      done(machine, index);
      received.installed();
    } catch (error) {
      this.#received = null;
      received.failed(error as Error);
      throw error;
    }
  }
}
