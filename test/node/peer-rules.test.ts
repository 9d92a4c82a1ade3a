import { describe, expect, it } from 'vitest';
import { nodeId } from '../../src/base/ids.js';
import type { Catalogue } from '../../src/meta/catalogue.js';
import { MetaState } from '../../src/meta/meta-state.js';
import type { DataDir } from '../../src/node/identity.js';
import type { PeerBoot } from '../../src/node/identity-file.js';
import { PeerRules } from '../../src/node/peer-rules.js';
import type { PeerHello } from '../../src/transport/types.js';

function rules(boots = new Map<number, PeerBoot>(), diskId: string | null = null) {
  const catalogue = { nodes: [{ id: 2, diskId }] } as unknown as Catalogue;
  const dataDir = {
    peerBoot: (peer: number) => boots.get(peer) ?? null,
    recordPeerBoot: async (peer: number, boot: PeerBoot) => void boots.set(peer, boot),
  } as unknown as DataDir;
  return { check: new PeerRules(new MetaState(catalogue), dataDir).check, boots };
}

const hello = (bootId: string, bootCount: number, diskId = 'disk', node = 2): PeerHello => ({
  node: nodeId(node),
  clusterId: 'c',
  diskId,
  bootId,
  bootCount,
  versions: { min: 1, max: 1 },
  advertise: 'a:1',
});

describe('which peers are talked to', () => {
  it('a node nobody knows is not', () => {
    expect(rules().check(hello('x', 1, 'disk', 9))).toBe('unknown-node');
  });

  it('the same boot may come again and again, a newer one replaces it', () => {
    const { check } = rules();
    expect(check(hello('x', 1))).toBeNull();
    expect(check(hello('x', 1))).toBeNull();
    expect(check(hello('y', 2))).toBeNull();
  });

  it('a peer that kept running while this node restarted is known by its boot id', () => {
    const { boots } = rules();
    boots.set(2, { count: 5, bootId: 'x' });
    expect(rules(boots).check(hello('x', 5))).toBeNull();
  });

  it('an old copy of a directory comes with a count not above the last: refused', () => {
    for (const count of [4, 5]) {
      const boots = new Map([[2, { count: 5, bootId: 'x' }]]);
      expect(rules(boots).check(hello('copy', count))).toBe('old-boot');
    }
  });

  it('another disk is refused, by the catalogue or by the first meeting', () => {
    expect(rules(new Map(), 'other').check(hello('x', 1))).toBe('wrong-disk');
    const { check } = rules();
    check(hello('x', 1, 'disk-a'));
    expect(check(hello('y', 2, 'disk-b'))).toBe('wrong-disk');
  });
});
