/**
 * Messages of one replica on their way out. An append names a range; its bytes come from memory, or
 * from the log while that member's progress is paused. A range that is gone makes the core think
 * again (and send a snapshot).
 */
import { must } from '../base/assert.js';
import { EMPTY_BYTES } from '../base/bytes.js';
import type { GroupId, LogIndex, NodeId, ReplicaId } from '../base/ids.js';
import type { Message, MessageOf, Raft } from '../raft/types.js';
import type { EntryCache } from './entry-cache.js';
import type { LogEntry } from './ports.js';
import type { ReplicaHost } from './types.js';

/** Reads entries back from the log; null when a part of them is gone. */
export type ReadLog = (
  from: LogIndex,
  to: LogIndex,
  maxBytes: number,
) => Promise<readonly LogEntry[] | null>;

/** The same from the log's memory, at once; null when a part of them is not there. */
export type RecentLog = (
  from: LogIndex,
  to: LogIndex,
  maxBytes: number,
) => readonly LogEntry[] | null;

export interface ShippingParts {
  readonly group: GroupId;
  readonly core: Raft;
  readonly host: ReplicaHost;
  readonly cache: EntryCache;
  readonly readLog: ReadLog;
  readonly recentLog: RecentLog;
  readonly nodeOf: (replica: ReplicaId) => NodeId | null;
  /** The log has let go of entries that the core believes in. */
  readonly compact: () => void;
  readonly stopped: () => boolean;
}

export class Shipping {
  readonly #parts: ShippingParts;

  constructor(parts: ShippingParts) {
    this.#parts = parts;
  }

  send(message: Message): void {
    const { group, host, nodeOf } = this.#parts;
    const node = nodeOf(message.to);
    if (node === null) return;
    if (message.kind === 'snapshot') {
      host.sendSnapshot(group, message.to);
      return;
    }
    if (message.kind !== 'append' || message.entries.length === 0) {
      host.send(group, node, message, []);
      return;
    }
    const payloads = this.#payloads(message);
    if (payloads === null) this.#sendFromLog(node, message);
    else host.send(group, node, message, payloads);
  }

  /** Null: not all of them are in memory. */
  #payloads(message: MessageOf<'append'>): Uint8Array[] | null {
    const payloads: Uint8Array[] = [];
    for (const { index, term, size } of message.entries) {
      const bytes = size === 0 ? EMPTY_BYTES : this.#parts.cache.get(index, term)?.bytes;
      if (bytes === undefined) return this.#recent(message);
      payloads.push(bytes);
    }
    return payloads;
  }

  /** What was applied here is in the log's memory for a while. */
  #recent(message: MessageOf<'append'>): Uint8Array[] | null {
    const { from, to } = rangeOf(message);
    const found = this.#parts.recentLog(from, to, Number.MAX_SAFE_INTEGER);
    if (found === null || !fits(found, message)) return null;
    return found.map((entry) => entry.bytes);
  }

  #sendFromLog(node: NodeId, message: MessageOf<'append'>): void {
    const { group, core, host, readLog, compact, stopped } = this.#parts;
    const { from, to } = rangeOf(message);
    core.pauseAppends(message.to);
    readLog(from, to, Number.MAX_SAFE_INTEGER).then(
      (found) => {
        if (stopped()) return;
        if (found !== null && fits(found, message)) {
          const payloads = found.map((entry) => entry.bytes);
          host.send(group, node, message, payloads);
        } else {
          compact();
          core.reportUnreachable(message.to);
        }
        core.resumeAppends(message.to);
        host.wake(group);
      },
      (error: unknown) => host.onFatal(group, error),
    );
  }
}

const rangeOf = ({ entries }: MessageOf<'append'>): { from: LogIndex; to: LogIndex } => ({
  from: must(entries[0], 'first entry').index,
  to: must(entries.at(-1), 'last entry').index,
});

/** The log still holds what the message speaks of. */
const fits = (found: readonly LogEntry[], message: MessageOf<'append'>): boolean =>
  found.length === message.entries.length &&
  found.every((entry, i) => entry.term === message.entries[i]?.term);
