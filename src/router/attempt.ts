/**
 * One command for one shard, from choosing a node to its answer. What was surely not applied is
 * tried again inside the deadline; what may be applied is asked again under the same stamp only,
 * and is `unknown` when the deadline passes (DESIGN section 8).
 */
import { unreachable } from '../base/assert.js';
import type { GroupId, MonoMs, NodeId } from '../base/ids.js';
import { ERRORS, RkvError } from '../kv/errors.js';
import type { Forward, RouteAnswer } from '../kv/forward.js';
import type { Command, ReadMode, SessionStamp } from '../kv/request.js';
import type { LocalShard, RouterPorts, ShardPlace } from './ports.js';
import type { Relays } from './relays.js';
import type { OwnSessions } from './sessions.js';
import type { RoutedAnswer } from './types.js';

export interface AttemptParts {
  readonly ports: RouterPorts;
  readonly sessions: OwnSessions;
  readonly relays: Relays;
  /** Runs the attempt again when something changed, or soon. */
  readonly retry: (attempt: Attempt) => void;
}

export interface AttemptRequest {
  readonly bucket: number;
  /** Other buckets whose keys belong together with that one's: one shard must have them all. */
  readonly others: readonly number[];
  readonly command: Command;
  readonly access: 'read' | 'write';
  readonly stamp: SessionStamp | null;
  readonly read: ReadMode;
  readonly deadline: MonoMs;
  readonly done: (answer: RoutedAnswer) => void;
}

export class Attempt {
  readonly #parts: AttemptParts;
  readonly #request: AttemptRequest;
  #own: { readonly group: GroupId; readonly stamp: SessionStamp } | null = null;
  #mayBeApplied = false;
  #tries = 0;

  constructor(parts: AttemptParts, request: AttemptRequest) {
    this.#parts = parts;
    this.#request = request;
  }

  run(): void {
    const { ports } = this.#parts;
    const { bucket, access, deadline } = this.#request;
    if (this.#tries > 0 && ports.monotonic() >= deadline) {
      this.#finish(this.#overdue());
      return;
    }
    this.#tries++;
    const place = ports.place(bucket);
    if (place === null) this.#parts.retry(this);
    else if (this.#isSpread(place)) this.#finish(this.#spread());
    else {
      if (ports.leader(place.group) !== null) this.#parts.relays.onLeader(place.group);
      if (access === 'write') this.#write(place);
      else this.#read(place);
    }
  }

  /** Asked at every try: a split may have come between. */
  #isSpread({ group }: ShardPlace): boolean {
    const { others } = this.#request;
    return (
      others.length > 0 && others.some((bucket) => this.#parts.ports.place(bucket)?.group !== group)
    );
  }

  #spread(): RkvError {
    if (this.#mayBeApplied && this.#request.access === 'write') return this.#overdue();
    return new RkvError('CROSS_SHARD', ERRORS.CROSS_SHARD.help);
  }

  #write(place: ShardPlace): void {
    const { ports } = this.#parts;
    const { command, deadline } = this.#request;
    const stamp = this.#stamp(place.group);
    const write = { command, stamp, rangeEpoch: place.rangeEpoch };
    const local = ports.local(place.group);
    if (local?.leads) {
      local.write({ write, deadline, done: this.#onAnswer });
      return;
    }
    const node = ports.leader(place.group);
    const timeoutMs = deadline - ports.monotonic();
    const forward = { kind: 'write', group: place.group, write } as const;
    if (node === null) this.#relay(place, { ...forward, relay: true });
    else if (node === ports.node) this.#parts.retry(this);
    else ports.forward(node, forward, timeoutMs, this.#onAnswer);
  }

  /** By another node, if one knows the leader that is not known here. */
  #relay(place: ShardPlace, forward: Forward): void {
    const { ports, relays } = this.#parts;
    const node = relays.next(place);
    if (node === null) {
      this.#parts.retry(this);
      return;
    }
    ports.forward(node, forward, this.#request.deadline - ports.monotonic(), (answer) => {
      relays.onAnswer(place.group, node, answer.kind === 'reply' || answer.kind === 'refused');
      this.#onAnswer(answer);
    });
  }

  /** The caller's stamp, or one of the node's own that stays the same for every try. */
  #stamp(group: GroupId): SessionStamp {
    if (this.#request.stamp !== null) return this.#request.stamp;
    if (this.#own === null || (this.#own.group !== group && !this.#mayBeApplied)) {
      this.#endOwn();
      const stamp = this.#parts.sessions.begin(group, this.#parts.ports.clusterNow());
      this.#own = { group, stamp };
    }
    return this.#own.stamp;
  }

  #read(place: ShardPlace): void {
    const { ports } = this.#parts;
    const { command, deadline, read } = this.#request;
    const mode = read.kind === 'lease' ? 'lease' : 'confirmed';
    const local = ports.local(place.group);
    const node = this.#readNode(place, local);
    const forward = { kind: 'read', group: place.group, command, mode } as const;
    if (node === null || (node === ports.node && this.#knowsNoLeader(place))) {
      this.#relay(place, forward);
    } else if (node === ports.node && local !== null) {
      local.read({ command, mode, deadline, done: this.#onAnswer });
    } else {
      ports.forward(node, forward, deadline - ports.monotonic(), this.#onAnswer);
    }
  }

  /** A replica here that was asked already asks a leader it does not hear. */
  #knowsNoLeader({ group }: ShardPlace): boolean {
    return this.#tries > 1 && this.#parts.ports.leader(group) === null;
  }

  /** The nearest replica that may serve this mode; after a failed try the leader, then any. */
  #readNode(place: ShardPlace, local: LocalShard | null): NodeId | null {
    const { ports } = this.#parts;
    const leader = ports.leader(place.group);
    const here = local?.readable ? ports.node : null;
    if (this.#request.read.kind === 'follower') {
      if (here !== null && !local?.leads) return here;
      const others = place.nodes.filter((node) => node !== leader && ports.alive(node));
      return others[this.#tries % Math.max(1, others.length)] ?? leader ?? here;
    }
    if (this.#request.read.kind === 'lease') return leader ?? here;
    if (here !== null && this.#tries === 1) return here;
    return leader ?? here;
  }

  readonly #onAnswer = (answer: RouteAnswer): void => {
    switch (answer.kind) {
      case 'reply':
        this.#finish(answer.reply);
        return;
      case 'refused':
        this.#onRefused(answer.code);
        return;
      case 'dropped':
        this.#mayBeApplied = true;
        this.#parts.retry(this);
        return;
      case 'late':
        this.#mayBeApplied = true;
        this.#finish(this.#overdue());
        return;
      case 'not-leader':
      case 'moved':
      case 'unreachable':
        this.#parts.retry(this);
        return;
      default:
        unreachable(answer);
    }
  };

  #onRefused(code: keyof typeof ERRORS): void {
    // A refusal is of this try alone: an earlier one that was lost may be applied all the same.
    if (this.#mayBeApplied && this.#request.access === 'write') {
      if (ERRORS[code].retryable) this.#parts.retry(this);
      else this.#finish(this.#overdue());
    } else if (code === 'FENCED' || (code === 'TIMEOUT' && this.#request.access === 'read')) {
      this.#parts.retry(this);
    } else this.#finish(new RkvError(code, ERRORS[code].help));
  }

  #overdue(): RkvError {
    const place = this.#parts.ports.place(this.#request.bucket);
    const details = place === null ? {} : { shard: place.group, hint: 'rkv status' };
    if (this.#request.access === 'write' && this.#mayBeApplied) {
      return new RkvError('OUTCOME_UNKNOWN', ERRORS.OUTCOME_UNKNOWN.help, details);
    }
    const leader = place === null ? null : this.#parts.ports.leader(place.group);
    if (leader === null) {
      const what =
        place === null
          ? 'the node has not heard enough of the others yet'
          : `shard ${place.group} has no leader`;
      return new RkvError('NO_LEADER', what, details);
    }
    return new RkvError('TIMEOUT', 'the request did not finish inside its deadline', details);
  }

  #endOwn(): void {
    if (this.#own !== null) this.#parts.sessions.end(this.#own.group, this.#own.stamp);
    this.#own = null;
  }

  #finish(answer: RoutedAnswer): void {
    this.#endOwn();
    this.#request.done(answer);
  }
}
