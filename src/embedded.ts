/**
 * A node inside somebody else's process: the same node as `rkv serve`, without its signals and
 * exit codes. Loaded only when it is asked for, so that a client pays nothing for it.
 */
import type { NodeId } from './base/ids.js';
import { defaultOptions, type Options } from './config/options.js';
import type { RunningNode } from './node/types.js';

export interface EmbeddedOptions {
  /** Rows of the option table that differ from their defaults. */
  readonly options?: Partial<Options>;
  /** First start of a cluster of several: every node's peer address. Default: a cluster of one. */
  readonly bootstrap?: ReadonlyMap<NodeId, string>;
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * Starts a node; `stop()` hands leadership away and closes everything. Rejects with an RkvError.
 * When `failed` resolves the node has ended by itself and must not be used any more.
 */
export async function startNode(embedded: EmbeddedOptions = {}): Promise<RunningNode> {
  const node = await import('./node/node.js');
  return node.startNode({
    options: defaultOptions(embedded.options ?? {}),
    bootstrap: embedded.bootstrap ?? null,
    join: null,
    labels: embedded.labels ?? {},
  });
}
