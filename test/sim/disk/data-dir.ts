/** The identity of a simulated data directory; it outlives the processes that open it. */
import type { NodeId } from '../../../src/base/ids.js';
import type { DataDir, Identity, OpenDataDir } from '../../../src/node/identity.js';
import { IDENTITY_FORMAT, type PeerBoot } from '../../../src/node/identity-file.js';
import type { Process } from '../world/process.js';
import type { Disk } from './disk.js';

export class SimDataDir {
  readonly #disk: Disk;
  #identity: Identity | null = null;
  #peers = new Map<NodeId, PeerBoot>();

  constructor(disk: Disk) {
    this.#disk = disk;
  }

  async open(request: OpenDataDir, process: Process): Promise<DataDir> {
    const before = this.#identity;
    const identity: Identity = {
      format: IDENTITY_FORMAT,
      clusterId: before?.clusterId ?? request.clusterId ?? request.freshClusterId ?? 'sim',
      nodeId: request.nodeId,
      diskId: `disk-${request.nodeId}`,
      bootCount: (before?.bootCount ?? 0) + 1,
      bootstrapped: before?.bootstrapped ?? false,
      hard: request.fingerprint,
    };
    await this.#step(process);
    this.#identity = identity;
    let current = identity;
    // What this process knows; what the next one finds is written a step later.
    const peers = new Map(this.#peers);
    return {
      get identity() {
        return current;
      },
      fresh: before === null,
      bootId: `boot-${request.nodeId}-${identity.bootCount}`,
      peerBoot: (peer) => peers.get(peer) ?? null,
      recordPeerBoot: async (peer, boot) => {
        peers.set(peer, boot);
        await this.#step(process);
        this.#peers = new Map(peers);
      },
      markBootstrapped: async () => {
        await this.#step(process);
        current = { ...current, bootstrapped: true };
        this.#identity = current;
      },
      release: async () => undefined,
    };
  }

  #step(process: Process): Promise<void> {
    return new Promise((resolve) => {
      if (process.acts()) this.#disk.submit(process, 'disk identity', resolve);
    });
  }
}
