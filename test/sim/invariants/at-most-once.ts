/**
 * A request of a session runs at most once in each shard it touches: a copy of it gets the reply of
 * the first run, or is refused, and changes nothing.
 * Source: Ongaro 2014 (thesis), section 6.3; Lee et al. 2015, "Implementing linearizability at
 * large scale and low latency" (RIFL).
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { Reply } from '../../../src/kv/reply.js';
import { encodeReply } from '../../../src/wire/entry/reply.js';
import type { Applied } from '../node/observer.js';
import { type Invariant, mustHold } from './invariant.js';

export class AtMostOnce implements Invariant {
  readonly name = 'at most once';
  checks = 0;
  /** Copies that came to be applied and got the reply of the first. */
  copies = 0;
  readonly #runs = new Map<string, { readonly index: number; readonly reply: Reply }>();

  onApplied(_node: NodeId, group: GroupId, seen: Pick<Applied, 'entry' | 'result'>): void {
    const { entry, result } = seen;
    const { payload } = result;
    if (payload?.kind !== 'commands') return;
    payload.commands.forEach(({ stamp }, at) => {
      const outcome = result.outcomes[at];
      if (outcome?.kind !== 'reply') return;
      const key = `${group}/${stamp.session}/${stamp.sequence}`;
      const first = this.#runs.get(key);
      if (first === undefined) {
        this.#runs.set(key, { index: entry.index, reply: outcome.reply });
        return;
      }
      // The same entry on another replica: digests and reads speak of that.
      if (first.index === entry.index) return;
      this.checks++;
      this.copies++;
      // A reply too large to keep is known to have been given, no more.
      const same = outcome.reply.kind === 'applied' || equal(first.reply, outcome.reply);
      mustHold(this.name, same, () => {
        const [before, reply] = [textOf(first.reply), textOf(outcome.reply)];
        return (
          `request ${stamp.sequence} of a session ran in group ${group} at index ` +
          `${first.index} and again at ${entry.index}: ${before}, then ${reply}`
        );
      });
    });
  }
}

const equal = (one: Reply, other: Reply): boolean =>
  Buffer.compare(encodeReply(one), encodeReply(other)) === 0;

function textOf(value: unknown): string {
  return JSON.stringify(value, (_, field) => {
    if (typeof field === 'bigint') return field.toString();
    return field instanceof Uint8Array ? Buffer.from(field).toString('latin1') : field;
  });
}
