/**
 * A client of the simulated cluster: one session, one operation at a time, over the wires to a
 * node's router. It does what the real client does: a refusal is tried again elsewhere, a write
 * whose attempt got lost is asked again under the same stamp, and what nobody answered in time is
 * unknown.
 */
import type { EpochMs, MonoMs } from '../../../src/base/ids.js';
import { RkvError } from '../../../src/kv/errors.js';
import type { Reply } from '../../../src/kv/reply.js';
import type { SessionStamp } from '../../../src/kv/request.js';
import type { RoutedAnswer } from '../../../src/router/types.js';
import type { Coverage } from '../coverage.js';
import type { Network } from '../network/network.js';
import type { SimNode } from '../node/sim-node.js';
import type { Plan } from '../plan.js';
import type { Chance } from '../world/chance.js';
import type { SimEvent, Timeline } from '../world/timeline.js';
import { leadersOf } from './leaders.js';
import { Load } from './load.js';
import type { Operation } from './operation.js';

export interface ClientParts {
  /** Above every node's number: its end of the wires. */
  readonly id: number;
  readonly timeline: Timeline;
  readonly network: Network;
  readonly nodes: readonly SimNode[];
  readonly chance: Chance;
  readonly coverage: Coverage;
  /** Milliseconds between the end of an operation and the next. */
  readonly thinkMs: number;
  readonly lull: Plan['lull'];
  readonly focus: Plan['focus'];
  readonly onDone: (outcome: Outcome) => void;
}

export interface Outcome {
  readonly client: number;
  readonly operation: Operation;
  /** Milliseconds of the simulation. */
  readonly call: number;
  readonly return: number;
  readonly result: 'ok' | 'refused' | 'unknown';
  readonly reply: Reply | null;
  readonly code: string | null;
  readonly stamp: SessionStamp | null;
}

interface Pending {
  readonly operation: Operation;
  readonly stamp: SessionStamp | null;
  readonly call: number;
  readonly deadline: number;
  attempts: number;
  uncertain: boolean;
  lastCode: string;
}

const DEADLINE_MS = 5_000;
const ATTEMPT_MS = 2_000;

export class Client {
  readonly id: number;
  readonly #parts: ClientParts;
  readonly #load: Load;
  readonly #session: string;
  #next = 1;
  #pending: Pending | null = null;
  #target: SimNode;
  /** Cluster time as a node told it, minus the time of the simulation. */
  #clockOffset: number | null = null;
  #stopped = false;
  #last: Operation[] = [];

  constructor(parts: ClientParts) {
    this.id = parts.id;
    this.#parts = parts;
    this.#load = new Load(parts.id, parts.chance.fork(), parts.focus);
    this.#session = parts.chance.bytes(16).toString('latin1');
    this.#target = parts.chance.pick(parts.nodes);
  }

  get busy(): boolean {
    return this.#pending !== null || this.#last.length > 0;
  }

  start(): void {
    this.#later(this.#parts.chance.below(500), () => this.#greet());
  }

  /** No new operations; the one under way is finished. */
  stop(): void {
    this.#stopped = true;
  }

  /** Reads every key once; for the end, when everything must answer. */
  readAll(): void {
    this.#last = this.#load.everyRead();
    if (this.#pending === null) this.#begin();
  }

  #later(ms: number, run: () => void): SimEvent {
    return this.#parts.timeline.in(ms, null, 'client', run);
  }

  /** Nothing is stamped before a node has told the time. */
  #greet(): void {
    this.#exchange(
      (node) => node.running?.door?.now?.() ?? null,
      (now) => {
        if (now === null) return this.#elsewhere(() => this.#greet());
        this.#clockOffset = now - this.#parts.timeline.now;
        this.#begin();
      },
    );
  }

  #elsewhere(then: () => void): void {
    this.#target = this.#parts.chance.pick(this.#parts.nodes);
    this.#later(50 + this.#parts.chance.below(200), then);
  }

  /** Over to the node, and back; null when nothing came back in time. */
  #exchange<T>(ask: (node: SimNode) => T | null, done: (answer: T | null) => void): void {
    let settled = false;
    const settle = (answer: T | null): void => {
      if (settled) return;
      settled = true;
      patience.run = null;
      done(answer);
    };
    const patience = this.#later(ATTEMPT_MS, () => settle(null));
    const refused = (): void => settle(null);
    this.#send(this.#target, refused, (node) => this.#back(node, ask(node), settle));
  }

  /** Where no process lives the machine says so at once: nobody waits for the dead. */
  #send(node: SimNode, refused: () => void, arrive: (node: SimNode) => void): void {
    const { network, id } = this.#parts;
    if (network.chance.permille(network.wire(id, node.id).loss)) return;
    network.carry(id, node.id, 'client', () => {
      const process = node.running?.process;
      if (process?.alive) process.receive('request', () => arrive(node));
      else network.carry(node.id, id, 'client', refused);
    });
  }

  #back<T>(node: SimNode, answer: T, done: (answer: T) => void): void {
    const { network, id, coverage } = this.#parts;
    if (network.chance.permille(network.wire(node.id, id).loss)) {
      coverage.hit('client: an answer is lost');
      return;
    }
    network.carry(node.id, id, 'client', () => done(answer));
  }

  #begin(): void {
    if (this.#stopped && this.#last.length === 0) return;
    const { timeline, chance, thinkMs, focus } = this.#parts;
    const wait = chance.between(0, 2 * thinkMs) + this.#lullLeft();
    this.#later(this.#stopped ? 1 : wait, () => {
      if (this.#pending !== null) return;
      const operation = this.#stopped ? this.#last.shift() : this.#load.next(timeline.now);
      if (operation === undefined) return;
      if (focus === 'reads') this.#follow(operation);
      const { now } = timeline;
      this.#pending = {
        operation,
        stamp: operation.write ? this.#stamp(now) : null,
        call: now,
        deadline: now + DEADLINE_MS,
        attempts: 0,
        uncertain: false,
        lastCode: 'TIMEOUT',
      };
      this.#attempt(this.#pending);
    });
  }

  /** To a leader of its key; when two believe to be it, this client has heard of one of them. */
  #follow({ lines }: Operation): void {
    const leaders = leadersOf(this.#parts.nodes, lines[0]?.key ?? '');
    if (leaders.length > 0) this.#target = this.#parts.chance.pick(leaders);
  }

  /** Milliseconds until somebody may ask again. */
  #lullLeft(): number {
    const { lull, timeline } = this.#parts;
    if (lull === null) return 0;
    const left = lull.everyMs - (timeline.now % lull.everyMs);
    return left <= lull.forMs ? left : 0;
  }

  #stamp(now: number): SessionStamp {
    const sequence = this.#next++;
    const firstAttempt = Math.floor((this.#clockOffset ?? 0) + now) as EpochMs;
    return { session: this.#session, sequence, mark: sequence, firstAttempt };
  }

  #attempt(pending: Pending): void {
    const { timeline, coverage } = this.#parts;
    const left = pending.deadline - timeline.now;
    if (left <= 5) {
      this.#giveUp(pending);
      return;
    }
    pending.attempts++;
    if (pending.attempts > 1) coverage.hit('client: asks again');
    let answered = false;
    const onAnswer = (answer: RoutedAnswer | null): void => {
      if (answered) return;
      answered = true;
      timeout.run = null;
      if (this.#pending === pending) this.#onAnswer(pending, answer);
    };
    const timeout = this.#later(Math.min(ATTEMPT_MS, left), () => onAnswer(null));
    const target = this.#target;
    const refused = (): void => onAnswer(REFUSED);
    this.#send(target, refused, (node) => {
      if (node.cutOff && pending.stamp === null) {
        coverage.hit('read: asked of a node that is cut off');
      }
      const door = node.running?.door;
      if (door == null) return this.#back(node, REFUSED, onAnswer);
      const process = node.running?.process;
      // Some callers leave the node less time than they take themselves.
      const patience = pending.stamp === null ? left / 4 : left;
      const deadline = ((process?.monotonic() ?? 0) + patience) as MonoMs;
      const { stamp, operation } = pending;
      const read = { kind: 'linearizable' } as const;
      door.router.execute({ command: operation.command, stamp, read, deadline }, (reply) => {
        if (process?.alive) this.#back(node, reply, onAnswer);
      });
    });
  }

  #onAnswer(pending: Pending, answer: RoutedAnswer | null): void {
    const { coverage } = this.#parts;
    const { write } = pending.operation;
    if (answer === null) {
      coverage.hit('client: an attempt is lost');
      pending.uncertain ||= write;
      this.#again(pending);
      return;
    }
    if (!(answer instanceof RkvError)) {
      this.#finish(pending, 'ok', answer, null);
      return;
    }
    coverage.hitKind('answer', answer.code);
    pending.lastCode = answer.code;
    if (answer.code === 'OUTCOME_UNKNOWN') pending.uncertain = true;
    const retry =
      answer.code === 'OUTCOME_UNKNOWN' ? write : answer.retryable && answer.code !== 'FULL';
    if (retry) this.#again(pending);
    else this.#giveUp(pending);
  }

  #again(pending: Pending): void {
    const { chance, nodes } = this.#parts;
    this.#target = chance.pick(nodes);
    const cap = Math.min(10 * 2 ** Math.min(pending.attempts, 6), 250);
    this.#later(1 + chance.below(cap), () => {
      if (this.#pending === pending) this.#attempt(pending);
    });
  }

  #giveUp(pending: Pending): void {
    const unknown = pending.operation.write && pending.uncertain;
    const code = unknown ? 'OUTCOME_UNKNOWN' : pending.lastCode;
    this.#finish(pending, unknown ? 'unknown' : 'refused', null, code);
  }

  #finish(
    pending: Pending,
    result: Outcome['result'],
    reply: Reply | null,
    code: string | null,
  ): void {
    const { coverage, onDone, timeline, id } = this.#parts;
    const { operation, call } = pending;
    this.#pending = null;
    const failed = reply?.kind === 'failed';
    const judged = failed ? 'refused' : result;
    coverage.hitKind('outcome', judged);
    coverage.hitKind('operation', operation.name);
    if (reply !== null) {
      for (const line of operation.lines) this.#load.remember(line.key, line.out(reply));
      const row = failed ? null : (operation.learn?.(reply) ?? null);
      if (row !== null) coverage.hit(row);
    }
    onDone({
      client: id,
      operation,
      call,
      return: timeline.now,
      result: judged,
      reply: failed ? null : reply,
      code: failed ? reply.code : code,
      stamp: pending.stamp,
    });
    this.#begin();
  }
}

const REFUSED = new RkvError('NOT_READY', 'this node is starting');
