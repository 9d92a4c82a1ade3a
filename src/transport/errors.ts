/** What callers of a transport get to hear, by meaning. */

/** `not-sent`: the other node has surely not seen it. `unknown`: it may have acted on it. */
export type CallOutcome = 'not-sent' | 'unknown';

/** A request to another node brought no answer. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly outcome: CallOutcome;

  constructor(outcome: CallOutcome, message: string) {
    super(message);
    this.outcome = outcome;
  }
}

/**
 * A snapshot was not installed. `refused`: the receiver said no, asking again at once is useless.
 * `lost`: the stream broke or stalled; whether it was installed after its last byte is unknown.
 */
export class SnapshotError extends Error {
  override readonly name = 'SnapshotError';
  readonly outcome: 'not-sent' | 'refused' | 'lost';

  constructor(outcome: 'not-sent' | 'refused' | 'lost', message: string) {
    super(message);
    this.outcome = outcome;
  }
}
