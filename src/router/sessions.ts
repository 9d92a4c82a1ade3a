/**
 * The node's own sessions: requests that come without a stamp (plain doors) get one, so that a
 * retry inside the cluster is applied once all the same. One session per shard and node start.
 */
import type { EpochMs, GroupId } from '../base/ids.js';
import type { SessionStamp } from '../kv/request.js';

class OwnSession {
  readonly #session: string;
  readonly #open = new Set<number>();
  #next = 1;
  #mark = 1;

  constructor(session: string) {
    this.#session = session;
  }

  begin(now: EpochMs): SessionStamp {
    const sequence = this.#next++;
    this.#open.add(sequence);
    return { session: this.#session, sequence, mark: this.#mark, firstAttempt: now };
  }

  end(sequence: number): void {
    this.#open.delete(sequence);
    while (this.#mark < this.#next && !this.#open.has(this.#mark)) this.#mark++;
  }
}

export class OwnSessions {
  readonly #newSession: () => string;
  readonly #sessions = new Map<GroupId, OwnSession>();

  constructor(newSession: () => string) {
    this.#newSession = newSession;
  }

  begin(group: GroupId, now: EpochMs): SessionStamp {
    let session = this.#sessions.get(group);
    if (session === undefined) {
      session = new OwnSession(this.#newSession());
      this.#sessions.set(group, session);
    }
    return session.begin(now);
  }

  /** Nobody waits for this one any more: its record may go. */
  end(group: GroupId, stamp: SessionStamp): void {
    this.#sessions.get(group)?.end(stamp.sequence);
  }
}
