/**
 * Who may import whom (DESIGN section 3): the first row whose `path` holds a file speaks for it, so
 * a sub-folder's row stands before its parent's. A folder may always import itself. An entry of
 * `may` names a folder, or one file without its ending. `packages` are those from outside; `node`
 * says whether Node's own modules are allowed. What is not listed is an error.
 */

/** @typedef {{ path: string, may: string[], packages: string[], node: boolean }} ImportRow */

const EVERYTHING_OF_A_NODE = [
  'base',
  'kv',
  'config',
  'raft',
  'log',
  'engine',
  'machine',
  'shard',
  'meta',
  'wire',
  'transport',
  'replica',
  'host',
  'jobs',
  'router',
  'api',
  'observe',
];

/** @type {ImportRow[]} */
export const IMPORT_TABLE = [
  { path: 'base', may: [], packages: [], node: true },
  { path: 'kv', may: ['base'], packages: [], node: false },
  { path: 'raft', may: ['base'], packages: [], node: false },
  { path: 'verify', may: ['base'], packages: [], node: false },
  { path: 'shard', may: ['base', 'kv'], packages: [], node: false },
  { path: 'config', may: ['base', 'kv'], packages: ['zod', 'yaml'], node: true },
  // raft/types: an entry's kind and a configuration change are words of the log that both read.
  {
    path: 'machine',
    may: ['base', 'kv', 'shard', 'wire/entry', 'raft/types'],
    packages: [],
    node: false,
  },
  // machine/types: the meta group's state stands where a shard's stands and meets the same calls.
  {
    path: 'meta',
    may: ['base', 'kv', 'shard', 'wire/entry', 'raft/types', 'machine/types'],
    packages: [],
    node: false,
  },
  {
    path: 'wire',
    may: ['base', 'kv', 'shard', 'raft/types'],
    packages: ['protobufjs'],
    node: true,
  },
  // Adapters see the port they fill, and raft/types because the port speaks in them.
  {
    path: 'log',
    may: ['base', 'wire', 'replica/ports', 'raft/types', 'observe'],
    packages: [],
    node: true,
  },
  {
    path: 'engine',
    may: ['base', 'wire', 'machine/ports', 'observe'],
    packages: ['level', 'memory-level'],
    node: true,
  },
  {
    path: 'transport',
    may: ['base', 'wire', 'replica/ports', 'raft/types', 'kv/errors', 'observe'],
    packages: ['@grpc/grpc-js'],
    node: true,
  },
  {
    path: 'replica',
    may: ['base', 'kv', 'raft', 'machine', 'shard', 'wire/entry', 'observe'],
    packages: [],
    node: true,
  },
  {
    path: 'host',
    may: ['base', 'kv', 'raft', 'machine', 'meta', 'shard', 'replica', 'wire/entry', 'observe'],
    packages: [],
    node: true,
  },
  {
    path: 'jobs',
    may: ['base', 'kv', 'raft', 'machine', 'meta', 'shard', 'replica', 'observe'],
    packages: [],
    node: true,
  },
  { path: 'router', may: ['base', 'kv', 'shard', 'observe'], packages: [], node: true },
  {
    path: 'api/grpc',
    may: ['base', 'kv', 'shard', 'api', 'router', 'observe', 'wire'],
    packages: ['@grpc/grpc-js'],
    node: true,
  },
  // The codec knows bytes alone, so that clients can use it; the commands know the rest of api.
  { path: 'api/resp/codec', may: ['base'], packages: [], node: false },
  {
    path: 'api/resp',
    may: ['base', 'kv', 'shard', 'api', 'router', 'observe'],
    packages: [],
    node: true,
  },
  { path: 'api', may: ['base', 'kv', 'shard', 'router', 'observe'], packages: [], node: true },
  { path: 'client', may: ['base', 'kv', 'shard', 'wire'], packages: ['@grpc/grpc-js'], node: true },
  {
    path: 'bench',
    may: ['base', 'kv', 'client', 'verify', 'api/resp/codec'],
    packages: [],
    node: true,
  },
  {
    path: 'chaos',
    may: ['base', 'kv', 'client', 'verify', 'launcher', 'api/resp/codec'],
    packages: [],
    node: true,
  },
  {
    path: 'launcher',
    may: ['base', 'kv', 'config', 'client'],
    packages: ['execa', 'listr2'],
    node: true,
  },
  {
    path: 'tools',
    may: ['base', 'wire', 'raft', 'log', 'engine', 'machine', 'shard'],
    packages: [],
    node: true,
  },
  { path: 'observe', may: ['base'], packages: ['pino', 'prom-client'], node: true },
  { path: 'node', may: EVERYTHING_OF_A_NODE, packages: [], node: true },
  // What the commands share: flags, output, errors.
  {
    path: 'cli',
    may: ['base', 'client', 'config', 'kv', 'launcher', 'bench', 'chaos', 'verify', 'tools'],
    packages: ['@oclif/core', 'cli-table3', 'listr2', 'yaml'],
    node: true,
  },
  // The package's public door: client and embedding.
  {
    path: 'index',
    may: ['base', 'kv', 'client', 'config', 'node', 'embedded'],
    packages: [],
    node: false,
  },
  { path: 'embedded', may: ['base', 'config', 'node'], packages: [], node: false },
];

const COMMANDS_MAY = [
  'cli',
  'client',
  'config',
  'kv/catalog',
  'launcher',
  'bench',
  'chaos',
  'verify',
  'tools',
];

/** Rows of commands/, whose paths are relative to that folder; `serve` alone composes a node. */
export const COMMANDS_TABLE = [
  {
    path: 'serve',
    may: [...COMMANDS_MAY, 'node', 'kv', 'base'],
    packages: ['@oclif/core', 'cli-table3', 'listr2'],
    node: true,
  },
  {
    path: '',
    may: COMMANDS_MAY,
    packages: ['@oclif/core', 'cli-table3', 'listr2'],
    node: true,
  },
];

/** index.ts files that may re-export: the two doors of the package. */
export const ALLOWED_BARRELS = ['src/index.ts', 'src/raft/index.ts'];
