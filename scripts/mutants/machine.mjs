/** Mutants of the state machine and of the cluster clock. */

export const MACHINE_MUTANTS = [
  {
    name: 'no session de-duplication',
    edits: [
      {
        file: 'src/machine/apply/write.ts',
        find: '    if (known !== undefined) return known;\n  }\n',
        replace: '  }\n',
      },
      {
        file: 'src/machine/apply/write.ts',
        find: '  if (known !== undefined) return known;\n  const reply',
        replace: '  const reply',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/sessions.test.ts', test: 'is asked again at the next leader' },
      { file: 'test/machine/sessions.test.ts', test: 'apply each request exactly once' },
    ],
  },
  {
    name: 'session mark ignored',
    edits: [
      {
        file: 'src/machine/sessions/sessions.ts',
        find: "return stamp.sequence < session.mark ? 'settled' : session;",
        replace: 'return session;',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/sessions.test.ts', test: 'which settled it' },
      { file: 'test/machine/sessions.test.ts', test: 'refuse what lies below the mark' },
      { file: 'test/machine/sessions.test.ts', test: 'apply each request exactly once' },
      { seeds: 12, breaks: 'at most once' },
    ],
  },
  {
    name: 'expiry at read time',
    edits: [
      {
        file: 'src/machine/apply/run.ts',
        find: 'return header.deadline !== null && header.deadline <= this.#time;',
        replace: 'return header.deadline !== null && header.deadline <= this.#now;',
      },
      {
        file: 'src/machine/reader.ts',
        find: '    const alone = call.wants.length === 1;\n',
        replace: '    const alone = call.wants.length === 1;\n    this.#run.readAt(now);\n',
      },
    ],
    caughtBy: [
      { file: 'test/machine/time.test.ts', test: 'is the same for writes' },
      { seeds: 80, breaks: 'equal digests' },
    ],
  },
  {
    name: 'wall clock instead of cluster clock',
    edits: [
      {
        file: 'src/host/cluster-clock.ts',
        find: 'const now = Math.floor(this.#clock.monotonic() + this.#offset);\n    if (now > this.#last) this.#last = now;\n    return this.#last as EpochMs;',
        replace: 'return this.#clock.wall();',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/clocks.test.ts', test: "the leader's own included" },
      {
        file: 'test/host/cluster-clock.test.ts',
        test: 'its own clock jumping back an hour',
      },
    ],
  },
];
