/** A router over two shards whose answers the test gives. */
import type { EpochMs, GroupId, MonoMs, NodeId } from '../../src/base/ids.js';
import { epoch, groupId, nodeId } from '../../src/base/ids.js';
import { codeOf } from '../../src/kv/catalog/catalog.js';
import type { Forward, RouteAnswer } from '../../src/kv/forward.js';
import type { ReadMode, SessionStamp } from '../../src/kv/request.js';
import type { RouterPorts } from '../../src/router/ports.js';
import { createRouter } from '../../src/router/router.js';
import type { RoutedAnswer } from '../../src/router/types.js';
import { manualClock } from '../support/manual-clock.js';

export const here = nodeId(1);
export const LINEARIZABLE: ReadMode = { kind: 'linearizable' };
export const ok = {
  kind: 'reply',
  reply: { kind: 'integer', value: 1n },
} as const satisfies RouteAnswer;

/** Two shards of 128 buckets; this node holds a replica of the first. */
export function setup() {
  const clock = manualClock();
  const state = {
    leaders: new Map<GroupId, NodeId>([
      [groupId(1), here],
      [groupId(2), nodeId(2)],
    ]),
    localLeads: true,
    localReadable: true,
    local: [] as { stamp: SessionStamp | null; done: (answer: RouteAnswer) => void }[],
    forwarded: [] as { node: NodeId; forward: Forward; done: (answer: RouteAnswer) => void }[],
    change: (): void => undefined,
  };
  const place = (bucket: number) => ({
    group: groupId(bucket < 128 ? 1 : 2),
    rangeEpoch: epoch(1),
    nodes: [1, 2, 3].map(nodeId),
  });
  let session = 0;
  const ports: RouterPorts = {
    node: here,
    monotonic: () => clock.monotonic(),
    clusterNow: () => 5 as EpochMs,
    after: (ms, run) => void clock.after(ms, run),
    endOfTurn: (run) => clock.endOfTurn(run),
    place,
    firstBuckets: () => [0, 128],
    leader: (group) => state.leaders.get(group) ?? null,
    alive: () => true,
    local: (group) =>
      group === 2
        ? null
        : {
            leads: state.localLeads,
            readable: state.localReadable,
            write: ({ write, done }) => void state.local.push({ stamp: write.stamp, done }),
            read: ({ done }) => void state.local.push({ stamp: null, done }),
          },
    forward: (node, forward, _timeout, done) => void state.forwarded.push({ node, forward, done }),
    onChange: (listener) => {
      state.change = listener;
    },
    newSession: () => String(++session).padStart(16, '0'),
  };
  const router = createRouter(ports);
  const answers: RoutedAnswer[] = [];
  const run = (
    name: string,
    args: readonly (string | Uint8Array)[],
    read = LINEARIZABLE,
    timeoutMs = 1000,
  ) =>
    router.execute(
      {
        command: { code: codeOf(name), database: 0, args: args.map((arg) => Buffer.from(arg)) },
        stamp: null,
        read,
        deadline: (clock.monotonic() + timeoutMs) as MonoMs,
      },
      (answer) => answers.push(answer),
    );
  return { clock, state, run, answers };
}
