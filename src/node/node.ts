/**
 * One node, put together: data directory, log, store, peers, replicas, router, doors. Each part is
 * opened when all it stands on is there, and closed in the opposite order; nothing else is decided
 * here.
 */
import { createHash, randomInt } from 'node:crypto';
import { createGate } from '../api/gate/gate.js';
import { startGrpcDoor } from '../api/grpc/door.js';
import type { Clock } from '../base/clock.js';
import { systemClock } from '../base/clock.js';
import type { GroupId, NodeId } from '../base/ids.js';
import { META_GROUP, nodeId } from '../base/ids.js';
import { createPrng } from '../base/prng.js';
import { mustListenSafely } from '../config/limits.js';
import { hardOptions } from '../config/options.js';
import { Host } from '../host/host.js';
import { preferredNode } from '../host/leadership.js';
import type { RkvError } from '../kv/errors.js';
import { createMachine } from '../machine/machine.js';
import type { ShardState } from '../machine/types.js';
import { MetaState } from '../meta/meta-state.js';
import { type Logger, silentLogger } from '../observe/logger.js';
import type { TransportHandler } from '../replica/ports.js';
import { createRouter } from '../router/router.js';
import { initialGroups } from '../shard/bootstrap.js';
import { openGrpcTransport } from '../transport/grpc-transport.js';
import { createAdmin } from './admin.js';
import { CLUSTER_VERSION, giveBirth, initialCatalogue } from './birth.js';
import { toNodeError } from './errors.js';
import { type DataDir, openDataDir } from './identity.js';
import { hostLimits, transportLimits } from './limits.js';
import { MetaClient } from './meta-client.js';
import { PeerCalls, serveCall } from './peer-calls.js';
import { PeerRules } from './peer-rules.js';
import { Registration } from './registration.js';
import { RELEASE } from './release.js';
import { Reporter } from './reports.js';
import { createRouting } from './routing.js';
import { startScrubber } from './scrubber.js';
import { peerServices } from './services.js';
import { openStorage, type Storage } from './storage.js';
import type { NodeOptions, RunningNode } from './types.js';

/** How long a stopping node waits for others to take over what it leads. */
const HAND_OVER_MS = 1_500;
const HAND_OVER_POLL_MS = 10;

/** Without an id of its own a cluster started by hand is named after its founders. */
function founderId(bootstrap: ReadonlyMap<NodeId, string>): string {
  const list = [...bootstrap].sort(([a], [b]) => a - b).map(([id, at]) => `${id}=${at}`);
  const hex = createHash('sha256').update(list.join(',')).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}

class Failure {
  readonly promise: Promise<RkvError>;
  #resolve: (error: RkvError) => void = () => undefined;

  constructor() {
    this.promise = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  readonly report = (thrown: unknown): void => this.#resolve(toNodeError(thrown));
}

/**
 * Starts a node in this process. Rejects with an RkvError when it cannot; what had been opened by
 * then is closed again.
 */
export async function startNode(
  nodeOptions: NodeOptions,
  logger: Logger = silentLogger,
): Promise<RunningNode> {
  const { options, bootstrap } = nodeOptions;
  mustListenSafely(options);
  const self = nodeId(options.nodeId);
  const dataDir = await openDataDir({
    dir: options.dataDir,
    nodeId: self,
    clusterId: options.clusterId,
    ...(bootstrap === null ? {} : { freshClusterId: founderId(bootstrap) }),
    fingerprint: hardOptions(options),
    ephemeral: options.engine === 'memory',
  });
  const opened: (() => Promise<void>)[] = [() => dataDir.release()];
  try {
    return await assemble({ nodeOptions, logger, self, dataDir, opened, clock: systemClock });
  } catch (thrown) {
    for (const close of opened.reverse()) await close().catch(() => undefined);
    throw toNodeError(thrown);
  }
}

interface Assembly {
  readonly nodeOptions: NodeOptions;
  readonly logger: Logger;
  readonly self: NodeId;
  readonly dataDir: DataDir;
  /** How to close what is open, in the order of opening. */
  readonly opened: (() => Promise<void>)[];
  readonly clock: Clock;
}

async function assemble(assembly: Assembly): Promise<RunningNode> {
  const { nodeOptions, logger, self, dataDir, opened, clock } = assembly;
  const { options } = nodeOptions;
  const failure = new Failure();
  const parts: { host: Host | null } = { host: null };
  const storage = await openNodeStorage(assembly, failure, parts);
  opened.push(() => storage.close());

  const founders = nodeOptions.bootstrap ?? new Map([[self, options.listenPeer ?? '']]);
  const plans = initialGroups([...founders.keys()], options.shards, options.replicas);
  const meta = new MetaState(initialCatalogue(options.clusterName, founders, plans));
  const newborn = !dataDir.identity.bootstrapped;
  if (newborn) {
    await giveBirth(self, plans, meta, storage.log, storage.state);
    await dataDir.markBootstrapped();
  } else if (storage.state.descriptors.has(META_GROUP)) {
    await meta.restore(storage.state.shard(META_GROUP));
  }

  const handler = lateHandler(parts);
  const transport = await openGrpcTransport({
    self,
    listen: options.listenPeer,
    advertise: options.advertisePeer,
    identity: {
      clusterId: dataDir.identity.clusterId,
      diskId: dataDir.identity.diskId,
      bootId: dataDir.bootId,
      bootCount: dataDir.identity.bootCount,
      versions: { min: CLUSTER_VERSION, max: CLUSTER_VERSION },
    },
    checkPeer: new PeerRules(meta, dataDir).check,
    handler: handler.transport,
    limits: transportLimits(options),
    clock,
    random: createPrng(randomInt(0xffff_ffff)),
    logger,
  });
  opened.push(() => transport.close());

  const calls = new PeerCalls(transport);
  const host = new Host({
    node: self,
    clock,
    log: storage.log,
    state: storage.state,
    transport,
    peers: calls,
    limits: hostLimits(options),
    seed: randomInt(0xffff_ffff),
    openMachine: (group, state) => openMachine(group, state, meta),
    say: (line, fields) => logger.info(fields ?? {}, line),
    onFatal: failure.report,
  });
  parts.host = host;
  const metaClient = new MetaClient(self, clock, host, calls);
  const router = createRouter(createRouting({ node: self, clock, host, meta, calls }));
  const reporter = new Reporter(host, clock);
  const started = clock.monotonic();
  const registration = new Registration({
    self,
    clock,
    host,
    meta,
    metaClient,
    transport,
    dataDir,
    labels: nodeOptions.labels,
    logger,
    onFatal: failure.report,
  });
  const ownReport = () => ({
    node: {
      id: self,
      addresses: registration.addresses,
      labels: nodeOptions.labels,
      version: RELEASE,
      pid: process.pid,
      uptimeMs: Math.round(clock.monotonic() - started),
      engine: options.engine,
      sync: options.engine !== 'memory',
      ...(storage.log.restored.tornTail === null
        ? {}
        : { tornTail: storage.log.restored.tornTail }),
    },
    groups: reporter.groups(),
  });
  const admin = createAdmin({
    node: self,
    clusterId: dataDir.identity.clusterId,
    clock,
    host,
    meta,
    metaClient,
    calls,
    router,
    ownReport,
    options,
  });
  const services = peerServices({ host, metaClient, status: ownReport });
  handler.serve = (method, body, answer) => serveCall(services, clock, method, body, answer);

  await host.open(newborn, (group) => newborn && leadsAtBirth(plans, group, self));
  const door = await startGrpcDoor({
    listen: options.listenGrpc,
    router,
    admin,
    gate: createGate(),
    clock,
    logger,
    now: () => host.clusterClock.now(),
  });
  opened.push(() => door.close());
  const scrubber = startScrubber({
    state: storage.state,
    host,
    clock,
    logger,
    bytesPerSecond: options.scrubBytesPerSecond,
  });
  registration.start({
    grpc: options.advertiseGrpc ?? door.address,
    redis: null,
    http: null,
    peer: options.advertisePeer ?? transport.address,
    redisCluster: null,
  });
  return {
    nodeId: self,
    addresses: registration.addresses,
    failed: failure.promise,
    stop: () => stop({ registration, scrubber, host, storage, transport, door, dataDir, clock }),
  };
}

interface Stopping {
  readonly registration: Registration;
  readonly scrubber: { stop(): void };
  readonly host: Host;
  readonly storage: Storage;
  readonly transport: { close(): Promise<void> };
  readonly door: { close(): Promise<void> };
  readonly dataDir: DataDir;
  readonly clock: Clock;
}

/** Others take over first, callers get their answers, then log and store are closed whole. */
async function stop(parts: Stopping): Promise<void> {
  const { host, clock } = parts;
  parts.registration.stop();
  parts.scrubber.stop();
  host.handOver();
  const until = clock.monotonic() + HAND_OVER_MS;
  const leads = (): boolean => [...host.replicas.values()].some((replica) => replica.leadsOthers);
  while (leads() && clock.monotonic() < until) {
    await new Promise<void>((resolve) => void clock.after(HAND_OVER_POLL_MS, resolve));
  }
  await parts.door.close();
  host.stop();
  await parts.transport.close();
  await parts.storage.close();
  await parts.dataDir.release();
}

/** The transport is open before the host stands: what comes until then is dropped, as by a slow net. */
function lateHandler(parts: { readonly host: Host | null }) {
  const late: {
    serve: ((method: number, body: Uint8Array, answer: (body: Uint8Array) => void) => void) | null;
    transport: TransportHandler;
  } = {
    serve: null,
    transport: {
      onMessages: (from, messages) => parts.host?.onMessages(from, messages),
      onBeat: (from, beat) => parts.host?.onBeat(from, beat),
      onPeerUp: (peer) => parts.host?.onPeerUp(peer),
      onPeerDown: (peer) => parts.host?.onPeerDown(peer),
      onCall: (_from, method, body, answer) => late.serve?.(method, body, answer),
      onSnapshot: (from, header) => {
        if (parts.host === null) throw new Error('the node is starting');
        return parts.host.onSnapshot(from, header);
      },
    },
  };
  return late;
}

function openNodeStorage(
  { self, dataDir, nodeOptions, clock, logger }: Assembly,
  failure: Failure,
  parts: { readonly host: Host | null },
): Promise<Storage> {
  return openStorage({
    dir: nodeOptions.options.dataDir,
    clusterId: dataDir.identity.clusterId,
    nodeId: self,
    options: nodeOptions.options,
    clock,
    logger,
    onFatal: failure.report,
    hooks: {
      onFlushed: (groups) => parts.host?.onFlushed(groups),
      onFatal: failure.report,
      onDrained: () => parts.host?.onDrained(),
      onCorrupt: (group, what) => parts.host?.duties.fence(group, what),
    },
  });
}

async function openMachine(group: GroupId, state: ShardState, meta: MetaState) {
  if (group !== META_GROUP) return createMachine({ state });
  await meta.restore(state);
  return createMachine({
    state,
    meta: { apply: (command, context) => meta.apply(command, context.state) },
  });
}

function leadsAtBirth(
  plans: ReturnType<typeof initialGroups>,
  group: GroupId,
  self: NodeId,
): boolean {
  const plan = plans.find((one) => one.group === group);
  return (
    plan !== undefined && preferredNode({ shard: group, members: plan.members }, null) === self
  );
}
