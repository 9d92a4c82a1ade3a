/**
 * What the core has handed out and what became of it: the log records of a Ready, and the order in
 * which completions go back. Several Readys may be on their way to disk; the core hears of them one
 * after the other, whatever order log and installations come back in (DESIGN section 4).
 */
import type { GroupId, ReplicaId } from '../base/ids.js';
import type { Message, Raft, Ready } from '../raft/types.js';
import type { LogEntry, LogRecord } from './ports.js';

export interface InFlight {
  readonly ready: Ready;
  durable: boolean;
}

export class Readys {
  readonly #core: Raft;
  readonly #send: (message: Message) => void;
  readonly #inFlight: InFlight[] = [];

  /** `send`: for the messages that had to wait for a Ready to be durable. */
  constructor(core: Raft, send: (message: Message) => void) {
    this.#core = core;
    this.#send = send;
  }

  begin(ready: Ready): InFlight {
    const inFlight: InFlight = { ready, durable: false };
    this.#inFlight.push(inFlight);
    return inFlight;
  }

  /** This one is durable; true when messages were let go because of it. */
  complete(done: InFlight): boolean {
    done.durable = true;
    let sent = false;
    for (let first = this.#inFlight[0]; first?.durable; first = this.#inFlight[0]) {
      this.#inFlight.shift();
      const { messagesAfterPersist, number } = first.ready;
      for (const message of messagesAfterPersist) this.#send(message);
      sent ||= messagesAfterPersist.length > 0;
      this.#core.advance({ kind: 'durable', number });
    }
    return sent;
  }
}

/** What must be written for a Ready, in the order of its duties;
 * `snapshot` gives the record of the one it installs. */
export function recordsOf(
  ready: Ready,
  own: { readonly group: GroupId; readonly self: ReplicaId },
  entries: readonly LogEntry[],
  snapshot: () => LogRecord,
): LogRecord[] {
  const { group, self: replica } = own;
  const records: LogRecord[] = [];
  if (ready.snapshot !== null) records.push(snapshot());
  if (entries.length > 0) records.push({ kind: 'append', group, replica, entries });
  if (ready.hardState !== null) {
    records.push({ kind: 'hard-state', group, replica, state: ready.hardState });
  }
  return records;
}
