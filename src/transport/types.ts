/** What a transport is opened with, and what nodes say of themselves when they meet. */
import type { Clock } from '../base/clock.js';
import type { NodeId } from '../base/ids.js';
import type { Prng } from '../base/prng.js';
import type { TransportHandler } from '../replica/ports.js';
import type { TransportLimits } from './limits.js';

/** This node, as peers shall know it. */
export interface Identity {
  readonly clusterId: string;
  readonly diskId: string;
  /** Random, made anew by each process. */
  readonly bootId: string;
  /** Kept on disk, one more at each start. */
  readonly bootCount: number;
  readonly versions: { readonly min: number; readonly max: number };
}

/** A peer as it introduced itself; cluster, versions and node number have been checked. */
export interface PeerHello extends Identity {
  readonly node: NodeId;
  /** Where it says it can be dialled. */
  readonly advertise: string;
}

/** Why a peer is not talked to. */
export type RefusalReason =
  | 'wrong-cluster'
  /** The address belongs to another node than was meant. */
  | 'wrong-node'
  | 'unknown-node'
  | 'removed-node'
  | 'wrong-disk'
  /** Its boot count is not above the last one seen: an old copy of its directory. */
  | 'old-boot'
  | 'no-common-version'
  /** A later attempt of the same process has taken over. */
  | 'old-link';

export interface TransportLogger {
  info(fields: Readonly<Record<string, unknown>>, text: string): void;
  warn(fields: Readonly<Record<string, unknown>>, text: string): void;
}

export interface GrpcTransportOptions {
  readonly self: NodeId;
  /** `host:port`; with port 0 the system chooses one, `address` says which. */
  readonly listen: string;
  /** Where peers reach this node; null: the bound address. */
  readonly advertise: string | null;
  readonly identity: Identity;
  /** The rules of identity: known node, its disk, its boot count. Null: welcome. */
  readonly checkPeer: (hello: PeerHello) => RefusalReason | null;
  readonly handler: TransportHandler;
  readonly limits: TransportLimits;
  readonly clock: Clock;
  readonly random: Prng;
  readonly logger: TransportLogger;
}
