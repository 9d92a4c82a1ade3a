/**
 * One command of an entry, in the order of the checks: does the shard still own its keys, may the
 * request still run, has it run before, and only then what its row does. Dedupe is by bucket: a
 * session record lies under each bucket the request touched, so after a split or merge each bucket
 * knows for itself what it has already done.
 */
import type { EpochMs } from '../../base/ids.js';
import { mergeReplies } from '../../kv/catalog/route.js';
import type { Reply } from '../../kv/reply.js';
import type { SessionStamp } from '../../kv/request.js';
import type { BucketRange } from '../../shard/descriptor.js';
import { failed } from '../commands/replies.js';
import { handlerOf } from '../commands/table.js';
import type { Session } from '../sessions/session.js';
import type { Sessions } from '../sessions/sessions.js';
import type { Outcome } from '../types.js';
import { type Call, splitByBucket } from './call.js';
import { inRange } from './prepare.js';
import type { Run } from './run.js';

export const MOVED: Outcome = { kind: 'moved' };
export const SETTLED: Outcome = { kind: 'settled' };
export const EXPIRED: Outcome = { kind: 'expired' };
export const CONFLICT: Outcome = { kind: 'conflict' };

const MALFORMED: Outcome = { kind: 'reply', reply: failed('SYNTAX') };

export interface Shard {
  readonly run: Run;
  readonly sessions: Sessions;
  readonly range: BucketRange;
}

/**
 * Keys that belong together: run once, the whole reply under each bucket touched; any of them
 * knows it again.
 */
function runTogether(shard: Shard, session: Session, stamp: SessionStamp, call: Call): Reply {
  const buckets = new Set(call.wants.map(({ bucket }) => bucket));
  if (buckets.size === 0) buckets.add(shard.range.first);
  for (const bucket of buckets) {
    const known = session.find(stamp.sequence, bucket);
    if (known !== undefined) return known;
  }
  const reply = handlerOf(call)(shard.run, call);
  for (const bucket of buckets) shard.sessions.record(session, stamp, bucket, reply);
  return reply;
}

function runOnce(shard: Shard, session: Session, stamp: SessionStamp, call: Call): Reply {
  const bucket = (call.wants[0] as Call['wants'][number]).bucket;
  const known = session.find(stamp.sequence, bucket);
  if (known !== undefined) return known;
  const reply = handlerOf(call)(shard.run, call);
  shard.sessions.record(session, stamp, bucket, reply);
  return reply;
}

/** The session of a request that may run, or the outcome that says why it may not. */
export function admit(
  sessions: Sessions,
  stamp: SessionStamp,
  time: EpochMs,
): { session: Session } | { refusal: Outcome } {
  const session = sessions.admit(stamp, time);
  if (session === 'settled') return { refusal: SETTLED };
  if (session === 'expired') return { refusal: EXPIRED };
  return { session };
}

export function applyWrite(shard: Shard, call: Call | null, stamp: SessionStamp): Outcome {
  if (call === null || call.row.access !== 'write') return MALFORMED;
  for (const want of call.wants) if (!inRange(shard.range, want)) return MOVED;
  const admitted = admit(shard.sessions, stamp, shard.run.time);
  if ('refusal' in admitted) return admitted.refusal;
  const reply = replyTo(shard, admitted.session, stamp, call);
  shard.sessions.settle();
  return { kind: 'reply', reply };
}

function replyTo(shard: Shard, session: Session, stamp: SessionStamp, call: Call): Reply {
  const { routing } = call.row;
  if (routing === 'together' || routing === 'shards')
    return runTogether(shard, session, stamp, call);
  const parts = splitByBucket(call);
  if (parts === null) return runOnce(shard, session, stamp, call);
  const replies = parts.map((part) => ({
    positions: part.positions,
    reply: runOnce(shard, session, stamp, part),
  }));
  return mergeReplies(call.row, call.command, replies);
}
