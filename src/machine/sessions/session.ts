/** One session of one shard, in memory: its mark, and the records its sender may still ask for. */
import type { EpochMs } from '../../base/ids.js';
import type { Reply } from '../../kv/reply.js';

/** The reply of one bucket's part of a request; `next` is that of another bucket. */
export interface RecordPart {
  readonly bucket: number;
  readonly firstAttempt: EpochMs;
  readonly reply: Reply;
  /** Its row is in the store, or on its way there. */
  saved: boolean;
  readonly next: RecordPart | null;
}

export class Session {
  readonly name: string;
  /** The lowest sequence its sender still waits for. */
  mark: number;
  /** The first attempt of the request that raised the mark: all below it began no later. */
  markTime: EpochMs;
  /** Buckets under which a row of the mark is stored: one, after a merge perhaps several. */
  markBuckets: number[] = [];
  markSaved = false;
  /** Not yet stored, and stored: most are settled before a flush ever sees them. */
  readonly young = new Map<number, RecordPart>();
  readonly stored = new Map<number, RecordPart>();
  /** Something was not stored yet. */
  dirty = false;
  /** The second under which the table lists it last. */
  listedSlot = -1;

  constructor(name: string, mark: number, markTime: EpochMs) {
    this.name = name;
    this.mark = mark;
    this.markTime = markTime;
  }

  get size(): number {
    return this.young.size + this.stored.size;
  }

  get(sequence: number): RecordPart | undefined {
    return (
      this.young.get(sequence) ?? (this.stored.size === 0 ? undefined : this.stored.get(sequence))
    );
  }

  find(sequence: number, bucket: number): Reply | undefined {
    let part: RecordPart | null | undefined = this.get(sequence);
    while (part) {
      if (part.bucket === bucket) return part.reply;
      part = part.next;
    }
    return undefined;
  }
}
