/**
 * A request on its way through the client. It has the shape of what goes on the wire, so that a
 * frame is written straight from the requests that wait for it.
 */
import type { EpochMs } from '../base/ids.js';
import { RkvError } from '../kv/errors.js';
import type { Command, ReadMode } from '../kv/request.js';
import type { WireRequest } from '../wire/client-codec/request.js';
import type { Answer } from '../wire/client-codec/response.js';
import type { Link } from './link.js';

export class Pending implements WireRequest {
  readonly command: Command;
  readonly read: ReadMode;
  /** -1: any node will do. */
  readonly bucket: number;
  readonly bytes: number;
  readonly sequence: number;
  /** On the client's monotonic clock. */
  readonly deadline: number;
  readonly done: (answer: Answer) => void;

  id = 0;
  mark = 0;
  firstAttempt = 0 as EpochMs;
  timeoutMs = 0;

  /** Where it waits or was sent to last. */
  link: Link | null = null;
  /** On the wire now, no answer yet. */
  sent = false;
  settled = false;
  attempts = 0;
  /** An attempt ended without an answer: it may be applied, now or later. */
  uncertain = false;
  lastRefusal: RkvError | null = null;

  constructor(fields: {
    command: Command;
    read: ReadMode;
    bucket: number;
    bytes: number;
    sequence: number;
    deadline: number;
    done: (answer: Answer) => void;
  }) {
    this.command = fields.command;
    this.read = fields.read;
    this.bucket = fields.bucket;
    this.bytes = fields.bytes;
    this.sequence = fields.sequence;
    this.deadline = fields.deadline;
    this.done = fields.done;
  }

  get isWrite(): boolean {
    return this.sequence !== 0;
  }

  /**
   * Its connection broke, or its node says it does not know: asking again needs the same sequence.
   */
  onAttemptLost(): void {
    if (this.isWrite) this.uncertain = true;
    this.sent = false;
  }

  /** What its caller hears when no more attempts are made. */
  giveUp(reason: RkvError): RkvError {
    if (this.isWrite && (this.uncertain || this.sent)) {
      if (reason.code === 'OUTCOME_UNKNOWN') return reason;
      return new RkvError(
        'OUTCOME_UNKNOWN',
        'no answer came; the write may or may not be applied',
        {
          ...(reason.details.shard === undefined ? {} : { shard: reason.details.shard }),
          cause: reason,
        },
      );
    }
    return reason;
  }
}
