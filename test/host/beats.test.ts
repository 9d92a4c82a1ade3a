/** Who may be given leadership, as the nodes tell each other. */
import { describe, expect, it } from 'vitest';
import { type NodeId, nodeId } from '../../src/base/ids.js';
import { Beats } from '../../src/host/beats.js';
import type { Host } from '../../src/host/host.js';
import type { HostParts } from '../../src/host/types.js';
import type { NodeBeat } from '../../src/replica/ports.js';
import { manualClock } from '../support/manual-clock.js';

const HEARTBEAT_MS = 100;
const ELECTION_MS = 1_000;

/** Node 1 among `nodes`; what it sends is kept. */
function setup(nodes: number) {
  const clock = manualClock();
  const sent: NodeBeat[] = [];
  const clusterClock = {
    trusted: true,
    now: () => 0,
    adjust: () => undefined,
    onBeat: () => undefined,
  };
  const duties = { fit: true };
  const host = {
    node: nodeId(1),
    resting: false,
    replicas: new Map(),
    leaders: { learn: () => undefined, lose: () => undefined },
    clusterClock,
    duties,
  };
  const limits = { heartbeatMs: HEARTBEAT_MS, electionMs: ELECTION_MS };
  const transport = {
    beat: (_: NodeId, beat: NodeBeat) => void sent.push(beat),
    flush: () => undefined,
  };
  const parts = { clock, limits, transport } as unknown as HostParts;
  const beats = new Beats(host as unknown as Host, parts);
  beats.setPeers(Array.from({ length: nodes - 1 }, (_, i) => nodeId(i + 2)));
  beats.start();
  const hear = (...from: number[]): void => {
    for (const id of from) {
      beats.onBeat(nodeId(id), { node: nodeId(id), wallMs: 0, clusterMs: 0, leads: null });
    }
  };
  const says = (): boolean => {
    clock.advance(HEARTBEAT_MS);
    return sent.at(-1)?.unfit !== true;
  };
  return { clock, beats, duties, hear, says };
}

describe('a node takes leadership', () => {
  it('only while it hears a majority: whom it does not reach cannot elect it', () => {
    const { clock, hear, says } = setup(5);
    expect(says()).toBe(false);
    hear(2);
    expect(says()).toBe(false);
    hear(2, 3);
    expect(says()).toBe(true);
    clock.advance(ELECTION_MS / 2);
    hear(2);
    clock.advance(ELECTION_MS / 2);
    expect(says()).toBe(false);
  });

  it('only when it can work, however many it hears', () => {
    const { duties, hear, says, beats } = setup(3);
    hear(2, 3);
    expect(says()).toBe(true);
    expect(beats.takesLead(nodeId(1))).toBe(true);
    duties.fit = false;
    expect(says()).toBe(false);
    expect(beats.takesLead(nodeId(1))).toBe(false);
  });

  it('when it is alone in its cluster', () => {
    const { beats } = setup(1);
    expect(beats.takesLead(nodeId(1))).toBe(true);
  });
});
