/**
 * If a replica has applied an entry at an index, no other replica ever applies a different one
 * there.
 * Source: Ongaro and Ousterhout 2014, figure 3, State Machine Safety; section 5.4.3.
 */
import { crc32 } from '../../../src/base/checksum.js';
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { Applied } from '../node/observer.js';
import { type Invariant, mustHold } from './invariant.js';

export class StateMachineSafety implements Invariant {
  readonly name = 'state machine safety';
  checks = 0;
  readonly #applied = new Map<string, string>();

  onApplied(node: NodeId, group: GroupId, { entry }: Pick<Applied, 'entry'>): void {
    this.checks++;
    const place = `${group}/${entry.index}`;
    const what = `term ${entry.term}, ${entry.kind}, crc ${crc32(entry.bytes)}`;
    const known = this.#applied.get(place) ?? what;
    mustHold(this.name, known === what, () => {
      return `at group/index ${place} node ${node} applied ${what}, another one ${known}`;
    });
    this.#applied.set(place, what);
  }
}
