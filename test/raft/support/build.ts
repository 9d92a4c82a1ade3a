/** Short ways to build what the core eats, and one core alone whose Readys the test completes. */

import type { LogIndex, ReplicaId, Term } from '../../../src/base/ids.js';
import { createPrng, type Prng } from '../../../src/base/prng.js';
import { createRaft } from '../../../src/raft/core.js';
import { describeReady, describeTrace } from '../../../src/raft/describe.js';
import type {
  EntryKind,
  EntryMeta,
  Members,
  Message,
  MessageKind,
  MessageOf,
  Raft,
  RaftConfig,
  Ready,
  Restored,
} from '../../../src/raft/types.js';

export const id = (n: number): ReplicaId => n as ReplicaId;
export const at = (n: number): LogIndex => n as LogIndex;
export const term = (n: number): Term => n as Term;

export function members(
  voters: number[],
  rest: Partial<Record<'outgoing' | 'learners' | 'learnersNext', number[]>> & {
    autoLeave?: boolean;
  } = {},
): Members {
  return {
    voters: voters as ReplicaId[],
    outgoing: (rest.outgoing ?? []) as ReplicaId[],
    learners: (rest.learners ?? []) as ReplicaId[],
    learnersNext: (rest.learnersNext ?? []) as ReplicaId[],
    autoLeave: rest.autoLeave ?? false,
  };
}

/** Entries of these terms from `first` on: `entries([1, 1, 2])` are 1/1, 2/1, 3/2. */
export function entries(terms: number[], first = 1, kind: EntryKind = 'normal'): EntryMeta[] {
  return terms.map((t, i) => ({ index: at(first + i), term: term(t), kind, size: 0 }));
}

export const CONFIG: RaftConfig = {
  self: id(1),
  electionTicks: 10,
  heartbeatTicks: 1,
  preVote: false,
  checkQuorum: false,
  leaseTicks: 0,
  maxAppendBytes: 1000,
  maxInflightMessages: 8,
  maxInflightBytes: 8000,
  maxUncommittedBytes: 10_000,
  quiesceTicks: 0,
  promoteLag: 5,
};

export interface State {
  readonly term?: number;
  readonly vote?: number | null;
  readonly commit?: number;
  readonly floor?: readonly [index: number, term: number];
  /** Terms of the entries above the floor, or the entries. */
  readonly log?: number[] | EntryMeta[];
  readonly applied?: number;
  readonly members?: Members;
}

export function restored(state: State, fallback: Members): Restored {
  const [index, floorTerm] = state.floor ?? [0, 0];
  const log = state.log ?? [];
  const list = log.every((item) => typeof item === 'number')
    ? entries(log as number[], index + 1)
    : (log as EntryMeta[]);
  return {
    hardState: {
      term: term(state.term ?? list.at(-1)?.term ?? floorTerm),
      vote: (state.vote ?? null) as ReplicaId | null,
      commit: at(state.commit ?? index),
    },
    floor: { index: at(index), term: term(floorTerm) },
    entries: list,
    applied: at(state.applied ?? state.commit ?? index),
    members: state.members ?? fallback,
  };
}

/** A generator whose every draw is `value` (or the largest allowed). */
export const fixed = (value: number): Prng => ({ below: (bound) => Math.min(value, bound - 1) });

type Body<K extends MessageKind> = Omit<MessageOf<K>, 'kind' | 'from' | 'to' | 'term'>;

/** `message('append', 2, 1, 3, {…})`: from 2 to 1 in term 3. */
export function message<K extends MessageKind>(
  kind: K,
  from: number,
  to: number,
  t: number,
  body: Body<K>,
): Message {
  return { kind, from: id(from), to: id(to), term: term(t), ...body } as unknown as Message;
}

/** One core, alone: the test is network, disk and state machine. */
export class Solo {
  readonly raft: Raft;
  readonly traced: string[] = [];

  constructor(state: State = {}, config: Partial<RaftConfig> = {}, random?: Prng) {
    this.raft = createRaft(
      { ...CONFIG, ...config },
      restored(state, members([1, 2, 3])),
      random ?? createPrng(1),
      (event) => this.traced.push(describeTrace(event)),
    );
  }

  tick(count = 1): this {
    for (let i = 0; i < count; i++) this.raft.tick();
    return this;
  }

  step<K extends MessageKind>(kind: K, from: number, t: number, body: Body<K>): this {
    this.raft.step(message(kind, from, this.self, t, body));
    return this;
  }

  get self(): number {
    return this.#self;
  }
  #self = 1;

  /** The next Ready as text; nothing of it is completed. */
  show(): string {
    return this.raft.hasReady() ? describeReady(this.raft.ready()) : '(nothing)';
  }

  /** Takes and completes everything there is; the Readys taken. */
  drain(): Ready[] {
    const readys: Ready[] = [];
    for (let i = 0; this.raft.hasReady() && i < 100; i++) {
      const ready = this.raft.ready();
      readys.push(ready);
      this.raft.advance({ kind: 'durable', number: ready.number });
      if (ready.committed !== null) {
        this.raft.advance({ kind: 'applied', index: ready.committed.to });
      }
    }
    return readys;
  }

  drained(): string {
    return this.drain().map(describeReady).join('\n');
  }

  /** All messages of the Readys there are. */
  messages(): Message[] {
    return this.drain().flatMap((ready) => [...ready.messages, ...ready.messagesAfterPersist]);
  }

  /** Wins an election of `voters` with the votes of 2 and 3; all Readys are completed. */
  lead(): this {
    this.raft.campaign();
    this.drain();
    for (const kind of ['pre-vote-reply', 'vote-reply'] as const) {
      for (const from of [2, 3]) {
        const { role, term: now } = this.raft.view();
        if (role === 'pre-candidate' && kind === 'pre-vote-reply') {
          this.step(kind, from, now + 1, { granted: true });
        } else if (role === 'candidate' && kind === 'vote-reply') {
          this.step(kind, from, now, { granted: true });
        }
        this.drain();
      }
    }
    return this;
  }
}
