/**
 * An append that did not fit into the queue to a peer is told to the core: its progress goes back
 * to probing, and the peer gets everything in the end. On the real lanes, bounds and core; only the
 * sockets are missing.
 */
import { describe, expect, it } from 'vitest';
import { groupId, type NodeId, nodeId } from '../../src/base/ids.js';
import { Host } from '../../src/host/host.js';
import type { TransportHandler } from '../../src/replica/ports.js';
import { DEFAULT_TRANSPORT_LIMITS } from '../../src/transport/limits.js';
import { PeerLanes } from '../../src/transport/peer-lanes.js';
import type { AppendFrame } from '../../src/wire/peer-codec.js';
import { at, id, Solo } from '../raft/support/build.js';
import { manualClock } from '../support/manual-clock.js';

const GROUP = groupId(1);
const PEER = nodeId(2);
const ENTRY_BYTES = 1_000;
const QUEUE_BYTES = 4 * ENTRY_BYTES;

/** A leader whose appends for replica 2 wait in a queue of four entries. */
function setup() {
  const solo = new Solo().lead();
  solo.drain();
  solo.step('append-reply', 2, solo.raft.view().term, {
    result: { ok: true, match: solo.raft.view().lastIndex },
    round: 0,
  });
  solo.drain();
  const woken: number[] = [];
  const replica = {
    core: solo.raft,
    stopped: false,
    memberOn: (node: NodeId) => (node === PEER ? id(2) : null),
  };
  const host = Object.create(Host.prototype, {
    replicas: { value: new Map([[GROUP, replica]]) },
    wake: { value: (group: number) => void woken.push(group) },
  }) as Host;
  const dropped: number[] = [];
  const handler = {
    onDropped: (peer: NodeId, group: typeof GROUP) => {
      dropped.push(group);
      host.onDropped(peer, group);
    },
  } as unknown as TransportHandler;
  const limits = { ...DEFAULT_TRANSPORT_LIMITS, appendQueueBytes: QUEUE_BYTES };
  const none = (): void => undefined;
  const lanes = new PeerLanes(
    PEER,
    { limits, clock: manualClock(), handler },
    { wantsFlush: none, wantsSweep: none, onOffer: none, onViolation: none },
  );
  const frames: AppendFrame[] = [];
  let open = false;
  lanes.connect({
    open: (name) => open && name === 'append',
    control: none,
    appends: (frame) => void frames.push(frame),
    calls: none,
  });
  /** What the core has to say to replica 2 goes into the lanes, as the host does it. */
  const turn = (): void => {
    for (const message of solo.messages()) {
      if (message.to !== id(2)) continue;
      const entries = message.kind === 'append' ? message.entries : [];
      const payloads = entries.map(() => Buffer.alloc(ENTRY_BYTES));
      lanes.send({ group: GROUP, message, payloads });
    }
    lanes.flush();
  };
  const state = () => solo.raft.view().progress.find(({ replica: n }) => n === id(2))?.state;
  const release = (): void => {
    open = true;
  };
  return { solo, turn, state, dropped, woken, frames, release, lanes };
}

describe('an append that does not fit into the queue of its peer', () => {
  it('is told to the core, which probes, and sends all of it once there is room', () => {
    const { solo, turn, state, dropped, woken, frames, release, lanes } = setup();
    expect(state()).toBe('replicate');
    const first = solo.raft.view().lastIndex;
    for (let i = 0; i < 12 && dropped.length === 0; i++) {
      solo.raft.propose([ENTRY_BYTES]);
      turn();
    }
    expect(dropped).toEqual([GROUP]);
    expect(woken).toEqual([GROUP]);
    expect(state()).toBe('probe');
    release();
    lanes.flush();
    // The peer has what waited in the queue; its answer opens the progress again.
    const { term, lastIndex } = solo.raft.view();
    expect(frames.flatMap(({ messages }) => messages).length).toBeGreaterThan(0);
    solo.step('append-reply', 2, term, { result: { ok: true, match: at(first + 1) }, round: 0 });
    lanes.onAppend({ messages: [], counted: false, acked: frames.length });
    turn();
    const sent = frames.flatMap(({ messages }) => messages.map(({ message }) => message));
    const reach = sent.map((message) =>
      message.kind === 'append' ? message.prevIndex + message.entries.length : 0,
    );
    expect(Math.max(...reach)).toBe(lastIndex);
    expect(state()).toBe('replicate');
    expect(dropped).toEqual([GROUP]);
  });
});
