/** A story's world: replicas, the messages under way between them, and what there is to say. */
import type { ReplicaId } from '../../src/base/ids.js';
import { describeMessage } from '../../src/raft/describe.js';
import type { ConfigChange, EntryMeta, Message } from '../../src/raft/types.js';
import { Judge } from './judge.js';
import type { Replica } from './replica.js';

export class World {
  readonly replicas = new Map<ReplicaId, Replica>();
  /** Sent, neither delivered nor lost; oldest first. */
  underWay: Message[] = [];
  readonly judge = new Judge();
  /** Readys taken so far. */
  readys = 0;
  readonly #cut = new Set<string>();
  readonly #changes = new Map<string, ConfigChange>();
  #said: string[] = [];

  replica(id: ReplicaId): Replica {
    const replica = this.replicas.get(id);
    if (replica === undefined) throw new Error(`there is no replica ${id}`);
    return replica;
  }

  say(line: string): void {
    this.#said.push(line);
  }

  /** All that was said since the last call. */
  hear(): string[] {
    const said = this.#said;
    this.#said = [];
    return said;
  }

  send(messages: readonly Message[]): void {
    for (const message of messages) {
      if (this.#cut.has(`${message.from}>${message.to}`)) this.lose(message);
      else this.underWay.push(message);
    }
  }

  /** Takes the messages out that `wanted` says true for, in their order. */
  take(wanted: (message: Message) => boolean): Message[] {
    const taken: Message[] = [];
    const left: Message[] = [];
    for (const message of this.underWay) (wanted(message) ? taken : left).push(message);
    this.underWay = left;
    return taken;
  }

  sayMessage(what: string, message: Message): void {
    this.say(`${what} ${describeMessage(message)}`);
  }

  lose(message: Message): void {
    this.sayMessage('lost', message);
  }

  /** Hands a message over; to a replica that is down or not there it is lost. */
  deliver(message: Message): void {
    const target = this.replicas.get(message.to);
    if (target === undefined || !target.up) this.lose(message);
    else target.run((raft) => raft.step(message));
  }

  /** From now on nothing passes from `from` to `to`. */
  cut(from: ReplicaId, to: ReplicaId): void {
    this.#cut.add(`${from}>${to}`);
  }

  heal(): void {
    this.#cut.clear();
  }

  noteChange({ index, term }: { index: number; term: number }, change: ConfigChange): void {
    this.#changes.set(`${index}/${term}`, change);
  }

  /** What a config entry says: one of size 0 is the `leave` that a leader appends by itself. */
  changeAt({ index, term, size }: EntryMeta): ConfigChange {
    if (size === 0) return { kind: 'leave' };
    const change = this.#changes.get(`${index}/${term}`);
    if (change === undefined) throw new Error(`nobody proposed a change at ${index}/${term}`);
    return change;
  }
}
