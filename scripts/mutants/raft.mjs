/** Mutants of the Raft core and of the replica that runs it. */

export const RAFT_MUTANTS = [
  {
    name: 'no pre-vote',
    edits: [
      {
        file: 'src/raft/election.ts',
        find: 'if (core.config.preVote && !why.forced) startPreVote(core, why.hint);\n  else startElection',
        replace: 'startElection',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/leaders.test.ts', test: 'stays one when a node comes back' },
      { story: 'elections/prevote.txt' },
      { file: 'test/raft/elections.test.ts', test: 'DisruptiveFollowerPreVote' },
    ],
  },
  {
    name: 'no check-quorum',
    edits: [
      {
        file: 'src/raft/tick.ts',
        find: 'if (checkQuorum && !isQuorumActive(core, leader)) {',
        replace: 'if (checkQuorum && leader.progress.size === 0) {',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/leaders.test.ts', test: 'knows soon that it leads nobody' },
      { story: 'elections/checkquorum.txt' },
      { file: 'test/raft/elections.test.ts', test: 'LeaderStepdownWhenQuorumLost' },
    ],
  },
  {
    name: "no leader's no-op",
    edits: [
      { file: 'src/raft/role.ts', find: "  appendOwn(core, leader, 'noop', 0);\n", replace: '' },
      {
        file: 'src/raft/role.ts',
        find: 'const opened = (log.last + 1) as LogIndex;',
        replace: 'const opened = log.committed;',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/leaders.test.ts', test: 'that is new answers no read' },
      { story: 'reads/read_index_new_leader.txt' },
      { file: 'test/raft/commit.test.ts', test: 'CannotCommitWithoutNewTermEntry' },
    ],
  },
  {
    name: 'ReadIndex without confirmation',
    edits: [
      {
        file: 'src/raft/read-index.ts',
        find: '  return reached >= round;\n',
        replace: '  return reached >= 0;\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/leaders.test.ts', test: 'that was stopped while others' },
      { story: 'reads/read_index_rounds.txt' },
      { file: 'test/raft/reads.test.ts', test: 'ReadOnlyOptionSafe' },
    ],
  },
  {
    name: 'vote request sent before the term is durable',
    edits: [
      {
        file: 'src/raft/outbox.ts',
        find: 'if (!waitsForDisk(message.kind) && core.persist.durableTerm === core.term) {',
        replace:
          "if (message.kind === 'vote' || (!waitsForDisk(message.kind) && core.persist.durableTerm === core.term)) {",
      },
    ],
    caughtBy: [{ story: 'async/crash_between_writes.txt' }],
  },
  {
    name: 'acknowledge before sync (the replica)',
    edits: [
      {
        file: 'src/replica/replica.ts',
        find: 'this.#host.write(records, ready.mustSync, () => this.#onDurable(inFlight));',
        replace:
          'this.#host.write(records, ready.mustSync, () => {});\n      this.#onDurable(inFlight);',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/log.test.ts', test: 'with the answer to a write on its way' },
      { seeds: 12, breaks: 'acknowledged is durable' },
    ],
  },
];
