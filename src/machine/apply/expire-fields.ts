/** Expiry of fields that a leader has found (`machine/due-hashes`): apply looks at each again. */
import { assert } from '../../base/assert.js';
import { Hash } from '../collections/hash.js';
import type { Want } from '../types.js';
import type { PayloadOf } from './evaluated.js';
import { inRange } from './prepare.js';
import type { Shard } from './write.js';

/**
 * Each field goes only if the very deadline named still stands and has passed in cluster time. The
 * bound of the hash rises only if no field has got a deadline since it was read.
 */
export function applyExpireFields(
  { run, range }: Shard,
  payload: PayloadOf<'expireFields'>,
  places: readonly Want[],
): void {
  assert(places.length === payload.hashes.length, 'a place for each hash');
  payload.hashes.forEach(({ generation, seen, next, fields }, i) => {
    const place = places[i] as Want;
    if (!inRange(range, place)) return;
    const header = run.header(place);
    if (header?.generation !== generation) return;
    const hash = Hash.open(run, place);
    if (hash === null) return;
    for (const { field, deadline } of fields) {
      if (deadline <= run.time && hash.row(field)?.deadline === deadline) hash.delete(field);
    }
    if (hash.dueRevision === seen) hash.setWake(next);
    hash.commit();
  });
}
