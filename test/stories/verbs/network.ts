/**
 * The network: `deliver` with filters (`from= to= kind=`), `lose`, `repeat`, `cut`, `heal`, and
 * `stabilize`, which does and delivers everything until nothing is left.
 */
import type { ReplicaId } from '../../../src/base/ids.js';
import type { Message } from '../../../src/raft/types.js';
import { number, replicas, targets } from '../args.js';
import type { Command } from '../script.js';
import type { World } from '../world.js';
import type { Verbs } from './verb.js';

/** How often everybody may have had work before something must be wrong. */
const MAX_TURNS = 200;

/** Does and delivers everything among `ids`; what others sent or are to get stays under way. */
export function settle(world: World, ids: readonly ReplicaId[]): void {
  const inside = new Set(ids);
  const outside = [...world.replicas.values()].filter(({ id, up }) => up && !inside.has(id));
  const senders = new Set(outside.map(({ id }) => id));
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    let busy = false;
    for (const id of ids) busy = work(world, id) || busy;
    const batch = world.take(({ from, to }) => inside.has(to) && !senders.has(from));
    for (const message of batch) world.deliver(message);
    if (!busy && batch.length === 0) return;
  }
  throw new Error('the replicas never come to rest');
}

function work(world: World, id: ReplicaId): boolean {
  const replica = world.replica(id);
  let busy = false;
  while (replica.up && replica.processReady()) {
    busy = true;
    finish(world, id);
  }
  return finish(world, id) || busy;
}

/** What an async host still has to complete. */
function finish(world: World, id: ReplicaId): boolean {
  const replica = world.replica(id);
  let busy = false;
  while (replica.up && replica.persist() !== null) busy = true;
  return replica.up && replica.apply(replica.applying) > 0 ? true : busy;
}

function filter({ options, words }: Command): (message: Message) => boolean {
  for (const key of options.keys()) {
    if (!['from', 'to', 'kind', 'count'].includes(key)) throw new Error(`'${key}' is no filter`);
  }
  if (words.length > 0) throw new Error(`'${words[0]}' is no filter`);
  const from = replicas(options.get('from'));
  const to = replicas(options.get('to'));
  const kinds = options.get('kind')?.split(',');
  let left = options.has('count') ? number(options.get('count')) : Number.POSITIVE_INFINITY;
  return (message) =>
    (from.length === 0 || from.includes(message.from)) &&
    (to.length === 0 || to.includes(message.to)) &&
    (kinds === undefined || kinds.includes(message.kind)) &&
    left-- > 0;
}

/** The messages a command means; there must be some. */
function meant(world: World, command: Command): Message[] {
  const messages = world.take(filter(command));
  if (messages.length === 0) throw new Error('no such message is under way');
  return messages;
}

export const NETWORK: Verbs = {
  deliver(world, command) {
    for (const message of meant(world, command)) {
      world.sayMessage('to', message);
      world.deliver(message);
    }
  },

  lose(world, command) {
    for (const message of meant(world, command)) world.lose(message);
  },

  /** Delivers, and leaves the same messages under way once more, behind all others. */
  repeat(world, command) {
    const messages = meant(world, command);
    world.underWay.push(...messages);
    for (const message of messages) {
      world.sayMessage('to', message);
      world.deliver(message);
    }
  },

  /** The messages meant go behind all others. */
  delay(world, command) {
    const messages = meant(world, command);
    world.underWay.push(...messages);
  },

  stabilize: (world, command) => settle(world, targets(world, command)),

  /** `cut 3`: nobody reaches 3, nor does 3 reach anybody; `cut 1,3`: only this pair. */
  cut(world, command) {
    const [one, other] = replicas(command.words[0]) as [ReplicaId, ReplicaId?];
    for (const peer of other === undefined ? world.replicas.keys() : [other]) {
      if (peer === one) continue;
      world.cut(one, peer);
      world.cut(peer, one);
    }
  },

  heal: (world) => world.heal(),

  'under-way'(world) {
    for (const message of world.underWay) world.sayMessage('under way', message);
  },
};
