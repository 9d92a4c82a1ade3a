/** Drives a machine as a replica would, one entry after the other, and speaks in texts. */
import type { Epoch, EpochMs, LogIndex, Term } from '../../src/base/ids.js';
import { codeOf } from '../../src/kv/catalog/catalog.js';
import type { Reply } from '../../src/kv/reply.js';
import type { Command, SessionStamp } from '../../src/kv/request.js';
import {
  createMachine,
  type MachineOptions,
  type ShardMachine,
} from '../../src/machine/machine.js';
import type { AppliedEntry, CommittedEntry, Outcome, ReadResult } from '../../src/machine/types.js';
import type { EntryKind } from '../../src/raft/types.js';
import type { Descriptor } from '../../src/shard/descriptor.js';
import { encodeEntry } from '../../src/wire/entry/codec.js';
import type { EntryPayload } from '../../src/wire/entry/types.js';
import { emptyDescriptor, FakeState } from './fake-state.js';

export type Arg = string | Uint8Array | number;

export const bytes = (arg: Arg): Uint8Array =>
  arg instanceof Uint8Array ? arg : Buffer.from(String(arg), 'latin1');

export const command = (name: string, ...args: Arg[]): Command => ({
  code: codeOf(name),
  database: 0,
  args: args.map(bytes),
});

export const at = (time: number): EpochMs => time as EpochMs;

/** A reply in one line. */
export function show(reply: Reply | null): string {
  const text = (value: Uint8Array): string => Buffer.from(value).toString('latin1');
  switch (reply?.kind) {
    case undefined:
      return 'no reply';
    case 'null':
    case 'applied':
      return reply.kind;
    case 'integer':
      return `${reply.value}`;
    case 'bytes':
      return text(reply.bytes);
    case 'item':
      return `${text(reply.value)} r${reply.revision} ${reply.expiresAt ?? 'forever'}`;
    case 'written': {
      const was = reply.previous === null ? '' : ` was ${text(reply.previous)}`;
      return `${reply.applied ? 'written' : 'unchanged'} r${reply.revision}${was}`;
    }
    case 'list':
      return `[${reply.items.map(show).join(', ')}]`;
    case 'page': {
      const items = reply.items.map((one) => `${text(one.key)}=${text(one.value)}`);
      return `${items.join(' ')} > ${reply.next === null ? 'end' : text(reply.next)}`;
    }
    case 'failed':
      return reply.code;
  }
}

export const outcome = (one: Outcome | undefined): string =>
  one === undefined ? 'nothing' : one.kind === 'reply' ? show(one.reply) : one.kind;

/** 16 bytes from a short name. */
export const session = (name: string): string => name.padEnd(16, '.');

export class Driver {
  readonly state: FakeState;
  readonly machine: ShardMachine;
  time: number;
  term = 1 as Term;
  #sequence = 0;

  private constructor(state: FakeState, machine: ShardMachine, time: number) {
    this.state = state;
    this.machine = machine;
    this.time = time;
  }

  static async open(
    options: {
      state?: FakeState;
      descriptor?: Partial<Descriptor>;
      cold?: boolean;
      time?: number;
      machine?: Partial<MachineOptions>;
    } = {},
  ): Promise<Driver> {
    const state =
      options.state ?? new FakeState(emptyDescriptor(options.descriptor), options.cold ?? true);
    const machine = await createMachine({ state, ...options.machine });
    return new Driver(state, machine, options.time ?? 1_000_000);
  }

  /** Flushes and starts again from what was flushed. */
  async restart(machine: Partial<MachineOptions> = {}): Promise<Driver> {
    this.state.flush();
    return Driver.open({ state: this.state.reopen(), time: this.time, machine });
  }

  get next(): LogIndex {
    return (this.state.descriptor.applied.index + 1) as LogIndex;
  }

  entry(payload: EntryPayload, kind: EntryKind = 'normal'): CommittedEntry {
    return { index: this.next, term: this.term, kind, bytes: encodeEntry(payload) };
  }

  async applyEntry(entry: CommittedEntry): Promise<AppliedEntry> {
    await this.machine.prefetch(entry);
    return this.machine.apply(entry);
  }

  apply(payload: EntryPayload, kind: EntryKind = 'normal'): Promise<AppliedEntry> {
    return this.applyEntry(this.entry(payload, kind));
  }

  stamp(change: Partial<SessionStamp> = {}): SessionStamp {
    this.#sequence++;
    return {
      session: session('driver'),
      sequence: this.#sequence,
      mark: this.#sequence,
      firstAttempt: at(this.time),
      ...change,
    };
  }

  async send(one: Command, stamp: SessionStamp = this.stamp()): Promise<string> {
    const { outcomes } = await this.apply({
      kind: 'commands',
      stamp: at(this.time),
      commands: [{ command: one, stamp, rangeEpoch: 1 as Epoch }],
    });
    return outcome(outcomes[0]);
  }

  write(name: string, ...args: Arg[]): Promise<string> {
    return this.send(command(name, ...args));
  }

  async readRaw(one: Command, settled = true): Promise<ReadResult> {
    return this.machine.read(one, at(this.time), settled);
  }

  async read(name: string, ...args: Arg[]): Promise<string> {
    const result = await this.readRaw(command(name, ...args));
    return result.kind === 'reply' ? show(result.reply) : result.kind;
  }

  advance(): Promise<AppliedEntry> {
    return this.apply({ kind: 'time', stamp: at(this.time) });
  }
}
