/** `Topology` of proto/kv.proto ⇄ what a client steers by. */
import type { Topology } from '../../kv/status.js';
import type { ProtoReader } from '../proto/reader.js';
import {
  bytesField,
  type ProtoWriter,
  sizeOfBytes,
  sizeOfNumber,
  sizeOfText,
  varintField,
} from '../proto/writer.js';

type Node = Topology['nodes'][number];
type Shard = Topology['shards'][number];

const CLUSTER = bytesField(1);
const VERSION = varintField(2);
const NODE = bytesField(3);
const SHARD = bytesField(4);

const NODE_ID = varintField(1);
const NODE_GRPC = bytesField(2);

const SHARD_ID = varintField(1);
const FIRST = varintField(2);
const LAST = varintField(3);
const EPOCH = varintField(4);
const LEADER = varintField(5);

const sizeOfNode = (node: Node): number => sizeOfNumber(node.id) + sizeOfText(node.grpc ?? '');

const sizeOfShard = (shard: Shard): number =>
  sizeOfNumber(shard.id) +
  sizeOfNumber(shard.firstBucket) +
  sizeOfNumber(shard.lastBucket) +
  sizeOfNumber(shard.rangeEpoch) +
  sizeOfNumber(shard.leader ?? 0);

export function sizeOfTopology(topology: Topology): number {
  let size = sizeOfText(topology.clusterId) + sizeOfNumber(topology.version);
  for (const node of topology.nodes) size += sizeOfBytes(sizeOfNode(node));
  for (const shard of topology.shards) size += sizeOfBytes(sizeOfShard(shard));
  return size;
}

export function writeTopology(writer: ProtoWriter, topology: Topology): void {
  writer.text(CLUSTER, topology.clusterId);
  writer.number(VERSION, topology.version);
  for (const node of topology.nodes) {
    writer.tag(NODE);
    writer.varint(sizeOfNode(node));
    writer.number(NODE_ID, node.id);
    writer.text(NODE_GRPC, node.grpc ?? '');
  }
  for (const shard of topology.shards) {
    writer.tag(SHARD);
    writer.varint(sizeOfShard(shard));
    writer.number(SHARD_ID, shard.id);
    writer.number(FIRST, shard.firstBucket);
    writer.number(LAST, shard.lastBucket);
    writer.number(EPOCH, shard.rangeEpoch);
    writer.number(LEADER, shard.leader ?? 0);
  }
}

function readNode(reader: ProtoReader): Node {
  let id = 0;
  let grpc: string | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === NODE_ID) id = reader.uint32();
    else if (tag === NODE_GRPC) grpc = reader.text();
    else reader.skip(tag);
  }
  return { id, grpc };
}

function readShard(reader: ProtoReader): Shard {
  let id = 0;
  let firstBucket = 0;
  let lastBucket = 0;
  let rangeEpoch = 0;
  let leader: number | null = null;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === SHARD_ID) id = reader.uint32();
    else if (tag === FIRST) firstBucket = reader.uint32();
    else if (tag === LAST) lastBucket = reader.uint32();
    else if (tag === EPOCH) rangeEpoch = reader.varint();
    else if (tag === LEADER) leader = reader.uint32();
    else reader.skip(tag);
  }
  return { id, firstBucket, lastBucket, rangeEpoch, leader };
}

/** Reads to the end of the entered message. */
export function readTopology(reader: ProtoReader): Topology {
  const nodes: Node[] = [];
  const shards: Shard[] = [];
  let clusterId = '';
  let version = 0;
  for (let tag = reader.tag(); tag !== 0; tag = reader.tag()) {
    if (tag === CLUSTER) clusterId = reader.text();
    else if (tag === VERSION) version = reader.varint();
    else if (tag === NODE || tag === SHARD) {
      const outer = reader.enter();
      if (tag === NODE) nodes.push(readNode(reader));
      else shards.push(readShard(reader));
      reader.leave(outer);
    } else reader.skip(tag);
  }
  return { clusterId, version, nodes, shards };
}
