/** Entries that a leader worked out beforehand: effects of what it evaluated, and expiry. */
import { assert } from '../../base/assert.js';
import type { Term } from '../../base/ids.js';
import type { EntryPayload } from '../../wire/entry/types.js';
import type { Outcome, Want } from '../types.js';
import { inRange } from './prepare.js';
import { admit, CONFLICT, MOVED, type Shard } from './write.js';

export type PayloadOf<K extends EntryPayload['kind']> = Extract<EntryPayload, { kind: K }>;

/**
 * Effects stand only if the leader that evaluated them still leads (its term is the entry's) and
 * nothing they read has changed. A conflict leaves no record, so the leader may evaluate again
 * under the same sequence. The whole reply lies under each bucket touched.
 */
export function applyEffects(
  shard: Shard,
  payload: PayloadOf<'effects'>,
  places: readonly Want[],
  term: Term,
): Outcome {
  const { run, sessions, range } = shard;
  const { reads, effects, session: stamp, reply } = payload;
  assert(places.length === reads.length + effects.length, 'a place for each read and effect');
  for (const place of places) if (!inRange(range, place)) return MOVED;
  const admitted = admit(sessions, stamp, run.time);
  if ('refusal' in admitted) return admitted.refusal;
  const { session } = admitted;
  const known = session.get(stamp.sequence);
  if (known !== undefined) return { kind: 'reply', reply: known.reply };
  if (payload.proposer !== term) return CONFLICT;
  const place = (i: number): Want => places[i] as Want;
  const stale = reads.some((read, i) => (run.header(place(i))?.revision ?? 0) !== read.revision);
  if (stale) return CONFLICT;
  effects.forEach(({ value, deadline }, i) => {
    const at = place(reads.length + i);
    const old = run.header(at);
    if (value !== null) run.putString(at, old, { value, deadline });
    else if (old !== null) run.remove(at);
  });
  const buckets = new Set(places.map(({ bucket }) => bucket));
  if (buckets.size === 0) buckets.add(range.first);
  for (const bucket of buckets) sessions.record(session, stamp, bucket, reply);
  sessions.settle();
  return { kind: 'reply', reply };
}

/**
 * Each key goes only if the very deadline named still stands and has passed in cluster time; one
 * that was written again, or is held by another shard now, is left alone.
 */
export function applyExpire(
  { run, range }: Shard,
  payload: PayloadOf<'expire'>,
  places: readonly Want[],
): void {
  payload.due.forEach(({ deadline }, i) => {
    const place = places[i] as Want;
    if (deadline > run.time || !inRange(range, place)) return;
    if (run.deadlineOf(place) === deadline) run.remove(place);
  });
}
