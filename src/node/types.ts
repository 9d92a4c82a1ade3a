/** What `startNode` takes and gives; `commands/serve` and embedding users meet it. */
import type { NodeId } from '../base/ids.js';
import type { Options } from '../config/options.js';
import type { RkvError } from '../kv/errors.js';
import type { Addresses } from '../kv/status.js';
import type { FaultBoard } from './faults/board.js';

export interface NodeOptions {
  /** Every row of the option table, resolved. */
  readonly options: Options;
  /** First start of a cluster of several: every node's peer address. Null: a cluster of one. */
  readonly bootstrap: ReadonlyMap<NodeId, string> | null;
  readonly join: readonly string[] | null;
  readonly labels: Readonly<Record<string, string>>;
  /** Where to dial these peers, whatever the catalogue says: the proxies of a local cluster. */
  readonly dialPeers?: ReadonlyMap<NodeId, string>;
  /** Disk and clock are met through it. Absent: they are met directly, no fault is possible. */
  readonly faults?: FaultBoard;
}

export interface RunningNode {
  readonly nodeId: NodeId;
  /** Advertised addresses, with the ports really bound. */
  readonly addresses: Addresses;
  /**
   * Resolves when the node must end by itself (a failed sync, corruption); the process exits with
   * its code.
   */
  readonly failed: Promise<RkvError>;
  /** Hands leadership away, seals the log, flushes, closes. */
  stop(): Promise<void>;
}
