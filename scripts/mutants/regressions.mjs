/**
 * Bugs that the simulator found on the way (docs/simulation.md, "What it found"): each row takes
 * the fix out of a copy again, and the simulator must find it again.
 */

export const REGRESSIONS = [
  {
    name: 'a cut-off node sets the cluster clock by its own',
    edits: [
      {
        file: 'src/host/cluster-clock.ts',
        find: '    if (offsets.length * 2 <= nodes) return;\n',
        replace: '    if (!this.#trusted && offsets.length * 2 <= nodes) return;\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/clocks.test.ts', test: 'lets nothing expire when that node leads' },
    ],
  },
  {
    name: 'a node that was away slews its clock for minutes',
    edits: [
      {
        file: 'src/host/cluster-clock.ts',
        find: 'if (lead > STEP_MS || (first && lead > 0)) this.#offset = median;',
        replace: 'if (lead > STEP_MS || (first && lead > STEP_MS)) this.#offset = median;',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/clocks.test.ts', test: 'deadlines that hold under the next' },
    ],
  },
  {
    name: 'a leader makes a deadline from a clock it does not trust',
    edits: [
      {
        file: 'src/replica/callers.ts',
        find: 'if (write !== pending.write && !this.#parts.host.clockTrusted()) {',
        replace: 'if (write !== pending.write && this.#parts.host.clusterNow() < 0) {',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/clocks.test.ts', test: 'gives no deadline before it has heard' },
    ],
  },
  {
    name: 'a snapshot stream that breaks deletes what was installed',
    edits: [
      {
        file: 'src/host/snapshots.ts',
        find: '        if (broken !== null) {\n          await incoming.abort();\n          throw new Error(broken);\n        }\n',
        replace: '',
      },
      {
        file: 'src/host/snapshots.ts',
        find: '        if (!ending) incoming.abort().catch(() => undefined);\n',
        replace: '        incoming.abort().catch(() => undefined);\n',
      },
    ],
    caughtBy: [
      { file: 'test/sim/stories/snapshots.test.ts', test: 'keeps it when the stream breaks' },
      { seeds: 40, breaks: null },
    ],
  },
];
