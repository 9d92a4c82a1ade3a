/** Rows of the doors: how much may come in, how long it may wait. */
import type { OptionRow } from '../row.js';

export const FRONT_ROWS = {
  maxConnections: {
    type: 'int',
    unit: 'count',
    min: 1,
    max: 1_000_000,
    default: 10_000,
    help: 'Client connections; one more is refused.',
  },
  maxWaitingRequests: {
    type: 'int',
    unit: 'count',
    min: 16,
    max: 10_000_000,
    default: 65_536,
    help: 'Requests that may wait in one shard; one more is refused as overloaded.',
  },
  requestTimeoutMs: {
    type: 'int',
    unit: 'ms',
    min: 10,
    max: 3_600_000,
    default: 5000,
    help: 'Deadline of a request that names none.',
  },
} as const satisfies Record<string, OptionRow>;
