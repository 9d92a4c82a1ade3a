/**
 * The one caller of a story: it asks the node it is told to ask, by its router, and knows what was
 * answered. Nothing is tried again behind the story's back but a node that is not ready yet.
 */
import type { EpochMs, MonoMs } from '../../../src/base/ids.js';
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import { RkvError } from '../../../src/kv/errors.js';
import type { Reply } from '../../../src/kv/reply.js';
import type { Command, SessionStamp } from '../../../src/kv/request.js';
import type { RoutedAnswer } from '../../../src/router/types.js';
import type { SimNode } from '../node/sim-node.js';

/** Milliseconds that an attempt leaves its node. */
const ATTEMPT_MS = 5_000;
/** Its number in what the judges say; above all nodes. */
export const CALLER = 100;

export const command = (name: string, ...args: readonly string[]): Command => ({
  code: codeOf(name),
  database: 0,
  args: args.map((arg) => Buffer.from(arg, 'latin1')),
});

/** What a reply says in one line: a value, a number, 'done', or nothing at all. */
export function told(reply: Reply): string | null {
  switch (reply.kind) {
    case 'null':
      return null;
    case 'item':
      return Buffer.from(reply.value).toString('latin1');
    case 'integer':
      return reply.value.toString();
    case 'written':
      return reply.applied ? 'done' : 'unchanged';
    default:
      return reply.kind;
  }
}

/** An attempt on its way; `answer` is null until the node has spoken. */
export interface Attempt {
  answer: RoutedAnswer | null;
}

export class Caller {
  readonly #session: string;
  #next = 1;

  constructor(session: string) {
    this.#session = session;
  }

  /** A stamp for the next write; it settles everything before. Only a node that serves knows it. */
  stamp(node: SimNode): SessionStamp {
    const sequence = this.#next++;
    const firstAttempt = Math.floor(node.running?.door?.now?.() ?? 0) as EpochMs;
    return { session: this.#session, sequence, mark: sequence, firstAttempt };
  }

  /** One attempt at a node that serves. */
  attempt(node: SimNode, what: Command, stamp: SessionStamp | null): Attempt {
    const attempt: Attempt = { answer: null };
    const { door, process } = node.running ?? {};
    if (door == null || process === undefined || !process.alive) {
      attempt.answer = new RkvError('NOT_READY', `node ${node.id} does not serve`);
      return attempt;
    }
    process.receive('request', () => {
      const deadline = (process.monotonic() + ATTEMPT_MS) as MonoMs;
      const read = { kind: 'linearizable' } as const;
      door.router.execute({ command: what, stamp, read, deadline }, (answer) => {
        if (process.alive) attempt.answer = answer;
      });
    });
    return attempt;
  }
}
