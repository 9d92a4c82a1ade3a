/** Rows of the Redis door. */
import type { OptionRow } from '../row.js';

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;

export const REDIS_ROWS = {
  redisPipelineRequests: {
    type: 'int',
    unit: 'count',
    min: 1,
    max: 1_000_000,
    default: 4096,
    help: 'Commands of one connection without an answer; above it the connection is not read.',
  },
  redisPipelineBytes: {
    type: 'int',
    unit: 'bytes',
    min: MIB,
    max: GIB,
    default: 32 * MIB,
    help: 'The same in bytes of the commands.',
  },
  redisUnsentBytes: {
    type: 'int',
    unit: 'bytes',
    min: 64 * KIB,
    max: GIB,
    default: 8 * MIB,
    help: 'Answers a Redis client has not taken; above it the connection is not read.',
  },
  redisOutputBytes: {
    type: 'int',
    unit: 'bytes',
    min: MIB,
    max: 16 * GIB,
    default: 256 * MIB,
    help: 'Answers a Redis client has not taken; above it the connection is closed.',
  },
  enableDebugCommand: {
    type: 'bool',
    default: false,
    help: 'Lets Redis clients run DEBUG (SLEEP, OBJECT …): for test suites only.',
  },
  requirepass: {
    type: 'text',
    default: null,
    hidden: true,
    help: 'Refused at start until there are users: a password on one door of four protects nothing.',
  },
} as const satisfies Record<string, OptionRow>;
