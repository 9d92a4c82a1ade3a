/** The router's door: one request in, one answer out, whichever nodes it takes. */
import type { MonoMs } from '../base/ids.js';
import type { RkvError } from '../kv/errors.js';
import type { Reply } from '../kv/reply.js';
import type { Command, ReadMode, SessionStamp } from '../kv/request.js';

export interface RoutedRequest {
  readonly command: Command;
  /** Null: the node's own session is used, so a retry inside the cluster is exact all the same. */
  readonly stamp: SessionStamp | null;
  readonly read: ReadMode;
  /** On the node's monotonic clock. */
  readonly deadline: MonoMs;
}

export type RoutedAnswer = Reply | RkvError;

export interface Router {
  /**
   * `done` is called exactly once, never inside this call's own stack before it returns a value.
   */
  execute(request: RoutedRequest, done: (answer: RoutedAnswer) => void): void;
}
