/**
 * This node in the catalogue: its disk, addresses and labels, told until the meta group shows them;
 * the peers to keep streams to; and the shards led here, reported until the catalogue agrees.
 */
import type { Timer } from '../base/clock.js';
import { type NodeId, nodeId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import { RkvError } from '../kv/errors.js';
import type { Addresses } from '../kv/status.js';
import { type Catalogue, type NodeRecord, nodeOf, shardOf } from '../meta/catalogue.js';
import type { MetaState } from '../meta/meta-state.js';
import type { Transport } from '../replica/ports.js';
import { CLUSTER_VERSION } from './birth.js';
import type { Assembly } from './foundation.js';
import type { MetaClient } from './meta-client.js';
import { RELEASE } from './release.js';

const EVERY_MS = 1_000;
const TIMEOUT_MS = 2_000;
/** A node whose start is not over asks more often: nobody can reach its doors before. */
const FIRST_MS = 50;

export interface RegistrationParts {
  readonly assembly: Assembly;
  readonly host: Host;
  readonly meta: MetaState;
  readonly metaClient: MetaClient;
  readonly transport: Transport;
}

const NOWHERE: Addresses = { grpc: null, redis: null, http: null, peer: null, redisCluster: null };

export class Registration {
  readonly #parts: RegistrationParts;
  #addresses = NOWHERE;
  #timer: Timer | null = null;
  #stopped = false;
  #unwatch: () => void = () => undefined;

  constructor(parts: RegistrationParts) {
    this.#parts = parts;
    this.#unwatch = parts.meta.watch((catalogue) => this.#onCatalogue(catalogue));
  }

  get addresses(): Addresses {
    return this.#addresses;
  }

  start(addresses: Addresses): void {
    this.#addresses = addresses;
    void this.#round();
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
    this.#unwatch();
  }

  #onCatalogue(catalogue: Catalogue): void {
    const { assembly, transport, host } = this.#parts;
    const { dialPeers } = assembly.nodeOptions;
    const peers = new Map<NodeId, string>();
    for (const node of catalogue.nodes) {
      const address = dialPeers?.get(nodeId(node.id)) ?? node.addresses.peer;
      if (node.id !== assembly.self && address !== null) peers.set(nodeId(node.id), address);
    }
    transport.setPeers(peers);
    host.beats.setPeers([...peers.keys()]);
    host.duties.setChosenLeader((group) => {
      const wish = shardOf(catalogue, group)?.leaderWish ?? null;
      return wish === null ? null : nodeId(wish);
    });
  }

  #record(): NodeRecord {
    const { self, dataDir, nodeOptions } = this.#parts.assembly;
    return {
      id: self,
      diskId: dataDir.identity.diskId,
      addresses: this.#addresses,
      labels: nodeOptions.labels,
      release: RELEASE,
      versions: { min: CLUSTER_VERSION, max: CLUSTER_VERSION },
    };
  }

  async #round(): Promise<void> {
    const registered = await this.#register();
    if (registered) await this.#reportShards();
    if (this.#stopped) return;
    this.#timer = this.#parts.assembly.clock.after(
      registered ? EVERY_MS : FIRST_MS,
      () => void this.#round(),
    );
  }

  /** True when the catalogue shows this node as it is. */
  async #register(): Promise<boolean> {
    const { assembly, meta, metaClient } = this.#parts;
    const record = this.#record();
    const known = nodeOf(meta.catalogue, assembly.self);
    if (JSON.stringify(known) === JSON.stringify(record)) return true;
    const command = { op: 'register-node', node: record } as const;
    const reply = await metaClient.propose(command, TIMEOUT_MS).catch(() => null);
    if (reply === null) return false;
    if (!reply.ok) {
      assembly.failure.report(new RkvError(reply.code, reply.message));
      return false;
    }
    return true;
  }

  async #reportShards(): Promise<void> {
    const { host, meta, metaClient } = this.#parts;
    for (const [group, replica] of host.replicas) {
      const known = shardOf(meta.catalogue, group);
      if (!replica.leads || replica.machine === null || known === undefined) continue;
      const { range, rangeEpoch, membersEpoch, members } = replica.descriptor;
      if (known.rangeEpoch >= rangeEpoch && known.membersEpoch >= membersEpoch) continue;
      const shard = {
        id: group,
        range,
        rangeEpoch,
        membersEpoch,
        members: members.map(({ replica: id, node, role }) => ({
          replica: id,
          node,
          role: role ?? 'voter',
        })),
      } as const;
      await metaClient.propose({ op: 'report-shard', shard }, TIMEOUT_MS).catch(() => null);
    }
  }
}
