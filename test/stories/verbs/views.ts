/** What there is to see: a replica's state, and at the end of a story everything. */
import { describeReady } from '../../../src/raft/describe.js';
import { targets } from '../args.js';
import type { Command } from '../script.js';
import type { World } from '../world.js';
import type { Verbs } from './verb.js';

function state(world: World, command: Command): void {
  for (const id of targets(world, command)) {
    for (const line of world.replica(id).describe()) world.say(line);
  }
}

export const VIEWS: Verbs = {
  /** `state 1`: the view, the progress of all members if it leads, and the disk. */
  state,

  /** `status`: one line a replica. */
  status(world, command) {
    for (const id of targets(world, command)) world.say(world.replica(id).describe()[0]!);
  },

  /** The last command of every story: each replica's whole Ready and state, and the network. */
  end(world) {
    for (const replica of world.replicas.values()) {
      for (const line of replica.describe()) world.say(line);
      const due = replica.up && replica.raft.hasReady();
      const ready = due ? describeReady(replica.raft.ready()) : 'no ready';
      for (const line of ready.split('\n')) world.say(`  ${line}`);
    }
    if (world.underWay.length === 0) world.say('nothing under way');
    for (const message of world.underWay) world.sayMessage('under way', message);
  },
};
