/**
 * Commands of the meta group: what each does to the catalogue. Pure; the reply says if it was
 * taken.
 */
import { unreachable } from '../base/assert.js';
import type { ErrorCode } from '../kv/errors.js';
import { type Catalogue, type NodeRecord, nodeOf, type ShardRecord, shardOf } from './catalogue.js';

export type MetaCommand =
  /** A node tells its identity and addresses; another disk under a known id is refused. */
  | { readonly op: 'register-node'; readonly node: NodeRecord }
  /** A leader reports its shard until the catalogue shows it. */
  | { readonly op: 'report-shard'; readonly shard: Omit<ShardRecord, 'leaderWish'> }
  | { readonly op: 'wish-leader'; readonly shard: number; readonly node: number | null }
  /** Raised only when every node speaks it. */
  | { readonly op: 'raise-version'; readonly version: number };

export type MetaReply =
  | { readonly ok: true; readonly changed: boolean }
  | { readonly ok: false; readonly code: ErrorCode; readonly message: string };

export interface MetaResult {
  readonly catalogue: Catalogue;
  readonly reply: MetaReply;
}

const refuse = (catalogue: Catalogue, code: ErrorCode, message: string): MetaResult => ({
  catalogue,
  reply: { ok: false, code, message },
});

const unchanged = (catalogue: Catalogue): MetaResult => ({
  catalogue,
  reply: { ok: true, changed: false },
});

const changed = (catalogue: Catalogue): MetaResult => ({
  catalogue,
  reply: { ok: true, changed: true },
});

const byId = <T extends { readonly id: number }>(items: readonly T[], item: T): T[] =>
  [...items.filter((other) => other.id !== item.id), item].sort((a, b) => a.id - b.id);

export function applyMeta(catalogue: Catalogue, command: MetaCommand): MetaResult {
  switch (command.op) {
    case 'register-node':
      return registerNode(catalogue, command.node);
    case 'report-shard':
      return reportShard(catalogue, command.shard);
    case 'wish-leader':
      return wishLeader(catalogue, command.shard, command.node);
    case 'raise-version':
      return raiseVersion(catalogue, command.version);
    default:
      return unreachable(command);
  }
}

function registerNode(catalogue: Catalogue, node: NodeRecord): MetaResult {
  const known = nodeOf(catalogue, node.id);
  if (known === undefined) {
    return refuse(catalogue, 'NOT_FOUND', `node ${node.id} is not a member of this cluster`);
  }
  if (known.diskId !== null && known.diskId !== node.diskId) {
    return refuse(catalogue, 'WRONG_IDENTITY', `node ${node.id} is known with another disk`);
  }
  if (node.versions.max < catalogue.clusterVersion) {
    const speaks = `node ${node.id} speaks versions up to ${node.versions.max}`;
    return refuse(
      catalogue,
      'CONFLICT',
      `${speaks}, the cluster is at ${catalogue.clusterVersion}`,
    );
  }
  if (JSON.stringify(known) === JSON.stringify(node)) return unchanged(catalogue);
  return changed({ ...catalogue, nodes: byId(catalogue.nodes, node) });
}

function reportShard(catalogue: Catalogue, report: Omit<ShardRecord, 'leaderWish'>): MetaResult {
  const known = shardOf(catalogue, report.id);
  const older =
    known !== undefined &&
    known.rangeEpoch >= report.rangeEpoch &&
    known.membersEpoch >= report.membersEpoch;
  if (older) return unchanged(catalogue);
  const shard: ShardRecord = { ...report, leaderWish: known?.leaderWish ?? null };
  return changed({ ...catalogue, shards: byId(catalogue.shards, shard) });
}

function wishLeader(catalogue: Catalogue, id: number, node: number | null): MetaResult {
  const shard = shardOf(catalogue, id);
  if (shard === undefined) return refuse(catalogue, 'NOT_FOUND', `there is no shard ${id}`);
  const voter = shard.members.find((member) => member.node === node && member.role === 'voter');
  if (node !== null && voter === undefined) {
    return refuse(catalogue, 'CONFLICT', `node ${node} holds no voter of shard ${id}`);
  }
  if (shard.leaderWish === node) return unchanged(catalogue);
  return changed({ ...catalogue, shards: byId(catalogue.shards, { ...shard, leaderWish: node }) });
}

function raiseVersion(catalogue: Catalogue, version: number): MetaResult {
  if (version <= catalogue.clusterVersion) return unchanged(catalogue);
  const behind = catalogue.nodes.find((node) => node.versions.max < version);
  if (behind !== undefined) {
    return refuse(catalogue, 'CONFLICT', `node ${behind.id} does not speak version ${version}`);
  }
  return changed({ ...catalogue, clusterVersion: version });
}
