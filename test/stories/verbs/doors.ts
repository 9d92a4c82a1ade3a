/** The doors of one replica, by their names: what a caller or the host tells the core. */
import type { ReplicaId } from '../../../src/base/ids.js';
import { describeProposal } from '../../../src/raft/describe.js';
import type { Proposal, Raft } from '../../../src/raft/types.js';
import { change, index, number, targets } from '../args.js';
import type { Command } from '../script.js';
import type { World } from '../world.js';
import type { Verb, Verbs } from './verb.js';

/** A verb that uses one door of each replica named. */
const door =
  (use: (raft: Raft, command: Command) => void): Verb =>
  (world, command) => {
    for (const id of targets(world, command)) world.replica(id).run((raft) => use(raft, command));
  };

/** A door that answers. */
const asking =
  (ask: (raft: Raft, command: Command, world: World) => Proposal): Verb =>
  (world, command) => {
    for (const id of targets(world, command)) {
      world.replica(id).run((raft) => {
        world.say(`${id} ${describeProposal(ask(raft, command, world))}`);
      });
    }
  };

const second = ({ words }: Command): ReplicaId => number(words[1]) as ReplicaId;

/** `on` or `off`. */
function onOff({ words }: Command): boolean {
  if (words[1] !== 'on' && words[1] !== 'off') throw new Error('say on or off');
  return words[1] === 'on';
}

export const DOORS: Verbs = {
  campaign: door((raft) => raft.campaign()),
  wake: door((raft) => raft.wake()),

  /** `propose 1 5 5`: two entries of five bytes. */
  propose: asking((raft, { words }) => raft.propose(words.slice(1).map(number))),

  /** `propose-config 1 add-voter:4 remove:1 auto`, `propose-config 1 leave`. */
  'propose-config': asking((raft, { words }, world) => {
    const wanted = change(words.slice(1));
    const proposal = raft.proposeConfig(wanted, 9);
    if (proposal.ok) world.noteChange(proposal, wanted);
    return proposal;
  }),

  /** `transfer 1 3`: replica 1 is to hand over to 3. */
  transfer: asking((raft, command) => raft.transferLeader(second(command))),

  /** `read-index 1 7 [lease]`: the read with context 7. */
  'read-index': door((raft, { words }) =>
    raft.readIndex(number(words[1]), words[2] === 'lease' ? 'lease' : 'confirmed'),
  ),

  'lease-holds'(world, command) {
    for (const id of targets(world, command)) {
      world.say(`${id} lease ${world.replica(id).raft.leaseHolds() ? 'holds' : 'does not hold'}`);
    }
  },

  'lease-allowed': door((raft, command) => raft.setLeaseAllowed(onOff(command))),
  'may-lead': door((raft, command) => raft.setMayLead(onOff(command))),
  'connection-lost': door((raft) => raft.connectionLost()),
  'leader-connected': door((raft, command) => raft.setLeaderConnected(onOff(command))),
  'report-unreachable': door((raft, command) => raft.reportUnreachable(second(command))),
  'pause-appends': door((raft, command) => raft.pauseAppends(second(command))),
  'resume-appends': door((raft, command) => raft.resumeAppends(second(command))),

  /** `report-snapshot 1 3 installed`: what the host of 1 learned of the stream to 3. */
  'report-snapshot': door((raft, command) => {
    const outcome = command.words[2];
    if (outcome !== 'installed' && outcome !== 'failed') throw new Error('installed or failed?');
    raft.reportSnapshot(second(command), outcome);
  }),

  /** `compact 1 5`: the log of 1 is released up to 5. */
  compact(world, command) {
    const to = index(command.words[1]);
    for (const id of targets(world, command)) {
      const replica = world.replica(id);
      replica.run((raft) => raft.compact(to));
      replica.disk.compact(to);
    }
  },
};
