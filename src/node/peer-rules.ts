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

interface Seen {
  readonly diskId: string;
  readonly bootId: string;
}

export class PeerRules {
  readonly #meta: MetaState;
  readonly #dataDir: DataDir;
  readonly #seen = new Map<NodeId, Seen>();

  constructor(meta: MetaState, dataDir: DataDir) {
    this.#meta = meta;
    this.#dataDir = dataDir;
  }

  readonly check = (hello: PeerHello): RefusalReason | null => {
    const known = nodeOf(this.#meta.catalogue, hello.node);
    if (known === undefined) return 'unknown-node';
    const seen = this.#seen.get(hello.node);
    // Before the first registration the disk first met is the one that counts.
    const disk = known.diskId ?? seen?.diskId ?? hello.diskId;
    if (disk !== hello.diskId) return 'wrong-disk';
    if (seen?.bootId !== hello.bootId) {
      const lastBoot = this.#dataDir.peerBoots().get(hello.node) ?? 0;
      if (hello.bootCount <= lastBoot) return 'old-boot';
      this.#seen.set(hello.node, { diskId: hello.diskId, bootId: hello.bootId });
      // Not waited for: until it is durable a crash here merely forgets this boot.
      this.#dataDir.recordPeerBoot(hello.node, hello.bootCount).catch(() => undefined);
    }
    return null;
  };
}
