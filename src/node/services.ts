/** What this node does when a peer calls: see `peer-calls.ts` for the table. */
import { groupId, type MonoMs, nodeId, replicaId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import { rowByCode } from '../kv/catalog/catalog.js';
import type { MetaClient } from './meta-client.js';
import type { PeerCalls, PeerServices } from './peer-calls.js';

export interface ServiceParts {
  readonly host: Host;
  readonly metaClient: MetaClient;
  readonly status: () => unknown;
  /** To another node. */
  readonly forward: PeerCalls['forward'];
  readonly now: () => MonoMs;
}

export function peerServices(parts: ServiceParts): PeerServices {
  const { host, metaClient, status } = parts;
  return {
    forward(forward, deadline, done) {
      const replica = host.replicas.get(forward.group);
      const { command } = forward.kind === 'write' ? forward.write : forward;
      const leader = host.leaders.of(forward.group);
      if (forward.kind === 'write' && forward.relay && leader !== null && leader !== host.node) {
        const { relay: _handedOn, ...write } = forward;
        parts.forward(leader, write, deadline - parts.now(), done);
      } else if (replica === undefined || rowByCode(command.code) === undefined) {
        done({ kind: 'not-leader' });
      } else if (forward.kind === 'write') {
        replica.write({ write: forward.write, deadline, done });
      } else {
        replica.read({ command, mode: forward.mode, deadline, done });
      }
    },
    digest: (report) => host.duties.onDigestReport(report),
    fence(group, replica, reason) {
      const local = host.replicas.get(groupId(group));
      if (local?.self === replica) host.duties.fence(local.group, reason);
    },
    snapshot(group, replica) {
      const local = host.replicas.get(groupId(group));
      if (local?.leads) host.sendSnapshot(local.group, replicaId(replica));
    },
    transfer: (group, to) => host.transfer(groupId(group), nodeId(to)),
    status,
    meta: (command, timeoutMs, done) => metaClient.here(command, timeoutMs, done),
  };
}
