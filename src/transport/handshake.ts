/** Judges a hello: pure rules that hold on both sides of a stream, before the integrator's own. */
import type { NodeId } from '../base/ids.js';
import type { HelloFrame } from '../wire/peer-codec.js';
import type { Identity, PeerHello, RefusalReason } from './types.js';

/** The last process of a peer that was met. */
export interface Boot {
  readonly bootId: string;
  readonly bootCount: number;
}

export interface Judge {
  readonly self: NodeId;
  readonly identity: Identity;
  readonly checkPeer: (hello: PeerHello) => RefusalReason | null;
}

export function toPeerHello(hello: HelloFrame): PeerHello {
  const { to: _to, link: _link, ...rest } = hello;
  return rest;
}

/** The highest version both speak, or null. */
export function commonVersion(a: Identity['versions'], b: Identity['versions']): number | null {
  const highest = Math.min(a.max, b.max);
  return highest >= Math.max(a.min, b.min) ? highest : null;
}

/** `met` is the boot of this node that was seen last, null at the first meeting. */
export function judgeHello(
  judge: Judge,
  hello: HelloFrame,
  met: Boot | null,
): RefusalReason | null {
  const { self, identity } = judge;
  if (hello.clusterId !== identity.clusterId) return 'wrong-cluster';
  if (hello.to !== self || hello.node === self) return 'wrong-node';
  if (commonVersion(identity.versions, hello.versions) === null) return 'no-common-version';
  // The node's own rules first: another disk is a better reason than a boot count begun anew.
  const no = judge.checkPeer(toPeerHello(hello));
  if (no !== null) return no;
  const other = met !== null && met.bootId !== hello.bootId;
  return other && hello.bootCount <= met.bootCount ? 'old-boot' : null;
}
