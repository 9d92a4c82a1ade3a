/**
 * One replica of a story with its host: the core, its disk, and the Readys that are under way. A
 * host in lockstep completes a Ready before it takes the next; an `async` one when the story says.
 */
import type { LogIndex, ReplicaId } from '../../src/base/ids.js';
import type { Prng } from '../../src/base/prng.js';
import { createRaft } from '../../src/raft/core.js';
import {
  describeMember,
  describeReady,
  describeTrace,
  describeView,
} from '../../src/raft/describe.js';
import type { Raft, RaftConfig, Ready, Restored, TraceEvent } from '../../src/raft/types.js';
import { Disk } from './disk.js';
import type { World } from './world.js';

/** Events a Ready does not show by itself. */
const SHOWN = new Set<TraceEvent['kind']>([
  'conflict',
  'transfer',
  'rest',
  'step-down',
  'campaign-refused',
  'ignored',
]);

/** Always the same draw, so that a story's timeouts are what it says. */
const fixed = (value: number): Prng => ({ below: (bound) => Math.min(value, bound - 1) });

export interface ReplicaOptions {
  readonly config: RaftConfig;
  readonly start: Restored;
  readonly random: number;
  readonly async: boolean;
}

export class Replica {
  readonly id: ReplicaId;
  readonly disk: Disk;
  /** Handed out, not yet durable; oldest first. */
  readonly writing: Ready[] = [];
  /** Handed out to apply, up to here. */
  applying: LogIndex;
  async: boolean;
  #raft: Raft | null;
  readonly #config: RaftConfig;
  readonly #world: World;

  constructor(world: World, { config, start, random, async }: ReplicaOptions) {
    this.id = config.self;
    this.disk = new Disk(start);
    this.applying = start.applied;
    this.async = async;
    this.#config = config;
    this.#world = world;
    this.#raft = this.#create(start, random);
  }

  get up(): boolean {
    return this.#raft !== null;
  }

  get raft(): Raft {
    if (this.#raft === null) throw new Error(`replica ${this.id} is down`);
    return this.#raft;
  }

  /** The process ends: what was not durable, or not applied, is gone. */
  crash(): void {
    this.#raft = null;
    this.writing.length = 0;
  }

  wipe(): void {
    if (this.up) throw new Error(`replica ${this.id} is up`);
    this.disk.wipe();
  }

  restart(applied: LogIndex, random: number): void {
    if (this.up) throw new Error(`replica ${this.id} is up`);
    this.applying = applied;
    this.#raft = this.#create(this.disk.restored(applied), random);
  }

  /** Runs a door; a broken assertion ends the replica, as it does in the host. */
  run(door: (raft: Raft) => void): void {
    try {
      door(this.raft);
    } catch (error) {
      if ((error as Error).name !== 'AssertionError') throw error;
      this.#world.say(`${this.id} stops: ${(error as Error).message}`);
      this.crash();
    }
  }

  /** Takes and shows the next Ready; in lockstep also completes it. False if there is none. */
  processReady(): boolean {
    if (!this.raft.hasReady()) return false;
    const ready = this.raft.ready();
    this.#world.say(`${this.id} ${describeReady(ready)}`);
    this.#world.readys++;
    this.#world.judge.onReady(this.id, ready);
    this.#world.send(ready.messages);
    this.writing.push(ready);
    if (ready.committed !== null) this.applying = ready.committed.to;
    if (!this.async) {
      this.persist();
      this.apply(this.applying);
    }
    return true;
  }

  /** The oldest Ready under way becomes durable. */
  persist(): Ready | null {
    const ready = this.writing.shift();
    if (ready === undefined) return null;
    this.disk.write(ready);
    this.#world.judge.onDurable(this.id, ready);
    this.#world.send(ready.messagesAfterPersist);
    this.run((raft) => raft.advance({ kind: 'durable', number: ready.number }));
    return ready;
  }

  /** Applies up to `to` what was handed out; says how many entries that were. */
  apply(to: LogIndex): number {
    const from = this.disk.applied;
    for (let index = (from + 1) as LogIndex; index <= to && this.up; index++) {
      this.#applyOne(index as LogIndex);
    }
    return this.disk.applied - from;
  }

  #applyOne(index: LogIndex): void {
    const entry = this.disk.entries.find((candidate) => candidate.index === index);
    if (entry === undefined)
      throw new Error(`${this.id} applies ${index}, which is not on its disk`);
    this.#world.judge.onApplied(this.id, entry);
    if (entry.kind === 'config') {
      const change = this.#world.changeAt(entry);
      this.run((raft) => this.disk.onApplied(index, raft.applyConfig(change, index)));
    } else {
      this.disk.applied = index;
    }
    this.run((raft) => raft.advance({ kind: 'applied', index }));
  }

  describe(): string[] {
    const writing = this.writing.map(({ number }) => number);
    const lines = [`${this.id} ${this.up ? describeView(this.raft.view()) : 'down'}`];
    if (this.up) {
      for (const member of this.raft.view().progress) lines.push(`  ${describeMember(member)}`);
    }
    lines.push(`  ${this.disk.describe()}`);
    if (writing.length > 0) lines.push(`  writing ready ${writing.join(', ')}`);
    return lines;
  }

  #create(start: Restored, random: number): Raft {
    return createRaft(this.#config, start, fixed(random), (event) => {
      if (event.kind === 'config') this.#world.say(`${this.id} ~ ${describeTrace(event)}`);
      else if (SHOWN.has(event.kind)) this.#world.say(`${this.id} ~ ${describeTrace(event)}`);
    });
  }
}
