/** What tidy enforces, as data: sizes, banned words, and the exceptions with their reasons. */

export const MAX_FILE_LINES = 400;
export const MAX_FUNCTION_LINES = 70;
export const MAX_COLUMNS = 100;
export const MAX_FILE_BYTES = 512 * 1024;

/** Folders whose functions are capped; a test's `describe` is a chapter, not a function. */
export const CAPPED_FUNCTIONS = ['src/', 'commands/', 'bin/', 'scripts/'];
export const LARGE_BY_NATURE = ['package-lock.json'];

const TIME_AND_CHANCE = [
  { pattern: /\bDate\.now\b/g, name: 'Date.now', instead: 'take the time as an argument' },
  { pattern: /\bnew\s+Date\b/g, name: 'new Date', instead: 'take the time as an argument' },
  { pattern: /\bperformance\.now\b/g, name: 'performance.now', instead: 'use the clock port' },
  { pattern: /\bprocess\.hrtime\b/g, name: 'process.hrtime', instead: 'use the clock port' },
  { pattern: /\bMath\.random\b/g, name: 'Math.random', instead: 'take a Prng as an argument' },
  {
    pattern: /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask)\b/g,
    name: 'a timer',
    instead: 'take ticks as arguments',
  },
  { pattern: /\bprocess\.nextTick\b/g, name: 'process.nextTick', instead: 'return a value' },
];

const PROMISES = [
  { pattern: /\bawait\b/g, name: 'await', instead: 'return what is to be done', waits: true },
  { pattern: /\basync\b/g, name: 'async', instead: 'return what is to be done', waits: true },
  { pattern: /\bPromise\b/g, name: 'Promise', instead: 'return what is to be done', waits: true },
];

/**
 * Where calculations live. An exception names a file or a folder (ending in a slash) that may wait,
 * and why; time and chance have no exception.
 */
export const PURE_FOLDERS = [
  { folder: 'src/raft/', banned: [...TIME_AND_CHANCE, ...PROMISES], exceptions: [] },
  {
    folder: 'src/machine/',
    banned: [...TIME_AND_CHANCE, ...PROMISES],
    exceptions: [
      { path: 'src/machine/ports.ts', why: 'the ordered store answers from a disk' },
      { path: 'src/machine/types.ts', why: 'the store of the machine opens and reads from a disk' },
      { path: 'src/machine/store/', why: 'reads and flushes go to the ordered store' },
      { path: 'src/machine/machine.ts', why: 'opens from rows, looks for due keys in the store' },
      { path: 'src/machine/reader.ts', why: 'a read may wait for the store; apply never does' },
      { path: 'src/machine/due-hashes.ts', why: 'the leader looks for due fields in the store' },
      { path: 'src/machine/scan.ts', why: 'a page is read from the store; apply never scans' },
      { path: 'src/machine/walk.ts', why: 'a page is read from the store; apply never walks' },
      {
        path: 'src/machine/collection-reader.ts',
        why: 'a read goes through pages of the store; apply never does',
      },
      { path: 'src/machine/sessions/sessions.ts', why: 'opens from stored rows' },
    ],
  },
  { folder: 'src/shard/', banned: [...TIME_AND_CHANCE, ...PROMISES], exceptions: [] },
  {
    folder: 'src/meta/',
    banned: [...TIME_AND_CHANCE, ...PROMISES],
    exceptions: [{ path: 'src/meta/meta-state.ts', why: 'takes the stored catalogue at start' }],
  },
  { folder: 'src/kv/', banned: [...TIME_AND_CHANCE, ...PROMISES], exceptions: [] },
  { folder: 'src/verify/', banned: [...TIME_AND_CHANCE, ...PROMISES], exceptions: [] },
];

/** What asks to be done later is not done. Spelled in pieces, so that this file passes. */
export const LEFTOVERS = ['TO' + 'DO', 'FIX' + 'ME', 'X' + 'XX', 'HA' + 'CK'];

/** Files from which everything else must be reachable. */
export const ENTRIES = [
  /^\.ci\/.*\.mjs$/,
  /^bin\/.*\.(js|ts)$/,
  /^commands\/.*\.ts$/,
  /^src\/index\.ts$/,
  /^src\/raft\/index\.ts$/,
  /^scripts\/.*\.(mjs|js|ts)$/,
  /^test\/.*\.(ts|mjs|js)$/,
  /^vitest[^/]*\.ts$/,
];

/** Network ports, not ports between folders. */
export const NOT_A_PORT = ['src/launcher/ports.ts'];

/** A port is its conformance suite: each adapter of the port runs it. */
export const PORT_SUITES = [
  { port: 'src/machine/ports.ts', suite: 'test/conformance/store/ordered-store.ts' },
  { port: 'src/replica/ports.ts', suite: 'test/conformance/log/log.ts' },
  { port: 'src/replica/ports.ts', suite: 'test/conformance/transport/transport.ts' },
];
