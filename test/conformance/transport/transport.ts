/**
 * What every adapter of the Transport port must do. An adapter's test file calls this with a world:
 * a way to open nodes that can reach each other, and to start a node again after its end.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { groupId, logIndex, type NodeId, nodeId, replicaId, term } from '../../../src/base/ids.js';
import type { SnapshotHeader, SnapshotSink, Transport } from '../../../src/replica/ports.js';
import {
  append,
  appendReply,
  heartbeat,
  previousOf,
  type Recorder,
  recorder,
  until,
} from '../../transport/harness.js';

export interface World {
  /** Opens node `id`, or opens it again after it was closed: `boot` counts. */
  open(id: number, boot: number, handler: Recorder): Promise<Transport>;
  /** What to give setPeers so that all open nodes know each other. */
  addresses(): ReadonlyMap<NodeId, string>;
  end(): Promise<void>;
}

const [one, two] = [nodeId(1), nodeId(2)];

const HEADER: SnapshotHeader = {
  group: groupId(4),
  from: replicaId(1),
  to: replicaId(2),
  term: term(3),
  index: logIndex(1000),
  indexTerm: term(2),
  formatVersion: 1,
  descriptor: Buffer.from('descriptor'),
};

interface Sink extends SnapshotSink {
  readonly header: SnapshotHeader;
  readonly chunks: string[];
  ended: string | null;
}

/** A sink that says no to the chunk `refused`. */
function sinkOf(header: SnapshotHeader, refused?: string): Sink {
  const sink: Sink = {
    header,
    chunks: [],
    ended: null,
    async chunk(bytes) {
      const text = Buffer.from(bytes).toString();
      if (text === refused) throw new Error(`no ${text} here`);
      sink.chunks.push(text);
    },
    async finish({ chunks, rows, digest, removals }) {
      sink.ended = `${chunks} chunks, ${rows} rows, ${digest}, ${removals.length} more`;
    },
    abort(reason) {
      sink.ended = `aborted: ${reason}`;
    },
  };
  return sink;
}

async function* chunksOf(...texts: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) {
    if (text === 'throw') throw new Error('the source failed');
    yield Buffer.from(text);
  }
}

export function transportConformance(name: string, createWorld: () => World): void {
  describe(`transport: ${name}`, () => {
    let world: World;
    let a: Transport;
    let b: Transport;
    let atA: Recorder;
    let atB: Recorder;

    beforeEach(async () => {
      world = createWorld();
      atA = recorder();
      atB = recorder();
      a = await world.open(1, 1, atA);
      b = await world.open(2, 1, atB);
      a.setPeers(world.addresses());
      b.setPeers(world.addresses());
      await until(() => a.connected(two) && b.connected(one), 'the connection');
    });
    afterEach(() => world.end());

    it('tells both sides that the other is up before anything comes from it', async () => {
      a.send(two, heartbeat(1, 1));
      a.flush();
      await until(() => atB.messages().length === 1, 'the heartbeat');
      expect(atA.events).toEqual([{ kind: 'up', peer: two, boot: 'boot-2-1' }]);
      expect(atB.events[0]).toEqual({ kind: 'up', peer: one, boot: 'boot-1-1' });
    });

    it('carries messages whole, in order, in one envelope a turn and stream', async () => {
      const sent = [append(1, 0, [3, 0, 50]), append(2, 7, []), appendReply(3, 9)];
      for (const message of sent) a.send(two, message);
      a.flush();
      await until(() => atB.messages().length === 3, 'three messages');
      const plain = JSON.parse(JSON.stringify(atB.messages())) as typeof sent;
      expect(plain.sort((x, y) => x.group - y.group)).toEqual(JSON.parse(JSON.stringify(sent)));
      expect(atB.events.filter(({ kind }) => kind === 'messages')).toHaveLength(1);
    });

    it('sends nothing before the flush', async () => {
      a.send(two, heartbeat(1, 1));
      let asked = false;
      atB.onCall = (_from, _method, _body, answer) => {
        asked = atB.messages().length === 0;
        answer(Buffer.alloc(0));
      };
      b.send(one, heartbeat(5, 1));
      b.flush();
      await until(() => atA.messages().length === 1, 'the heartbeat the other way');
      expect(atB.messages()).toEqual([]);
      expect(asked).toBe(false);
    });

    it('keeps the order of many appends under its window', async () => {
      for (let i = 0; i < 300; i++) {
        a.send(two, append(1, i, [2000]));
        if (i % 3 === 0) a.flush();
      }
      a.flush();
      await until(() => atB.messages().length === 300, 'all appends');
      expect(previousOf(atB.messages())).toEqual(Array.from({ length: 300 }, (_, i) => i));
    });

    it('gives received payloads memory of their own', async () => {
      const message = append(1, 0, [64]);
      a.send(two, message);
      a.flush();
      await until(() => atB.messages().length === 1, 'the append');
      message.payloads[0]?.fill(0xff);
      expect(atB.messages()[0]?.payloads[0]).toEqual(Buffer.alloc(64, 0));
    });

    it('carries beats; what a replaced one said of leaders is not lost', async () => {
      const leads = [{ group: groupId(3), term: term(5), replica: replicaId(8) }];
      a.beat(two, { node: one, wallMs: 10, clusterMs: 11, leads });
      a.beat(two, { node: one, wallMs: 20, clusterMs: 21, leads: null });
      a.flush();
      await until(() => atB.events.some(({ kind }) => kind === 'beat'), 'the beat');
      expect(atB.events.filter(({ kind }) => kind === 'beat')).toEqual([
        { kind: 'beat', from: one, beat: { node: one, wallMs: 20, clusterMs: 21, leads } },
      ]);
    });

    it('replaces a heartbeat that still waits, but not that of another replica', async () => {
      a.send(two, heartbeat(1, 1));
      a.send(two, heartbeat(1, 2));
      a.send(two, heartbeat(1, 3, 9));
      a.flush();
      await until(() => atB.messages().length > 0, 'heartbeats');
      const commits = atB.messages().map(({ message }) => 'commit' in message && message.commit);
      expect(commits).toEqual([2, 3]);
    });

    it('answers calls in any order', async () => {
      const answers: (() => void)[] = [];
      atB.onCall = (from, method, body, answer) => {
        answers.push(() => answer(Buffer.concat([Buffer.from([from, method]), body])));
      };
      const calls = ['x', 'y', 'z'].map((text, i) => a.call(two, i, Buffer.from(text), 5000));
      await until(() => answers.length === 3, 'three requests');
      for (const answer of answers.reverse()) answer();
      const texts = (await Promise.all(calls)).map((bytes) => Buffer.from(bytes).toString());
      expect(texts).toEqual(['\x01\x00x', '\x01\x01y', '\x01\x02z']);
    });

    it('ends calls as unknown at their deadline and when the peer goes', async () => {
      let asked = 0;
      atB.onCall = () => {
        asked += 1;
      };
      const late = a.call(two, 1, Buffer.from('x'), 30);
      await expect(late).rejects.toMatchObject({ name: 'CallError', outcome: 'unknown' });
      const lost = a.call(two, 1, Buffer.from('y'), 60_000);
      const ended = expect(lost).rejects.toMatchObject({ outcome: 'unknown' });
      await until(() => asked === 2, 'the second request');
      await b.close();
      await ended;
      await until(() => atA.events.some(({ kind }) => kind === 'down'), 'the loss');
      const never = a.call(two, 1, Buffer.from('z'), 60_000);
      await expect(never).rejects.toMatchObject({ outcome: 'not-sent' });
    });

    it('meets a restarted peer again; what was meant for the old one is gone', async () => {
      await b.close();
      await until(() => !a.connected(two), 'the loss');
      a.send(two, append(1, 0, [1]));
      const again = recorder();
      const b2 = await world.open(2, 2, again);
      b2.setPeers(world.addresses());
      a.setPeers(world.addresses());
      await until(() => a.connected(two) && b2.connected(one), 'the second connection');
      a.send(two, append(1, 5, [1]));
      a.flush();
      await until(() => again.messages().length > 0, 'the append');
      expect(previousOf(again.messages())).toEqual([5]);
      expect(atA.events).toEqual([
        { kind: 'up', peer: two, boot: 'boot-2-1' },
        { kind: 'down', peer: two },
        { kind: 'up', peer: two, boot: 'boot-2-2' },
      ]);
    });

    it('ends the connection to a peer that is taken off the list', async () => {
      a.setPeers(new Map());
      expect(a.connected(two)).toBe(false);
      expect(atA.events.at(-1)).toEqual({ kind: 'down', peer: two });
      await until(() => atB.events.some(({ kind }) => kind === 'down'), 'the loss over there');
    });

    it('streams a snapshot, each chunk after the one before', async () => {
      const sinks: Sink[] = [];
      atB.onSnapshot = (_from, header) => {
        const sink = sinkOf(header);
        sinks.push(sink);
        return sink;
      };
      const summary = () => ({ chunks: 3, rows: 30, digest: 300, removals: Buffer.of(7) });
      await a.sendSnapshot(two, HEADER, chunksOf('a', '', 'c'), summary);
      expect(sinks).toHaveLength(1);
      expect(sinks[0]).toMatchObject({
        chunks: ['a', '', 'c'],
        ended: '3 chunks, 30 rows, 300, 1 more',
      });
      expect(JSON.stringify(sinks[0]?.header)).toBe(JSON.stringify(HEADER));
    });

    it('ends a snapshot that the receiver refuses, at its head or on the way', async () => {
      const summary = () => ({ chunks: 2, rows: 0, digest: 0, removals: Buffer.alloc(0) });
      const send = () => a.sendSnapshot(two, HEADER, chunksOf('a', 'b'), summary);
      await expect(send()).rejects.toMatchObject({
        name: 'SnapshotError',
        outcome: 'refused',
        message: 'no snapshot is expected',
      });
      const sinks: Sink[] = [];
      atB.onSnapshot = (_from, header) => {
        const sink = sinkOf(header, 'b');
        sinks.push(sink);
        return sink;
      };
      await expect(send()).rejects.toMatchObject({ outcome: 'refused', message: 'no b here' });
      expect(sinks[0]).toMatchObject({ chunks: ['a'], ended: null });
    });

    it('aborts the sink when the source fails or the sender goes', async () => {
      const sinks: Sink[] = [];
      atB.onSnapshot = (_from, header) => {
        const sink = sinkOf(header);
        sinks.push(sink);
        return sink;
      };
      const summary = () => ({ chunks: 2, rows: 0, digest: 0, removals: Buffer.alloc(0) });
      const failing = a.sendSnapshot(two, HEADER, chunksOf('a', 'throw'), summary);
      await expect(failing).rejects.toThrow('the source failed');
      await until(() => sinks[0]?.ended != null, 'the abort');
      expect(sinks[0]).toMatchObject({ chunks: ['a'], ended: 'aborted: the source failed' });

      let goOn = (): void => undefined;
      const more = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      async function* slow(): AsyncGenerator<Uint8Array> {
        yield Buffer.from('a');
        await more;
        yield Buffer.from('b');
      }
      const cut = a.sendSnapshot(two, HEADER, slow(), summary);
      const ended = expect(cut).rejects.toMatchObject({ outcome: 'lost' });
      await until(() => sinks[1]?.chunks.length === 1, 'the first chunk');
      await a.close();
      goOn();
      await ended;
      await until(() => sinks[1]?.ended != null, 'the second abort');
      expect(sinks[1]?.ended).toMatch(/^aborted: /);
    });

    it('does not send a snapshot to a peer that is not there', async () => {
      const summary = () => ({ chunks: 0, rows: 0, digest: 0, removals: Buffer.alloc(0) });
      const sent = a.sendSnapshot(nodeId(9), HEADER, chunksOf(), summary);
      await expect(sent).rejects.toMatchObject({ outcome: 'not-sent' });
    });

    it('says nothing after its end', async () => {
      await a.close();
      await until(() => atB.events.some(({ kind }) => kind === 'down'), 'the loss');
      a.send(two, heartbeat(1, 1));
      a.flush();
      expect(a.connected(two)).toBe(false);
      expect(atA.events.map(({ kind }) => kind)).toEqual(['up', 'down']);
      await a.close();
    });
  });
}
