/**
 * A few cores on a perfect network and disk, in lockstep: `settle` completes every Ready at once
 * and delivers in order until nothing is left. Links can be cut, kinds of messages dropped.
 */

import type { LogIndex, ReplicaId } from '../../../src/base/ids.js';
import { createPrng } from '../../../src/base/prng.js';
import { createRaft } from '../../../src/raft/core.js';
import { describeMessage, describeTrace } from '../../../src/raft/describe.js';
import type {
  ConfigChange,
  EntryMeta,
  Members,
  Message,
  Raft,
  RaftConfig,
  ReadState,
} from '../../../src/raft/types.js';
import { CONFIG, id, members, restored, type State } from './build.js';

export interface NetNode {
  readonly raft: Raft;
  log: EntryMeta[];
  applied: number;
  readonly reads: ReadState[];
  readonly traced: string[];
}

export interface NetOptions {
  readonly config?: Partial<RaftConfig>;
  /** By replica: what it starts from. */
  readonly states?: Readonly<Record<number, State>>;
  readonly configs?: Readonly<Record<number, Partial<RaftConfig>>>;
  readonly members?: Members;
  readonly seed?: number;
}

export class Net {
  readonly nodes = new Map<number, NetNode>();
  /** Every message sent since the last `heal` or `forget`, as text. */
  sent: string[] = [];
  /** Messages for which this says true are lost. */
  drops: (message: Message) => boolean = () => false;
  readonly #changes = new Map<string, ConfigChange>();
  readonly #cut = new Set<string>();

  constructor(ids: readonly number[], options: NetOptions = {}) {
    const all = options.members ?? members([...ids]);
    for (const n of ids) {
      const start = restored(options.states?.[n] ?? {}, all);
      const traced: string[] = [];
      const raft = createRaft(
        { ...CONFIG, ...options.config, ...options.configs?.[n], self: id(n) },
        start,
        createPrng((options.seed ?? 7) * 100 + n),
        (event) => traced.push(describeTrace(event)),
      );
      const log = [...start.entries];
      this.nodes.set(n, { raft, log, applied: start.applied, reads: [], traced });
    }
  }

  raft(n: number): Raft {
    return this.nodes.get(n)!.raft;
  }

  view(n: number): ReturnType<Raft['view']> {
    return this.raft(n).view();
  }

  /** Everything is delivered and completed until nothing is left. */
  settle(): this {
    for (let i = 0; i < 1000; i++) {
      const batch: Message[] = [];
      let busy = false;
      for (const node of this.nodes.values()) {
        while (node.raft.hasReady()) {
          busy = true;
          batch.push(...this.#complete(node));
        }
      }
      if (!busy) return this;
      for (const message of batch) this.#deliver(message);
    }
    throw new Error('the replicas never come to rest');
  }

  tick(n: number, count = 1): this {
    for (let i = 0; i < count; i++) {
      this.raft(n).tick();
      this.settle();
    }
    return this;
  }

  /** Ticks everybody, in turn. */
  tickAll(count = 1): this {
    for (let i = 0; i < count; i++) for (const n of this.nodes.keys()) this.tick(n);
    return this;
  }

  campaign(n: number): this {
    this.raft(n).campaign();
    return this.settle();
  }

  propose(n: number, sizes: number[] = [1]): this {
    this.raft(n).propose(sizes);
    return this.settle();
  }

  change(n: number, change: ConfigChange): ReturnType<Raft['proposeConfig']> {
    const proposal = this.raft(n).proposeConfig(change, 9);
    if (proposal.ok) this.#changes.set(`${proposal.index}/${proposal.term}`, change);
    this.settle();
    return proposal;
  }

  cut(a: number, b: number): this {
    this.#cut.add(`${a}>${b}`).add(`${b}>${a}`);
    return this;
  }

  isolate(n: number): this {
    for (const other of this.nodes.keys()) if (other !== n) this.cut(n, other);
    return this;
  }

  heal(): this {
    this.#cut.clear();
    this.drops = () => false;
    this.sent = [];
    return this;
  }

  leaders(): number[] {
    return [...this.nodes.keys()].filter((n) => this.view(n).role === 'leader');
  }

  /** `2:leader/3` for each replica: role and term. */
  roles(): string {
    return [...this.nodes.keys()]
      .map((n) => `${n}:${this.view(n).role}/${this.view(n).term}`)
      .join(' ');
  }

  /** Each replica's log as terms, with its commit index. */
  logs(): string[] {
    return [...this.nodes.values()].map(
      ({ raft, log }) => `${log.map((entry) => entry.term).join('')}|${raft.view().commit}`,
    );
  }

  #complete(node: NetNode): Message[] {
    const ready = node.raft.ready();
    if (ready.snapshot !== null) {
      const { index } = ready.snapshot.floor;
      node.log = node.log.filter((entry) => entry.index > index);
      node.applied = index;
    }
    const first = ready.entries[0];
    if (first !== undefined) {
      node.log = [...node.log.filter(({ index }) => index < first.index), ...ready.entries];
    }
    node.raft.advance({ kind: 'durable', number: ready.number });
    node.reads.push(...ready.reads);
    if (ready.committed !== null) {
      for (let index = ready.committed.from; index <= ready.committed.to; index++) {
        this.#apply(node, index);
      }
    }
    return [...ready.messages, ...ready.messagesAfterPersist];
  }

  #apply(node: NetNode, index: LogIndex): void {
    const entry = node.log.find((candidate) => candidate.index === index)!;
    if (entry.kind === 'config') {
      const change = this.#changes.get(`${index}/${entry.term}`);
      node.raft.applyConfig(entry.size === 0 ? { kind: 'leave' } : change!, index);
    }
    node.applied = index;
    node.raft.advance({ kind: 'applied', index });
  }

  #deliver(message: Message): void {
    this.sent.push(describeMessage(message));
    const { from, to } = message;
    if (this.#cut.has(`${from}>${to}`) || this.drops(message)) return;
    this.nodes.get(to as ReplicaId)?.raft.step(message);
  }
}
