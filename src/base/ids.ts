/**
 * The numbers of rkv and their gates. A gate refuses what is no safe integer in the range, so that
 * a 64-bit wire field is checked once, where it comes in.
 */
import type { Brand } from './brand.js';

/** A node's number, 1 to 65,535; chosen by the operator, never reused for another disk. */
export type NodeId = Brand<number, 'NodeId'>;
/** A Raft group: 0 is the meta group, 1 … are shards. Never reused. */
export type GroupId = Brand<number, 'GroupId'>;
/** A shard is named by its Raft group. */
export type ShardId = GroupId;
/** One shard's presence on one node; from a counter in the shard's descriptor, never reused. */
export type ReplicaId = Brand<number, 'ReplicaId'>;
/** Raft term. */
export type Term = Brand<number, 'Term'>;
/** Position in a Raft log; the first entry ever is 1, 0 means "nothing". */
export type LogIndex = Brand<number, 'LogIndex'>;
/** Logical time of the Raft core: one tick of the host's ticker. */
export type Tick = Brand<number, 'Tick'>;
/** Redis Cluster hash slot, 0 to 16,383. */
export type Slot = Brand<number, 'Slot'>;
/** 64 neighbouring slots, 0 to 255. */
export type Bucket = Brand<number, 'Bucket'>;
/** A node-local copy of some buckets' data on disk. */
export type SpaceId = Brand<number, 'SpaceId'>;
/** One step per changed key of a shard. */
export type Revision = Brand<number, 'Revision'>;
/** Range or members epoch. */
export type Epoch = Brand<number, 'Epoch'>;
/** Milliseconds since 1970, cluster or wall clock. */
export type EpochMs = Brand<number, 'EpochMs'>;
/** Milliseconds on this process's monotonic clock. */
export type MonoMs = Brand<number, 'MonoMs'>;

function gate<T extends number>(name: string, min: number, max: number) {
  return (value: number): T => {
    if (!Number.isSafeInteger(value) || value < min || value > max) {
      throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`);
    }
    return value as T;
  };
}

const MAX = Number.MAX_SAFE_INTEGER;

export const nodeId = gate<NodeId>('node id', 1, 65_535);
export const groupId = gate<GroupId>('group id', 0, 0xffff_ffff);
export const shardId = gate<ShardId>('shard id', 1, 0xffff_ffff);
export const replicaId = gate<ReplicaId>('replica id', 1, MAX);
export const term = gate<Term>('term', 0, MAX);
export const logIndex = gate<LogIndex>('log index', 0, MAX);
export const tick = gate<Tick>('tick', 0, MAX);
export const slot = gate<Slot>('slot', 0, 16_383);
export const bucket = gate<Bucket>('bucket', 0, 255);
export const spaceId = gate<SpaceId>('space id', 1, 0xffff_ffff);
export const revision = gate<Revision>('revision', 0, MAX);
export const epoch = gate<Epoch>('epoch', 0, MAX);
export const epochMs = gate<EpochMs>('time', 0, MAX);
export const monoMs = (value: number): MonoMs => value as MonoMs;

/** The meta group's number. */
export const META_GROUP = groupId(0);
export const ZERO_INDEX = logIndex(0);
export const ZERO_TERM = term(0);
