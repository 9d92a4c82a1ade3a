/**
 * One node, put together: data directory, log, store, peers, replicas, router, doors. Each part is
 * opened when all it stands on is there, and closed in the opposite order; nothing else is decided
 * here.
 */
import { createGate } from '../api/gate/gate.js';
import type { RespDoor } from '../api/resp/types.js';
import type { GroupId, NodeId } from '../base/ids.js';
import { META_GROUP, nodeId } from '../base/ids.js';
import { mustListenSafely } from '../config/limits.js';
import { hardOptions } from '../config/options.js';
import { Host } from '../host/host.js';
import { preferredNode } from '../host/leadership.js';
import { createMachine } from '../machine/machine.js';
import type { Machine, MetaContext, ShardState } from '../machine/types.js';
import type { MetaState } from '../meta/meta-state.js';
import { type Logger, silentLogger } from '../observe/logger.js';
import type { Transport } from '../replica/ports.js';
import { createRouter } from '../router/router.js';
import type { GroupPlan } from '../shard/bootstrap.js';
import { createAdmin } from './admin.js';
import { bootstrapClusterId } from './cluster-id.js';
import { type Environment, systemEnvironment, type Witness } from './environment.js';
import { toNodeError } from './errors.js';
import { Failure } from './failure.js';
import { faultyEnvironment } from './faults/environment.js';
import { type Assembly, type Foundation, layFoundation } from './foundation.js';
import { doorLimits, hostLimits } from './limits.js';
import { MetaClient } from './meta-client.js';
import { PeerCalls, serveCall } from './peer-calls.js';
import { openPeerLink } from './peer-link.js';
import { openRedisDoor, type RedisDoorParts } from './redis-door.js';
import { Registration } from './registration.js';
import { RELEASE } from './release.js';
import { type NodeReport, Reporter } from './reports.js';
import { createRouting } from './routing.js';
import { startScrubber } from './scrubber.js';
import { peerServices } from './services.js';
import type { Storage } from './storage.js';
import type { NodeOptions, RunningNode } from './types.js';

/** How long a stopping node waits for others to take over what it leads. */
const HAND_OVER_MS = 1_500;
const HAND_OVER_POLL_MS = 10;

/**
 * Starts a node in this process. Rejects with an RkvError when it cannot; what had been opened by
 * then is closed again.
 */
export async function startNode(
  nodeOptions: NodeOptions,
  logger: Logger = silentLogger,
  machine: Environment = systemEnvironment,
): Promise<RunningNode> {
  const { options, bootstrap, faults } = nodeOptions;
  const environment = faults === undefined ? machine : faultyEnvironment(machine, faults);
  mustListenSafely(options);
  const self = nodeId(options.nodeId);
  const dataDir = await environment.openDataDir({
    dir: options.dataDir,
    nodeId: self,
    clusterId: options.clusterId,
    ...(bootstrap === null
      ? {}
      : { freshClusterId: bootstrapClusterId(options.clusterName, bootstrap) }),
    fingerprint: hardOptions(options),
    ephemeral: options.engine === 'memory',
  });
  const assembly: Assembly = {
    nodeOptions,
    logger,
    self,
    dataDir,
    clock: environment.clock,
    environment,
    failure: new Failure(),
    opened: [() => dataDir.release()],
    host: null,
  };
  try {
    return await assemble(assembly);
  } catch (thrown) {
    for (const close of assembly.opened.reverse()) await close().catch(() => undefined);
    throw toNodeError(thrown);
  }
}

async function assemble(assembly: Assembly): Promise<RunningNode> {
  const { nodeOptions, logger, self, opened, clock, failure, environment } = assembly;
  const { options } = nodeOptions;
  const foundation = await layFoundation(assembly);
  const { storage, meta, plans, newborn } = foundation;
  const link = await openPeerLink(assembly, meta);
  const { transport } = link;
  opened.push(() => transport.close());
  const calls = new PeerCalls(transport);
  const host = createHost(assembly, foundation, transport, calls);
  assembly.host = host;
  const metaClient = new MetaClient(self, clock, host, calls);
  const { randomBytes } = environment;
  const routing = createRouting({ node: self, clock, host, meta, calls, randomBytes });
  const router = createRouter(routing);
  const registration = new Registration({ assembly, host, meta, metaClient, transport });
  const report = ownReport(assembly, host, storage, registration);
  const services = peerServices({
    host,
    metaClient,
    status: report,
    forward: (...call) => calls.forward(...call),
    now: () => clock.monotonic(),
  });
  link.serve((method, body, answer) => serveCall(services, clock, method, body, answer));
  await host.open(newborn, (group) => newborn && leadsAtBirth(plans, group, self));
  for (const [group, what] of storage.state.corrupt) host.duties.fence(group, what);
  const { clusterId } = assembly.dataDir.identity;
  const parts = { node: self, clusterId, clock, host, meta, metaClient, calls, router };
  const gate = createGate();
  const admin = createAdmin({ ...parts, ownReport: report, options });
  const door = await environment.openDoor({
    listen: options.listenGrpc,
    router,
    admin,
    gate,
    clock,
    logger,
    limits: doorLimits(options),
    now: () => (host.clusterClock.trusted ? host.clusterClock.now() : clock.wall()),
  });
  opened.push(() => door.close());
  const { connected } = link;
  const more = { options, logger, admin, gate, routing, connected };
  const redis = await openRedis({ ...parts, ...more }, environment);
  if (redis !== null) opened.push(() => redis.close());
  foundation.space.onReady();
  const background = startBackground(assembly, host, foundation);
  registration.start({
    grpc: options.advertiseGrpc ?? door.address,
    redis: advertised(options.advertiseRedis, redis?.address),
    http: null,
    peer: options.advertisePeer ?? transport.address,
    redisCluster: advertised(options.advertiseRedisCluster, redis?.clusterAddress),
  });
  return {
    nodeId: self,
    addresses: registration.addresses,
    failed: failure.promise,
    stop: () =>
      stop(assembly, {
        registration,
        background,
        host,
        storage,
        transport,
        doors: redis === null ? [door] : [door, redis],
      }),
  };
}

/** What others are told of a door: nothing of one that is off. */
const advertised = (told: string | null, bound: string | null | undefined): string | null =>
  bound === null || bound === undefined ? null : (told ?? bound);

async function openRedis(
  parts: RedisDoorParts,
  environment: Environment,
): Promise<RespDoor | null> {
  const open = environment.openRedisDoor;
  return open === undefined ? null : openRedisDoor(parts, open);
}

function createHost(
  { self, nodeOptions, clock, logger, failure, environment }: Assembly,
  { storage, meta }: Foundation,
  transport: Transport,
  peers: PeerCalls,
): Host {
  const { witness } = environment;
  const host = new Host({
    node: self,
    clock,
    log: storage.log,
    state: storage.state,
    transport,
    peers,
    limits: hostLimits(nodeOptions.options),
    seed: environment.random(0xffff_ffff),
    openMachine: (group, state) => openMachine(group, state, meta, witness),
    say: (line, fields) => logger.info(fields ?? {}, line),
    onFatal: failure.report,
    ...(witness === null ? {} : { trace: (group, event) => witness.trace(group, event) }),
  });
  witness?.host(host);
  return host;
}

/** This node in the status document. */
function ownReport(
  { self, nodeOptions, clock }: Assembly,
  host: Host,
  storage: Storage,
  registration: Registration,
): () => NodeReport {
  const { options, labels, faults } = nodeOptions;
  const reporter = new Reporter(host, clock);
  const started = clock.monotonic();
  const { tornTail } = storage.log.restored;
  return () => ({
    node: {
      id: self,
      addresses: registration.addresses,
      labels,
      version: RELEASE,
      pid: process.pid,
      uptimeMs: Math.round(clock.monotonic() - started),
      engine: options.engine,
      sync: options.engine !== 'memory',
      ...(tornTail === null ? {} : { tornTail }),
      ...(faults === undefined ? {} : { faults: faults.faults }),
    },
    groups: reporter.groups(),
  });
}

/** What runs beside the requests: stored rows are checked, free space is watched. */
function startBackground(
  { nodeOptions: { options }, clock, logger }: Assembly,
  host: Host,
  { storage: { state }, space }: Foundation,
): { stop(): void } {
  const bytesPerSecond = options.scrubBytesPerSecond;
  const scrubber = startScrubber({ state, host, clock, logger, bytesPerSecond });
  return {
    stop() {
      scrubber.stop();
      space.stop();
    },
  };
}

interface Stopping {
  readonly registration: Registration;
  readonly background: { stop(): void };
  readonly host: Host;
  readonly storage: Storage;
  readonly transport: { close(): Promise<void> };
  readonly doors: readonly { close(): Promise<void> }[];
}

/** Others take over first, callers get their answers, then log and store are closed whole. */
async function stop({ clock, dataDir }: Assembly, parts: Stopping): Promise<void> {
  const { host } = parts;
  parts.registration.stop();
  parts.background.stop();
  host.handOver();
  const until = clock.monotonic() + HAND_OVER_MS;
  const leads = (): boolean => [...host.replicas.values()].some((replica) => replica.leadsOthers);
  while (leads() && clock.monotonic() < until) {
    await new Promise<void>((resolve) => void clock.after(HAND_OVER_POLL_MS, resolve));
  }
  await Promise.all(parts.doors.map((door) => door.close()));
  host.stop();
  await parts.transport.close();
  await parts.storage.close();
  await dataDir.release();
}

async function openMachine(
  group: GroupId,
  state: ShardState,
  meta: MetaState,
  witness: Witness | null,
): Promise<Machine> {
  if (group === META_GROUP) await meta.restore(state);
  const runner = {
    meta: { apply: (command: Uint8Array, { state }: MetaContext) => meta.apply(command, state) },
  };
  const machine = await createMachine({ state, ...(group === META_GROUP ? runner : {}) });
  return witness?.machine(group, machine) ?? machine;
}

function leadsAtBirth(plans: readonly GroupPlan[], group: GroupId, self: NodeId): boolean {
  const plan = plans.find((one) => one.group === group);
  if (plan === undefined) return false;
  return preferredNode({ shard: group, members: plan.members }, null) === self;
}
