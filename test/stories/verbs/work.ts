/** Time and disk: ticks, Readys taken, made durable and applied. */
import { index, number, targets } from '../args.js';
import type { Command } from '../script.js';
import type { World } from '../world.js';
import { settle } from './network.js';
import type { Verbs } from './verb.js';

function tick(world: World, command: Command, after: () => void): void {
  const count = number(command.words[1] ?? '1');
  for (let i = 0; i < count; i++) {
    for (const id of targets(world, command)) world.replica(id).run((raft) => raft.tick());
    after();
  }
}

export const WORK: Verbs = {
  /** `tick 1,2 10`: nothing is taken from the replicas meanwhile. */
  tick: (world, command) => tick(world, command, () => {}),

  /** `live all 10`: ticks, and after each of them everything is done and delivered. */
  live: (world, command) =>
    tick(world, command, () => settle(world, targets(world, { ...command, words: ['all'] }))),

  /** `process-ready 1`: takes one Ready; a host in lockstep also completes it. */
  'process-ready'(world, command) {
    for (const id of targets(world, command)) {
      if (!world.replica(id).processReady()) world.say(`${id} nothing`);
    }
  },

  /** `persist 1 [2]`: the oldest Readys of an async host become durable; all without a count. */
  persist(world, command) {
    for (const id of targets(world, command)) {
      const replica = world.replica(id);
      let left = command.words[1] === undefined ? replica.writing.length : number(command.words[1]);
      for (; left > 0; left--) {
        const ready = replica.persist();
        if (ready === null) throw new Error(`replica ${id} writes nothing`);
        world.say(`${id} durable ${ready.number}`);
        for (const message of ready.messagesAfterPersist) world.sayMessage('  sends', message);
      }
    }
  },

  /** `apply 1 [5]`: an async host applies, up to 5, what it was handed out. */
  apply(world, command) {
    for (const id of targets(world, command)) {
      const replica = world.replica(id);
      const to = command.words[1] === undefined ? replica.applying : index(command.words[1]);
      const count = replica.apply(to);
      world.say(`${id} applied ${count === 0 ? 'nothing' : `up to ${replica.disk.applied}`}`);
    }
  },

  /** `async 1 on`: from now on the story completes what replica 1 hands out. */
  async(world, command) {
    for (const id of targets(world, command)) world.replica(id).async = command.words[1] === 'on';
  },
};
