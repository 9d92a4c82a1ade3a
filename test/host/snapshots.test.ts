import { describe, expect, it } from 'vitest';
import { groupId, logIndex, nodeId, replicaId, term } from '../../src/base/ids.js';
import { type SnapshotParts, Snapshots } from '../../src/host/snapshots.js';
import type { Received } from '../../src/replica/installation.js';
import type { SnapshotHeader } from '../../src/replica/ports.js';

const HEADER: SnapshotHeader = {
  group: groupId(1),
  from: replicaId(1),
  to: replicaId(2),
  term: term(7),
  index: logIndex(329),
  indexTerm: term(7),
  formatVersion: 1,
  descriptor: new Uint8Array(0),
};
const TOTALS = { chunks: 1, rows: 1, digest: 1, removals: Buffer.alloc(0) };

/** A receiver that notes what happens to what it received. */
function receiver() {
  const done: string[] = [];
  const offered: Received[] = [];
  let finished = (): void => undefined;
  let refuse = (_error: Error): void => undefined;
  const incoming = {
    space: 5,
    chunk: async () => undefined,
    finish: () =>
      new Promise((resolve, reject) => {
        refuse = reject;
        finished = () => resolve({ members: [] });
      }),
    abort: async () => void done.push('deleted'),
  };
  const replica = {
    self: replicaId(2),
    stopped: false,
    offer: (received: Received) => void offered.push(received),
  };
  const parts = {
    state: { receive: () => incoming, encodeDescriptor: () => new Uint8Array(0) },
    replica: () => replica,
    say: () => undefined,
  } as unknown as SnapshotParts;
  const sink = new Snapshots(parts).receive(nodeId(1), HEADER);
  return { sink, done, offered, finish: () => finished(), refuse: (error: Error) => refuse(error) };
}

const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('a snapshot that comes in', () => {
  it('is deleted when its stream breaks before its end', async () => {
    const { sink, done } = receiver();
    await sink.chunk(new Uint8Array(1));
    sink.abort('gone');
    await settled();
    expect(done).toEqual(['deleted']);
  });

  it('is deleted when its sums are wrong at its end, once, before its sender hears of it', async () => {
    const { sink, done, offered, refuse } = receiver();
    const ended = sink.finish(TOTALS);
    refuse(new Error('its digest is another'));
    await expect(ended).rejects.toThrow('its digest is another');
    expect(done).toEqual(['deleted']);
    sink.abort('its digest is another');
    await settled();
    expect(done).toEqual(['deleted']);
    expect(offered).toEqual([]);
  });

  it('stays when the stream breaks after it was offered: its record may be durable', async () => {
    const { sink, done, offered, finish } = receiver();
    const ended = sink.finish(TOTALS);
    finish();
    await settled();
    expect(offered).toHaveLength(1);
    sink.abort('gone');
    await settled();
    expect(done).toEqual([]);
    offered[0]?.installed();
    await ended;
    expect(done).toEqual([]);
  });

  it('is not offered when the stream breaks while its last rows are written', async () => {
    const { sink, done, offered, finish } = receiver();
    const ended = sink.finish(TOTALS);
    sink.abort('gone');
    finish();
    await expect(ended).rejects.toThrow('gone');
    expect(offered).toHaveLength(0);
    expect(done).toEqual(['deleted']);
  });

  it('is deleted when the core does not want it', async () => {
    const { sink, done, offered, finish } = receiver();
    const ended = sink.finish(TOTALS);
    finish();
    await settled();
    offered[0]?.refused('older than what is here');
    await expect(ended).rejects.toThrow('older');
    expect(done).toEqual(['deleted']);
  });
});
