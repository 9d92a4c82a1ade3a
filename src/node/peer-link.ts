/**
 * The transport of a node: its identity in the handshake, its rules for peers, and the handler that
 * leads into the host. It is open before the host stands: what comes until then is dropped, as a
 * slow network would.
 */
import type { EpochMs, NodeId } from '../base/ids.js';
import { createPrng } from '../base/prng.js';
import { RkvError } from '../kv/errors.js';
import type { MetaState } from '../meta/meta-state.js';
import type { TransportHandler } from '../replica/ports.js';
import type { GrpcTransport } from '../transport/grpc-transport.js';
import { CLUSTER_VERSION } from './birth.js';
import type { Assembly } from './foundation.js';
import { transportLimits } from './limits.js';
import { PeerRules } from './peer-rules.js';

type Serve = (method: number, body: Uint8Array, answer: (body: Uint8Array) => void) => void;

export interface PeerLink {
  readonly transport: GrpcTransport;
  /** Peers that are connected, both ways, and since when by this node's wall clock. */
  readonly connected: ReadonlyMap<NodeId, EpochMs>;
  /** Calls of peers are answered from here on. */
  serve(calls: Serve): void;
}

/** What peers say to a node that can never be of their cluster again. */
const FINAL_REFUSALS: Readonly<Record<string, string>> = {
  'wrong-disk': 'they know this node with another disk: its data were lost or replaced',
  'old-boot': 'this data directory is an old copy',
  'removed-node': 'this node was removed from the cluster',
};

export async function openPeerLink(assembly: Assembly, meta: MetaState): Promise<PeerLink> {
  const { nodeOptions, self, dataDir, clock, logger, environment } = assembly;
  const { options } = nodeOptions;
  const { clusterId, diskId, bootCount } = dataDir.identity;
  const late: { serve: Serve | null } = { serve: null };
  const connected = new Map<NodeId, EpochMs>();
  const transport = await environment.openTransport({
    self,
    listen: options.listenPeer,
    // Behind proxies nobody may learn the way around them.
    advertise: nodeOptions.dialPeers === undefined ? options.advertisePeer : '',
    identity: {
      clusterId,
      diskId,
      bootId: dataDir.bootId,
      bootCount,
      versions: { min: CLUSTER_VERSION, max: CLUSTER_VERSION },
    },
    checkPeer: new PeerRules(meta, dataDir).check,
    handler: handlerOf(assembly, meta, late, connected),
    limits: transportLimits(options),
    clock,
    random: createPrng(environment.random(0xffff_ffff)),
    logger,
  });
  return {
    transport,
    connected,
    serve(calls) {
      late.serve = calls;
    },
  };
}

function handlerOf(
  assembly: Assembly,
  meta: MetaState,
  late: { readonly serve: Serve | null },
  connected: Map<NodeId, EpochMs>,
): TransportHandler {
  const refusers = new Set<NodeId>();
  return {
    onMessages: (from, messages) => assembly.host?.onMessages(from, messages),
    onBeat: (from, beat) => assembly.host?.onBeat(from, beat),
    onPeerUp(peer) {
      refusers.delete(peer);
      connected.set(peer, assembly.clock.wall() as EpochMs);
      assembly.host?.onPeerUp(peer);
    },
    onPeerDown(peer) {
      connected.delete(peer);
      assembly.host?.onPeerDown(peer);
    },
    onDropped: (peer, group) => assembly.host?.onDropped(peer, group),
    onCall: (_from, method, body, answer) => late.serve?.(method, body, answer),
    onSnapshot(from, header) {
      if (assembly.host === null) throw new Error('the node is starting');
      return assembly.host.onSnapshot(from, header);
    },
    onRefused(peer, reason) {
      const why = FINAL_REFUSALS[reason];
      if (why === undefined) return;
      refusers.add(peer);
      // One wrong peer must not end a right node: a majority has to say so.
      if (refusers.size * 2 <= meta.catalogue.nodes.length) return;
      const message = `the other nodes refuse node ${assembly.self}: ${why}`;
      assembly.failure.report(
        new RkvError('WRONG_IDENTITY', message, { hint: 'start it on its own data directory' }),
      );
    },
  };
}
