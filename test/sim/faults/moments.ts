/**
 * Moments at which a fault hurts most: a vote is given but not written yet, a snapshot has just
 * become the log's but not the store's, a segment is new, a flush is over. A fault of this kind
 * waits for its moment on any node and strikes there, between the next few effects.
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import type { TraceEvent } from '../../../src/raft/types.js';
import type { LogRecord } from '../../../src/replica/ports.js';
import type { Cluster } from '../cluster.js';
import type { CleanUpStep } from '../node/clean-up.js';
import type { Applied, Watcher } from '../node/observer.js';
import type { SimNode } from '../node/sim-node.js';
import type { Chance } from '../world/chance.js';
import type { Fault } from './fault.js';

export type Moment =
  | 'a vote is given'
  | 'a term begins'
  | 'a leader is elected'
  | 'a transfer is handed over'
  | 'members have changed'
  | 'a snapshot is taken by the core'
  | 'a snapshot is durable'
  | 'a snapshot is installed'
  | 'a segment begins'
  | 'a flush is over'
  | 'a database is flushed'
  | CleanUpStep;

export const MOMENTS: readonly Moment[] = [
  'a vote is given',
  'a term begins',
  'a leader is elected',
  'a transfer is handed over',
  'members have changed',
  'a snapshot is taken by the core',
  'a snapshot is durable',
  'a snapshot is installed',
  'a segment begins',
  'a flush is over',
  'a database is flushed',
  'a collection is buried',
  'a slice is cleaned up',
];

const FLUSH = codeOf('flush');

/** Sees the moments as they come, and tells whoever waits for one. */
export class Moments implements Watcher {
  #awaited: { readonly moment: Moment; readonly strike: (node: NodeId) => void } | null = null;

  await(moment: Moment, strike: (node: NodeId) => void): void {
    this.#awaited = { moment, strike };
  }

  forget(): void {
    this.#awaited = null;
  }

  #comes(moment: Moment, node: NodeId): void {
    if (this.#awaited?.moment !== moment) return;
    const { strike } = this.#awaited;
    this.#awaited = null;
    strike(node);
  }

  onTrace(node: NodeId, _group: GroupId, event: TraceEvent): void {
    if (event.kind === 'vote' && event.granted && !event.pre) this.#comes('a vote is given', node);
    else if (event.kind === 'config') this.#comes('members have changed', node);
    else if (event.kind === 'transfer' && event.step === 'handed') {
      this.#comes('a transfer is handed over', node);
    } else if (event.kind === 'role' && event.role === 'candidate') {
      this.#comes('a term begins', node);
    } else if (event.kind === 'role' && event.role === 'leader') {
      this.#comes('a leader is elected', node);
    }
  }

  onWrite(node: NodeId, records: readonly LogRecord[]): void {
    for (const { kind } of records) {
      if (kind === 'snapshot') this.#comes('a snapshot is taken by the core', node);
      else if (kind === 'installed') this.#comes('a snapshot is installed', node);
    }
  }

  onDurable(node: NodeId, records: readonly LogRecord[]): void {
    if (records.some(({ kind }) => kind === 'snapshot')) this.#comes('a snapshot is durable', node);
  }

  onApplied(node: NodeId, _group: GroupId, { result }: Applied): void {
    if (this.#awaited?.moment !== 'a database is flushed') return;
    const { payload } = result;
    if (payload?.kind !== 'commands') return;
    const isFlush = payload.commands.some(({ command }) => command.code === FLUSH);
    if (isFlush) this.#comes('a database is flushed', node);
  }

  onCleanUp(node: NodeId, step: CleanUpStep): void {
    this.#comes(step, node);
  }

  onReleased(node: NodeId): void {
    this.#comes('a flush is over', node);
  }

  onSegment(node: NodeId): void {
    this.#comes('a segment begins', node);
  }
}

/** Milliseconds between what was over at once and the next. */
const AGAIN_MS = 20;
/** So many effects of the process at most lie between the moment and its death. */
const EFFECTS = 16;
type Way = 'killed' | 'power' | 'connections' | 'cut off' | 'stopped';
const WAYS: readonly Way[] = ['killed', 'power', 'connections', 'cut off', 'stopped'];
/** Who installs a snapshot loses the connection it came by: its record may be durable already. */
const WAYS_OF_INSTALLATIONS: readonly Way[] = ['connections', 'connections', 'killed', 'power'];
/** A slice has only a few, and the next one follows at once. */
const EFFECTS_OF_SLICES = 6;
/** What is cleaned up must survive the end of who cleans. */
const WAYS_OF_CLEAN_UPS: readonly Way[] = ['killed', 'power', 'killed', 'power', 'stopped'];
/** Milliseconds within which connections break: less than a disk takes, and more. */
const BREAKS_MS = [0.05, 0.2, 1] as const;

/** Returns what ends it; null when it was over at once. */
function strike(
  cluster: Cluster,
  chance: Chance,
  node: SimNode,
  how: Way,
  effects: number,
): (() => void) | null {
  const { network, timeline, coverage } = cluster;
  const others = cluster.nodes.filter((other) => other !== node);
  coverage.hit(`struck: ${how}`);
  timeline.say(`node ${node.id} is struck: ${how}`);
  switch (how) {
    case 'killed':
    case 'power':
      node.killSoon(1 + chance.below(effects), how === 'power');
      return () => node.revive();
    case 'connections': {
      const within = chance.pick(BREAKS_MS);
      for (const other of others) network.break(node.id, other.id, 'a fault', within);
      return null;
    }
    case 'cut off': {
      const cut = others.filter(({ id }) => network.passes(node.id, id));
      for (const { id } of cut) {
        network.cut(node.id, id);
        network.cut(id, node.id);
        if (chance.below(2) === 0) network.break(node.id, id, 'a fault', 5);
      }
      return () => {
        for (const { id } of cut) {
          network.mend(node.id, id);
          network.mend(id, node.id);
        }
      };
    }
    case 'stopped': {
      const process = node.running?.process;
      // After the event that brought the moment.
      timeline.in(0, null, 'stop', () => process?.pause());
      return () => process?.resume();
    }
  }
}

export const MOMENT_FAULTS: readonly Fault[] = [
  {
    kind: 'struck at a moment',
    weight: 6,
    focus: 'moments',
    lasts: [1_500, 6_000],
    begin: (cluster, chance, { moments }) => waitFor(cluster, chance, moments, MOMENTS, WAYS),
  },
  {
    kind: 'struck at a clean-up',
    weight: 5,
    focus: 'hashes',
    lasts: [300, 4_000],
    begin(cluster, chance, { cleanUps }) {
      const slice = 'a slice is cleaned up' as const;
      const steps = [slice, slice, 'a collection is buried', 'a database is flushed'] as const;
      return waitFor(cluster, chance, cleanUps, steps, WAYS_OF_CLEAN_UPS, EFFECTS_OF_SLICES);
    },
  },
  {
    kind: 'struck at an installation',
    weight: 8,
    focus: 'snapshots',
    lasts: [3_000, 9_000],
    begin(cluster, chance, { installations }) {
      const durable = 'a snapshot is durable' as const;
      const steps = ['a snapshot is taken by the core', durable, durable] as const;
      return waitFor(cluster, chance, installations, steps, WAYS_OF_INSTALLATIONS);
    },
  },
];

/** Strikes at the moment, and again as long as what it did was over at once. */
function waitFor(
  cluster: Cluster,
  chance: Chance,
  moments: Moments,
  wanted: readonly Moment[],
  ways: readonly Way[],
  effects = EFFECTS,
): () => void {
  let undo: (() => void) | null = null;
  let over = false;
  const next = (): void => {
    const moment = chance.pick(wanted);
    moments.await(moment, (id) => {
      const node = cluster.nodes[id - 1];
      if (node === undefined || !node.up || node.paused) return;
      cluster.coverage.hit(`moment: ${moment}`);
      undo = strike(cluster, chance, node, chance.pick(ways), effects);
      // Not for the very same moment.
      if (undo === null) cluster.timeline.in(AGAIN_MS, null, 'again', () => over || next());
    });
  };
  next();
  return () => {
    over = true;
    moments.forget();
    undo?.();
  };
}
