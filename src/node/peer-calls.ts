/**
 * Calls between nodes: forwards of callers' commands, meta commands on their way to the meta
 * leader, status, and the hosts' own errands. One table of methods, one codec each.
 */
import type { Clock } from '../base/clock.js';
import {
  type GroupId,
  groupId,
  logIndex,
  type MonoMs,
  type NodeId,
  replicaId,
} from '../base/ids.js';
import type { DigestReport, HostPeers } from '../host/types.js';
import { RkvError } from '../kv/errors.js';
import type { Forward, RouteAnswer } from '../kv/forward.js';
import type { Transport } from '../replica/ports.js';
import { UnknownEntry } from '../wire/entry/unknown.js';
import { decodeAnswer, decodeForward, encodeAnswer, encodeForward } from '../wire/forward-codec.js';

export const METHOD = {
  forward: 1,
  digest: 2,
  fence: 3,
  snapshot: 4,
  status: 5,
  meta: 6,
  transfer: 7,
} as const;

const ERRAND_TIMEOUT_MS = 5_000;

const toJson = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const fromJson = (bytes: Uint8Array): unknown => JSON.parse(Buffer.from(bytes).toString('utf8'));
const NOTHING = new Uint8Array(0);

/** What a node does for its peers. */
export interface PeerServices {
  forward(forward: Forward, deadline: MonoMs, done: (answer: RouteAnswer) => void): void;
  digest(report: DigestReport): void;
  fence(group: number, replica: number, reason: string): void;
  snapshot(group: number, replica: number): void;
  /** Leadership of a group led here to that node, if it can take it. */
  transfer(group: number, to: number): void;
  status(): unknown;
  /** Null: this node does not lead the meta group. */
  meta(command: Uint8Array, timeoutMs: number, done: (reply: Uint8Array | null) => void): void;
}

/**
 * Answers one call; a body that cannot be read is answered by nothing at all: the caller times out.
 */
export function serveCall(
  services: PeerServices,
  clock: Clock,
  method: number,
  body: Uint8Array,
  answer: (body: Uint8Array) => void,
): void {
  switch (method) {
    case METHOD.forward: {
      const { forward, timeoutMs } = decodeForward(body);
      const deadline = (clock.monotonic() + timeoutMs) as MonoMs;
      services.forward(forward, deadline, (result) => answer(encodeAnswer(result)));
      return;
    }
    case METHOD.digest: {
      const [group, replica, index, digest] = fromJson(body) as [number, number, number, string];
      services.digest({
        group: groupId(group),
        replica: replicaId(replica),
        index: logIndex(index),
        digest,
      });
      answer(NOTHING);
      return;
    }
    case METHOD.fence: {
      const [group, replica, reason] = fromJson(body) as [number, number, string];
      services.fence(group, replica, reason);
      answer(NOTHING);
      return;
    }
    case METHOD.snapshot: {
      const [group, replica] = fromJson(body) as [number, number];
      services.snapshot(group, replica);
      answer(NOTHING);
      return;
    }
    case METHOD.transfer: {
      const [group, to] = fromJson(body) as [number, number];
      services.transfer(group, to);
      answer(NOTHING);
      return;
    }
    case METHOD.status:
      answer(toJson(services.status()));
      return;
    case METHOD.meta:
      services.meta(body, ERRAND_TIMEOUT_MS, (reply) => answer(reply ?? NOTHING));
      return;
    default:
      throw new RangeError(`unknown peer method ${method}`);
  }
}

const UNREACHABLE: RouteAnswer = { kind: 'unreachable' };
const DROPPED: RouteAnswer = { kind: 'dropped' };

/** Null: the answer cannot be read, so nobody knows what became of the request. */
function answerOf(body: Uint8Array): RouteAnswer | null {
  try {
    return decodeAnswer(body);
  } catch (error) {
    if (error instanceof RkvError || error instanceof UnknownEntry) return null;
    throw error;
  }
}

/** The calling side. */
export class PeerCalls implements HostPeers {
  readonly #transport: Transport;
  /** Callers' commands this node sent on to another one, since its start. */
  forwarded = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  forward(
    to: NodeId,
    forward: Forward,
    timeoutMs: number,
    done: (answer: RouteAnswer) => void,
  ): void {
    this.forwarded++;
    const body = encodeForward(forward, timeoutMs);
    this.#transport.request(to, METHOD.forward, body, timeoutMs, (failure, answer) => {
      const surelyNot = failure?.outcome === 'not-sent' || forward.kind === 'read';
      const given = failure === null ? answerOf(answer) : null;
      done(given ?? (surelyNot ? UNREACHABLE : DROPPED));
    });
  }

  /** The meta leader's reply, or null: ask again, it may lead no more or be out of reach. */
  async meta(to: NodeId, command: Uint8Array): Promise<Uint8Array | null> {
    const reply = await this.#transport
      .call(to, METHOD.meta, command, ERRAND_TIMEOUT_MS)
      .catch(() => NOTHING);
    return reply.length === 0 ? null : reply;
  }

  async status(to: NodeId, timeoutMs: number): Promise<unknown> {
    return fromJson(await this.#transport.call(to, METHOD.status, NOTHING, timeoutMs));
  }

  reportDigest: HostPeers['reportDigest'] = (to, { group, replica, index, digest }) =>
    this.#errand(to, METHOD.digest, [group, replica, index, digest]);

  fence: HostPeers['fence'] = (to, group, replica, reason) =>
    this.#errand(to, METHOD.fence, [group, replica, reason]);

  requestSnapshot: HostPeers['requestSnapshot'] = (to, group, replica) =>
    this.#errand(to, METHOD.snapshot, [group, replica]);

  transfer(leader: NodeId, group: GroupId, to: NodeId): void {
    this.#errand(leader, METHOD.transfer, [group, to]);
  }

  /** Lost errands are repeated by those who need them, on their own clock. */
  #errand(to: NodeId, method: number, body: readonly unknown[]): void {
    this.#transport.call(to, method, toJson(body), ERRAND_TIMEOUT_MS).catch(() => undefined);
  }
}
