/** The router's ports, from the catalogue, the known leaders and this node's replicas. */
import type { Clock } from '../base/clock.js';
import type { GroupId, NodeId } from '../base/ids.js';
import { epoch, nodeId, shardId } from '../base/ids.js';
import type { Host } from '../host/host.js';
import type { Catalogue } from '../meta/catalogue.js';
import type { MetaState } from '../meta/meta-state.js';
import type { Replica } from '../replica/replica.js';
import type { LocalShard, RouterPorts, ShardPlace } from '../router/ports.js';
import { BUCKETS } from '../shard/slot.js';
import type { PeerCalls } from './peer-calls.js';

export interface RoutingParts {
  readonly node: NodeId;
  readonly clock: Clock;
  readonly host: Host;
  readonly meta: MetaState;
  readonly calls: PeerCalls;
  readonly randomBytes: (count: number) => Buffer;
}

interface Table {
  readonly places: readonly (ShardPlace | null)[];
  readonly firstBuckets: readonly number[];
}

function tableOf(catalogue: Catalogue): Table {
  const places: (ShardPlace | null)[] = new Array(BUCKETS).fill(null);
  for (const shard of catalogue.shards) {
    const voters = shard.members.filter((member) => member.role === 'voter');
    const place: ShardPlace = {
      group: shardId(shard.id),
      rangeEpoch: epoch(shard.rangeEpoch),
      nodes: voters.map((member) => nodeId(member.node)),
    };
    for (let bucket = shard.range.first; bucket <= shard.range.last; bucket++)
      places[bucket] = place;
  }
  const firstBuckets = catalogue.shards.map((shard) => shard.range.first).sort((a, b) => a - b);
  return { places, firstBuckets };
}

/** A replica as the router meets it. */
const localShard = (replica: Replica): LocalShard => ({
  get leads() {
    return replica.leads && !replica.fenced && !replica.stopped;
  },
  get readable() {
    return !replica.fenced && !replica.stopped && replica.machine !== null;
  },
  write: (pending) => replica.write(pending),
  read: (pending) => replica.read(pending),
});

export function createRouting(parts: RoutingParts): RouterPorts {
  const { clock, host, meta, calls } = parts;
  let table: Table = { places: [], firstBuckets: [] };
  const listeners: (() => void)[] = [];
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  meta.watch((catalogue) => {
    table = tableOf(catalogue);
    tell();
  });
  host.leaders.onChange(tell);
  const locals = new WeakMap<Replica, LocalShard>();
  const local = (group: GroupId): LocalShard | null => {
    const replica = host.replicas.get(group);
    if (replica === undefined) return null;
    let shard = locals.get(replica);
    if (shard === undefined) {
      shard = localShard(replica);
      locals.set(replica, shard);
    }
    return shard;
  };
  return {
    node: parts.node,
    monotonic: () => clock.monotonic(),
    clusterNow: () => host.clusterClock.now(),
    after: (ms, run) => void clock.after(ms, run),
    endOfTurn: (run) => clock.endOfTurn(run),
    // Before the time of day is known no request can be stamped: it waits.
    place: (bucket) => (host.clusterClock.trusted ? (table.places[bucket] ?? null) : null),
    firstBuckets: () => table.firstBuckets,
    leader: (group) => host.leaders.of(group),
    alive: (node) => host.beats.alive(node),
    local,
    forward: (node, forward, timeoutMs, done) => calls.forward(node, forward, timeoutMs, done),
    onChange: (listener) => void listeners.push(listener),
    newSession: () => parts.randomBytes(16).toString('latin1'),
  };
}
