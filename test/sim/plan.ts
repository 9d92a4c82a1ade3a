/**
 * What a seed is drawn to be: how many nodes, how the options stand, which kinds of faults come and
 * how often (swarm testing, Groce et al. 2012: a run without some features goes deeper into
 * others).
 */
import { defaultOptions, type Options } from '../../src/config/options.js';
import type { Chance } from './world/chance.js';

/** What the faults and the load of a seed lean towards; null: everything alike. */
export type Focus = 'reads' | 'clocks' | 'snapshots' | 'moments' | 'hashes' | 'transactions';
const LEANING = ['reads', 'clocks', 'snapshots', 'moments', 'hashes', 'transactions'] as const;
const FOCUSES = [...LEANING, null, null, null, null, null, null] as const;

export interface Plan {
  readonly focus: Focus | null;
  readonly nodes: number;
  readonly replicas: number;
  readonly clients: number;
  /** The node whose stored bytes may rot, counted from 0. */
  readonly victim: number;
  /** Milliseconds between two operations of a client, on average. */
  readonly thinkMs: number;
  /** Nobody asks for anything in the last `forMs` of every `everyMs`; groups go to rest then. */
  readonly lull: { readonly everyMs: number; readonly forMs: number } | null;
  /** Milliseconds of the first phase, at least. */
  readonly faultyMs: number;
  /** Rows that a store cleans up at a time behind collections and databases that are gone. */
  readonly cleanUpRows: number;
  readonly options: Partial<Options>;
}

const KIB = 1024;

export function drawPlan(chance: Chance): Plan {
  const nodes = 3 + chance.below(3);
  const focus = chance.pick(FOCUSES);
  const lulls = chance.below(4) === 0;
  return {
    focus,
    nodes,
    replicas: nodes === 5 && chance.below(2) === 0 ? 5 : 3,
    clients: 8,
    victim: chance.below(nodes),
    thinkMs: lulls ? 60 : chance.between(90, 150),
    lull: lulls ? { everyMs: 12_000, forMs: 6_000 } : null,
    faultyMs: 30_000,
    cleanUpRows: chance.pick([1, 3, 8, 1000]),
    options: {
      shards: 4,
      tickMs: chance.pick([50, 100]),
      heartbeatMs: chance.pick([100, 200]),
      segmentBytes: chance.pick([16, 32, 64]) * KIB,
      frameBytes: 8 * KIB,
      maxBatchBytes: 4 * KIB,
      maxAppendBytes: chance.pick([4 * KIB, 16 * KIB, 256 * KIB]),
      logBytesPerGroup: (focus === 'snapshots' ? 1 : chance.pick([1, 2, 4, 32])) * KIB,
      snapshotLogBytes: 1024 * KIB,
      flushBytes: chance.pick([4 * KIB, 32 * KIB]),
      flushAgeMs: chance.pick([50, 200, 1000]),
      saturateBytes: 64 * KIB,
      headerCacheBytes: chance.pick([4 * KIB, 1024 * KIB]),
      diskReserveBytes: 256 * KIB,
      ballastBytes: 32 * KIB,
      digestEveryMs: 2_000,
      quiesceMs: chance.pick([2_000, 5_000]),
    },
  };
}

export const optionsOf = (plan: Plan, node: number): Options =>
  defaultOptions({
    ...plan.options,
    nodeId: node,
    replicas: plan.replicas,
    dataDir: `sim-${node}`,
    clusterName: 'sim',
    advertisePeer: `sim-${node}:1`,
    advertiseGrpc: `sim-${node}:2`,
  });
