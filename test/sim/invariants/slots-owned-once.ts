/**
 * Every slot has exactly one owner in each epoch of its range, and none has no owner.
 * Source: FAULTS.md, I6; DESIGN section 7 ("the larger epoch wins").
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import { META_GROUP } from '../../../src/base/ids.js';
import type { Machine } from '../../../src/machine/types.js';
import { BUCKETS } from '../../../src/shard/slot.js';
import type { Applied } from '../node/observer.js';
import { type Invariant, mustHold } from './invariant.js';

export class SlotsOwnedOnce implements Invariant {
  readonly name = 'slots are owned once';
  checks = 0;
  readonly #owners = new Map<string, GroupId>();
  readonly #seen = new Set<string>();

  onOpened(_node: NodeId, group: GroupId, { state }: Pick<Machine, 'state'>): void {
    this.#check(group, state);
  }

  onApplied(_node: NodeId, group: GroupId, { machine }: Pick<Applied, 'machine'>): void {
    this.#check(group, machine.state);
  }

  #check(group: GroupId, { descriptor }: Machine['state']): void {
    if (group === META_GROUP) return;
    const { range, rangeEpoch } = descriptor;
    const seen = `${group}/${rangeEpoch}/${range.first}-${range.last}`;
    if (this.#seen.has(seen)) return;
    this.#seen.add(seen);
    for (let bucket = range.first; bucket <= range.last; bucket++) {
      this.checks++;
      const place = `${bucket} in range epoch ${rangeEpoch}`;
      const owner = this.#owners.get(place) ?? group;
      mustHold(this.name, owner === group, () => {
        return `bucket ${place} is owned by group ${owner} and by group ${group}`;
      });
      this.#owners.set(place, group);
    }
  }

  /** At the end: the ranges of all shards cover every bucket. */
  mustCover(ranges: readonly { readonly first: number; readonly last: number }[]): void {
    const covered = new Set<number>();
    for (const { first, last } of ranges) for (let at = first; at <= last; at++) covered.add(at);
    this.checks++;
    mustHold(this.name, covered.size === BUCKETS, () => {
      return `${BUCKETS - covered.size} buckets have no owner`;
    });
  }
}
