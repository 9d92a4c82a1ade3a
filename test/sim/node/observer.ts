/**
 * Looks on at every node of a simulated cluster, between the Raft cores, logs and machines and
 * those around them, and tells what it sees to the invariants. It changes nothing.
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { Host } from '../../../src/host/host.js';
import type { AppliedEntry, CommittedEntry, Machine } from '../../../src/machine/types.js';
import type { Witness } from '../../../src/node/environment.js';
import type { TraceEvent } from '../../../src/raft/types.js';
import type { Log, LogRecord } from '../../../src/replica/ports.js';
import type { Coverage } from '../coverage.js';
import type { Timeline } from '../world/timeline.js';
import { type CleanUpStep, hasWiped } from './clean-up.js';
import type { Running } from './sim-node.js';

/** What there is to see; every invariant takes what concerns it. */
export interface Watcher {
  onStart?(node: NodeId): void;
  onDeath?(node: NodeId): void;
  /** The log as a start found it. */
  onRestored?(node: NodeId, log: Log): void;
  onTrace?(node: NodeId, group: GroupId, event: TraceEvent): void;
  onWrite?(node: NodeId, records: readonly LogRecord[]): void;
  /** The log has told that these records are durable. */
  onDurable?(node: NodeId, records: readonly LogRecord[]): void;
  onApplied?(node: NodeId, group: GroupId, seen: Applied): void;
  /** The store holds the group durably up to some index. */
  onReleased?(node: NodeId): void;
  /** A segment of the log has got its name. */
  onSegment?(node: NodeId): void;
  onOpened?(node: NodeId, group: GroupId, machine: Machine): void;
  /** Its store has come a step further behind collections that are gone. */
  onCleanUp?(node: NodeId, step: CleanUpStep): void;
}

export interface Applied {
  readonly entry: CommittedEntry;
  readonly result: AppliedEntry;
  readonly machine: Machine;
  readonly host: Host | null;
}

export interface ObserverParts {
  readonly timeline: Timeline;
  readonly coverage: Coverage;
  readonly watchers: readonly Watcher[];
  /** A check inside a node's own stack must not unwind it. */
  readonly guard: (check: () => void) => void;
}

export class Observer {
  readonly #parts: ObserverParts;
  /** Who has an ear for what. */
  readonly #watchers = new Map<keyof Watcher, readonly Watcher[]>();

  constructor(parts: ObserverParts) {
    this.#parts = parts;
  }

  onStart(node: NodeId): void {
    this.#tell('onStart', (watcher) => watcher.onStart?.(node));
  }

  onDeath(node: NodeId): void {
    this.#tell('onDeath', (watcher) => watcher.onDeath?.(node));
  }

  onSegment(node: NodeId): void {
    this.#tell('onSegment', (watcher) => watcher.onSegment?.(node));
  }

  onCleanUp(node: NodeId, step: CleanUpStep): void {
    this.#tell('onCleanUp', (watcher) => watcher.onCleanUp?.(node, step));
  }

  onLog(_node: NodeId, text: string, fields: Readonly<Record<string, unknown>>): void {
    this.#parts.coverage.hit(`says: ${text.split(/[:,]/)[0]}`);
    if (text === 'disk space') this.#parts.coverage.hit(`disk space: ${String(fields.level)}`);
  }

  witness(node: NodeId, running: Running): Witness {
    const { process } = running;
    return {
      trace: (group, event) => {
        if (process.alive) this.#onTrace(node, group, event);
      },
      host: (host) => {
        running.host = host;
      },
      log: (log) => this.#log(node, running, log),
      machine: (group, machine) => this.#machine(node, group, machine, running),
    };
  }

  #onTrace(node: NodeId, group: GroupId, event: TraceEvent): void {
    const { coverage, timeline } = this.#parts;
    coverage.hitKind(...rowOf(event));
    if (event.kind === 'role' && event.role === 'leader') {
      timeline.say(`node ${node} leads group ${group} in term ${event.term}`);
    }
    this.#tell('onTrace', (watcher) => watcher.onTrace?.(node, group, event));
  }

  #log(node: NodeId, running: Running, log: Log): Log {
    const { coverage } = this.#parts;
    const { groups, tornTail } = log.restored;
    if (tornTail !== null) coverage.hit('recovery: a torn tail is cut');
    for (const { snapshot } of groups.values()) {
      if (snapshot !== null) coverage.hit('recovery: a snapshot record is finished');
    }
    running.restored = log.restored;
    this.#tell('onRestored', (watcher) => watcher.onRestored?.(node, log));
    const released = (): void => this.#tell('onReleased', (watcher) => watcher.onReleased?.(node));
    return forwarding(log, released, (records, sync, onDurable) => {
      if (!running.process.alive) return;
      this.#tell('onWrite', (watcher) => watcher.onWrite?.(node, records));
      log.write(records, sync, () => {
        this.#tell('onDurable', (watcher) => watcher.onDurable?.(node, records));
        onDurable();
      });
    });
  }

  #machine(node: NodeId, group: GroupId, machine: Machine, running: Running): Machine {
    this.#tell('onOpened', (watcher) => watcher.onOpened?.(node, group, machine));
    const { coverage } = this.#parts;
    if (hasWiped(machine.state)) coverage.hit('clean-up: a start finds flushed rows');
    const logEnd = running.restored?.groups.get(group)?.entries.at(-1)?.index ?? 0;
    if (machine.state.descriptor.applied.index < logEnd) {
      coverage.hit('recovery: entries above the store are applied again');
    }
    return {
      state: machine.state,
      get clusterTime() {
        return machine.clusterTime;
      },
      prefetch: (entry) => machine.prefetch(entry),
      apply: (entry) => {
        const result = machine.apply(entry);
        if (running.process.alive) {
          for (const { kind } of result.outcomes) coverage.hitKind('machine', kind);
          if (result.payload !== null) coverage.hitKind('entry', result.payload.kind);
          const seen = { entry, result, machine, host: running.host };
          this.#tell('onApplied', (watcher) => watcher.onApplied?.(node, group, seen));
        }
        return result;
      },
      read: (command, now, settled) => machine.read(command, now, settled),
      due: (now, count) => machine.due(now, count),
    };
  }

  /** In their order, until one says that something must not be: the run ends with that. */
  #tell(event: keyof Watcher, what: (watcher: Watcher) => void): void {
    const watchers = this.#watching(event);
    this.#parts.guard(() => {
      for (const watcher of watchers) what(watcher);
    });
  }

  #watching(event: keyof Watcher): readonly Watcher[] {
    let watchers = this.#watchers.get(event);
    if (watchers === undefined) {
      watchers = this.#parts.watchers.filter((watcher) => watcher[event] !== undefined);
      this.#watchers.set(event, watchers);
    }
    return watchers;
  }
}

/** The log with another `write`; private members keep it from being a prototype. */
function forwarding(log: Log, released: () => void, write: Log['write']): Log {
  return {
    get restored() {
      return log.restored;
    },
    get busy() {
      return log.busy;
    },
    write,
    frameAgeMs: () => log.frameAgeMs(),
    entries: (group, from, to, bytes) => log.entries(group, from, to, bytes),
    recent: (group, from, to, bytes) => log.recent?.(group, from, to, bytes) ?? null,
    release(group, index, term) {
      log.release(group, index, term);
      released();
    },
    hold: (group, index) => log.hold?.(group, index),
    floor: (group) => log.floor?.(group) ?? null,
    liveBytes: (group) => log.liveBytes(group),
    stats: () => log.stats(),
    close: () => log.close(),
  };
}

/** The row of the coverage table for something a core told, in its two halves. */
function rowOf(event: TraceEvent): readonly [of: string, kind: string] {
  switch (event.kind) {
    case 'role':
      return ['role', event.role];
    case 'vote':
      return [event.pre ? 'pre-vote' : 'vote', event.granted ? 'granted' : 'refused'];
    case 'snapshot':
      return ['snapshot in the core', event.step];
    case 'transfer':
      return ['transfer', event.step];
    case 'config':
      return ['members', event.members.outgoing.length > 0 ? 'joint' : 'simple'];
    case 'rest':
      return ['rest', event.resting ? 'begins' : 'ends'];
    default:
      return ['raft', event.kind];
  }
}
