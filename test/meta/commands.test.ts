import { describe, expect, it } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import type { Catalogue, NodeRecord } from '../../src/meta/catalogue.js';
import { nodeOf, shardOf } from '../../src/meta/catalogue.js';
import { decodeCatalogue, encodeCatalogue } from '../../src/meta/codec.js';
import { applyMeta } from '../../src/meta/commands.js';
import { initialCatalogue } from '../../src/node/birth.js';
import { initialGroups } from '../../src/shard/bootstrap.js';

const peers = new Map([1, 2, 3].map((id) => [nodeId(id), `127.0.0.1:70${id}3`]));
const start = (): Catalogue =>
  initialCatalogue('test', peers, initialGroups([...peers.keys()], 4, 3));

const record = (id: number, disk: string, max = 1): NodeRecord => ({
  id,
  diskId: disk,
  addresses: { grpc: 'a:1', redis: null, http: null, peer: 'a:3', redisCluster: null },
  labels: { zone: 'z' },
  release: '1.0.0',
  versions: { min: 1, max },
});

describe('nodes in the catalogue', () => {
  it('a node registers once and may change its address', () => {
    const first = applyMeta(start(), { op: 'register-node', node: record(1, 'disk-a') });
    expect(first.reply).toEqual({ ok: true, changed: true });
    const again = applyMeta(first.catalogue, { op: 'register-node', node: record(1, 'disk-a') });
    expect(again.reply).toEqual({ ok: true, changed: false });
    expect(again.catalogue).toBe(first.catalogue);
    const addresses = { ...record(1, 'disk-a').addresses, grpc: 'b:9' };
    const moved = applyMeta(first.catalogue, {
      op: 'register-node',
      node: { ...record(1, 'disk-a'), addresses },
    });
    expect(nodeOf(moved.catalogue, 1)?.addresses.grpc).toBe('b:9');
  });

  it('another disk under a known number is refused', () => {
    const { catalogue } = applyMeta(start(), { op: 'register-node', node: record(2, 'disk-a') });
    const wiped = applyMeta(catalogue, { op: 'register-node', node: record(2, 'disk-b') });
    expect(wiped.reply).toMatchObject({ ok: false, code: 'WRONG_IDENTITY' });
    expect(wiped.catalogue).toBe(catalogue);
  });

  it('a node nobody knows is refused', () => {
    const unknown = applyMeta(start(), { op: 'register-node', node: record(9, 'disk') });
    expect(unknown.reply).toMatchObject({ ok: false, code: 'NOT_FOUND' });
  });
});

describe('shards in the catalogue', () => {
  it('the larger epoch wins, an older report changes nothing, the wish stays', () => {
    const wished = applyMeta(start(), { op: 'wish-leader', shard: 2, node: 3 }).catalogue;
    const { leaderWish: _, ...known } = shardOf(wished, 2) ?? expect.fail('shard 2');
    const newer = { ...known, membersEpoch: 5 };
    const reported = applyMeta(wished, { op: 'report-shard', shard: newer });
    expect(shardOf(reported.catalogue, 2)).toEqual({ ...newer, leaderWish: 3 });
    const late = applyMeta(reported.catalogue, { op: 'report-shard', shard: known });
    expect(late.reply).toEqual({ ok: true, changed: false });
  });

  it('a leader can be wished for among the voters only', () => {
    expect(applyMeta(start(), { op: 'wish-leader', shard: 1, node: 9 }).reply).toMatchObject({
      code: 'CONFLICT',
    });
    expect(applyMeta(start(), { op: 'wish-leader', shard: 77, node: 1 }).reply).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('the cluster version', () => {
  it('is raised only when every node speaks it', () => {
    const one = applyMeta(start(), { op: 'register-node', node: record(1, 'a', 2) }).catalogue;
    expect(applyMeta(one, { op: 'raise-version', version: 2 }).reply).toMatchObject({
      code: 'CONFLICT',
    });
    const all = [2, 3].reduce(
      (catalogue, id) =>
        applyMeta(catalogue, { op: 'register-node', node: record(id, `d${id}`, 2) }).catalogue,
      one,
    );
    const raised = applyMeta(all, { op: 'raise-version', version: 2 });
    expect(raised.catalogue.clusterVersion).toBe(2);
    const old = applyMeta(raised.catalogue, { op: 'register-node', node: record(3, 'd3', 1) });
    expect(old.reply).toMatchObject({ ok: false, code: 'CONFLICT' });
  });
});

describe('the stored catalogue', () => {
  it('comes back as it was; a newer format is refused, never guessed', () => {
    const catalogue = start();
    expect(decodeCatalogue(encodeCatalogue(catalogue))).toEqual(catalogue);
    const newer = encodeCatalogue({ ...catalogue, formatVersion: 99 });
    expect(() => decodeCatalogue(newer)).toThrow(/newer/);
  });
});
