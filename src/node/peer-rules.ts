/**
 * Which peers this node talks to (DESIGN section 6, "Identity"): members with the disk they are
 * known by, in a boot that is newer than any seen before. The cluster id, the node number and the
 * protocol versions were checked by the handshake.
 */
import type { NodeId } from '../base/ids.js';
import { nodeOf } from '../meta/catalogue.js';
import type { MetaState } from '../meta/meta-state.js';
import type { PeerHello, RefusalReason } from '../transport/types.js';
import type { DataDir } from './identity.js';

export class PeerRules {
  readonly #meta: MetaState;
  readonly #dataDir: DataDir;
  /** Disks met before their nodes had registered. */
  readonly #disks = new Map<NodeId, string>();

  constructor(meta: MetaState, dataDir: DataDir) {
    this.#meta = meta;
    this.#dataDir = dataDir;
  }

  readonly check = (hello: PeerHello): RefusalReason | null => {
    const known = nodeOf(this.#meta.catalogue, hello.node);
    if (known === undefined) return 'unknown-node';
    // Before the first registration the disk first met is the one that counts.
    const disk = known.diskId ?? this.#disks.get(hello.node) ?? hello.diskId;
    if (disk !== hello.diskId) return 'wrong-disk';
    const { bootId, bootCount: count } = hello;
    const last = this.#dataDir.peerBoot(hello.node);
    if (last !== null && last.bootId !== bootId && count <= last.count) return 'old-boot';
    this.#disks.set(hello.node, hello.diskId);
    // Not waited for: until it is durable a crash here merely forgets this boot.
    this.#dataDir.recordPeerBoot(hello.node, { count, bootId }).catch(() => undefined);
    return null;
  };
}
