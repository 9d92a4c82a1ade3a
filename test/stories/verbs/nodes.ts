/**
 * Who is there: `add-nodes 1,2,3 voters=1,2,3 [learners=4] [floor=1/1] [term= vote= commit=
 * applied= log=1!,1,2] [limits…] [pre-vote] [check-quorum] [late-commit-news] [async]`, `crash 1`,
 * `restart 1 [applied=N]`, `wipe 1`, `remove-node 1`.
 */
import type { ReplicaId, Term } from '../../../src/base/ids.js';
import type { RaftConfig, Restored } from '../../../src/raft/types.js';
import { floor, index, log, number, replicas, targets } from '../args.js';
import { members } from '../disk.js';
import { Replica } from '../replica.js';
import type { Command } from '../script.js';
import type { World } from '../world.js';
import type { Verbs } from './verb.js';

/** Names of limits in a story, each with its default. */
const LIMITS = {
  election: ['electionTicks', 10],
  heartbeat: ['heartbeatTicks', 1],
  lease: ['leaseTicks', 0],
  quiesce: ['quiesceTicks', 0],
  'append-bytes': ['maxAppendBytes', 1000],
  inflight: ['maxInflightMessages', 8],
  'inflight-bytes': ['maxInflightBytes', 8000],
  uncommitted: ['maxUncommittedBytes', 10_000],
  'promote-lag': ['promoteLag', 5],
} as const;

const NUMBERS = new Set([
  ...Object.keys(LIMITS),
  ...['voters', 'learners', 'floor', 'term', 'vote', 'commit', 'applied', 'log', 'random'],
]);
const FLAGS = new Set(['pre-vote', 'check-quorum', 'late-commit-news', 'async']);

function configOf({ words, options }: Command, self: ReplicaId): RaftConfig {
  const limits = Object.entries(LIMITS).map(([name, [field, standard]]) => {
    const given = options.get(name);
    return [field, given === undefined ? standard : number(given)];
  });
  return {
    ...(Object.fromEntries(limits) as Omit<RaftConfig, 'self' | 'preVote' | 'checkQuorum'>),
    self,
    preVote: words.includes('pre-vote'),
    checkQuorum: words.includes('check-quorum'),
    commitNews: words.includes('late-commit-news') ? 'heartbeat' : 'at-once',
  };
}

function startOf({ options }: Command): Restored {
  const base = floor(options.get('floor'));
  const entries = log(options.get('log'), base.index + 1);
  const commit = options.has('commit') ? index(options.get('commit')) : base.index;
  const lastTerm = entries.at(-1)?.term ?? base.term;
  const [vote] = replicas(options.get('vote'));
  return {
    hardState: {
      term: options.has('term') ? (number(options.get('term')) as Term) : lastTerm,
      vote: vote ?? null,
      commit,
    },
    floor: base,
    entries,
    applied: options.has('applied') ? index(options.get('applied')) : commit,
    members: members({
      voters: replicas(options.get('voters')),
      learners: replicas(options.get('learners')),
    }),
  };
}

function addNodes(world: World, command: Command): void {
  const { words, options } = command;
  const strange =
    [...options.keys()].find((name) => !NUMBERS.has(name)) ??
    words.slice(1).find((name) => !FLAGS.has(name));
  if (strange !== undefined) throw new Error(`'${strange}' is no option of add-nodes`);
  for (const self of replicas(words[0])) {
    if (world.replicas.has(self)) throw new Error(`replica ${self} is there already`);
    const replica = new Replica(world, {
      config: configOf(command, self),
      start: startOf(command),
      random: number(options.get('random') ?? '0'),
      async: words.includes('async'),
    });
    world.replicas.set(self, replica);
    world.say(replica.describe()[0]!);
  }
}

export const NODES: Verbs = {
  'add-nodes': addNodes,

  crash(world, command) {
    for (const id of targets(world, command)) {
      world.replica(id).crash();
      world.say(`${id} down`);
    }
  },

  /** A replica that is down is taken away, so that another may be added under its number. */
  'remove-node'(world, command) {
    for (const id of replicas(command.words[0])) {
      if (world.replica(id).up) throw new Error(`replica ${id} is up`);
      world.replicas.delete(id);
    }
  },

  /** The disk of a replica that is down is lost with all there was on it. */
  wipe(world, command) {
    for (const id of replicas(command.words[0])) world.replica(id).wipe();
  },

  /** What was meant for the old process never reaches the new one. */
  restart(world, command) {
    const { options } = command;
    for (const id of replicas(command.words[0])) {
      const replica = world.replica(id);
      for (const message of world.underWay) if (message.to === id) world.lose(message);
      world.underWay = world.underWay.filter(({ to }) => to !== id);
      const applied = options.has('applied') ? index(options.get('applied')) : replica.disk.applied;
      replica.restart(applied, number(options.get('random') ?? '0'));
      world.say(replica.describe()[0]!);
    }
  },
};
