/** Nodes over loopback for tests: a handler that writes down what it is told, and ways to wait. */
import { systemClock } from '../../src/base/clock.js';
import { groupId, logIndex, type NodeId, nodeId, replicaId, term } from '../../src/base/ids.js';
import { createPrng } from '../../src/base/prng.js';
import type {
  NodeBeat,
  PeerMessage,
  SnapshotHeader,
  SnapshotSink,
  TransportHandler,
} from '../../src/replica/ports.js';
import { type GrpcTransport, openGrpcTransport } from '../../src/transport/grpc-transport.js';
import { DEFAULT_TRANSPORT_LIMITS, type TransportLimits } from '../../src/transport/limits.js';
import type { GrpcTransportOptions, TransportLogger } from '../../src/transport/types.js';

export type Event =
  | { readonly kind: 'up'; readonly peer: NodeId; readonly boot: string }
  | { readonly kind: 'down'; readonly peer: NodeId }
  | { readonly kind: 'beat'; readonly from: NodeId; readonly beat: NodeBeat }
  | { readonly kind: 'dropped'; readonly peer: NodeId; readonly group: number }
  | { readonly kind: 'messages'; readonly from: NodeId; readonly messages: readonly PeerMessage[] };

export interface Recorder extends TransportHandler {
  readonly events: Event[];
  /** Messages in the order they came, whatever envelopes they came in. */
  messages(): PeerMessage[];
  onCall: TransportHandler['onCall'];
  onSnapshot: (from: NodeId, header: SnapshotHeader) => SnapshotSink;
}

export function recorder(): Recorder {
  const events: Event[] = [];
  return {
    events,
    messages: () => events.flatMap((event) => (event.kind === 'messages' ? event.messages : [])),
    onMessages: (from, messages) => void events.push({ kind: 'messages', from, messages }),
    onBeat: (from, beat) => void events.push({ kind: 'beat', from, beat }),
    onPeerUp: (peer, boot) => void events.push({ kind: 'up', peer, boot }),
    onPeerDown: (peer) => void events.push({ kind: 'down', peer }),
    onDropped: (peer, group) => void events.push({ kind: 'dropped', peer, group }),
    onCall: (_from, _method, body, answer) => answer(body),
    onSnapshot: () => {
      throw new Error('no snapshot is expected');
    },
  };
}

/** Looks again at every turn until `holds`; fails with `what` after `ms`. */
export async function until(holds: () => boolean, what: string, ms = 20_000): Promise<void> {
  const end = performance.now() + ms;
  while (!holds()) {
    if (performance.now() > end) throw new Error(`never came: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

export interface LogLine {
  readonly level: 'info' | 'warn';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly text: string;
}

export function logRecorder(): TransportLogger & { readonly lines: LogLine[] } {
  const lines: LogLine[] = [];
  return {
    lines,
    info: (fields, text) => void lines.push({ level: 'info', fields, text }),
    warn: (fields, text) => void lines.push({ level: 'warn', fields, text }),
  };
}

export interface TestNode {
  readonly id: NodeId;
  readonly handler: Recorder;
  readonly transport: GrpcTransport;
  readonly log: ReturnType<typeof logRecorder>;
}

export interface NodeSpec {
  readonly id: number;
  readonly boot?: number;
  readonly listen?: string;
  readonly handler?: Recorder;
  readonly limits?: Partial<TransportLimits>;
  readonly over?: Partial<GrpcTransportOptions>;
}

/** Quick limits: tests wait for conditions, but a backoff of a second is a second. */
const TEST_LIMITS: Partial<TransportLimits> = { backoffMinMs: 5, backoffMaxMs: 50 };

export async function openNode(spec: NodeSpec): Promise<TestNode> {
  const { id, boot = 1, listen = '127.0.0.1:0', handler = recorder() } = spec;
  const log = logRecorder();
  const transport = await openGrpcTransport({
    self: nodeId(id),
    listen,
    advertise: null,
    identity: {
      clusterId: 'cluster',
      diskId: `disk-${id}`,
      bootId: `boot-${id}-${boot}`,
      bootCount: boot,
      versions: { min: 1, max: 1 },
    },
    checkPeer: () => null,
    handler,
    limits: { ...DEFAULT_TRANSPORT_LIMITS, ...TEST_LIMITS, ...spec.limits },
    clock: systemClock,
    random: createPrng(id * 1000 + boot),
    logger: log,
    ...spec.over,
  });
  return { id: nodeId(id), handler, transport, log };
}

export const bothUp = (a: TestNode, b: TestNode): Promise<void> =>
  until(
    () => a.transport.connected(b.id) && b.transport.connected(a.id),
    `a connection of ${a.id} and ${b.id}`,
  );

/** Two nodes that know each other and are connected. */
export async function openPair(
  first: Partial<NodeSpec> = {},
  second: Partial<NodeSpec> = {},
): Promise<[TestNode, TestNode]> {
  const a = await openNode({ id: 1, ...first });
  const b = await openNode({ id: 2, ...second });
  introduce(a, b);
  await bothUp(a, b);
  return [a, b];
}

export function introduce(...nodes: readonly TestNode[]): void {
  const peers = new Map(nodes.map(({ id, transport }) => [id, transport.address]));
  for (const { transport } of nodes) transport.setPeers(peers);
}

export const heartbeat = (group: number, commit: number, to = 2): PeerMessage => ({
  group: groupId(group),
  message: {
    kind: 'heartbeat',
    from: replicaId(1),
    to: replicaId(to),
    term: term(1),
    commit: logIndex(commit),
    round: 0,
  },
  payloads: [],
});

export const append = (group: number, prev: number, sizes: readonly number[]): PeerMessage => ({
  group: groupId(group),
  message: {
    kind: 'append',
    from: replicaId(1),
    to: replicaId(2),
    term: term(1),
    prevIndex: logIndex(prev),
    prevTerm: term(1),
    entries: sizes.map((size, i) => ({
      index: logIndex(prev + 1 + i),
      term: term(1),
      kind: 'normal',
      size,
    })),
    commit: logIndex(0),
    round: 0,
  },
  payloads: sizes.map((size, i) => Buffer.alloc(size, prev + i)),
});

export const appendReply = (group: number, match: number): PeerMessage => ({
  group: groupId(group),
  message: {
    kind: 'append-reply',
    from: replicaId(2),
    to: replicaId(1),
    term: term(1),
    result: { ok: true, match: logIndex(match) },
    round: 0,
  },
  payloads: [],
});

/** The `prevIndex` of each append that came, in order. */
export const previousOf = (messages: readonly PeerMessage[]): number[] =>
  messages.flatMap(({ message }) => (message.kind === 'append' ? [message.prevIndex] : []));
