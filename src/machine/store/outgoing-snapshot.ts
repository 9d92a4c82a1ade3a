/**
 * One replica as a stream: rows, descriptor and counts under one snapshot of the store. All rows
 * are counted again on the way; a store that has lost one is found here and never becomes another
 * replica's state.
 */
import { asBuffer } from '../../base/bytes.js';
import type { GroupId } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { Descriptor, Piece } from '../../shard/descriptor.js';
import type { StoreSnapshot } from '../ports.js';
import type { OutgoingSnapshot } from '../types.js';
import { Auditor } from './auditor.js';
import { ChunkWriter } from './chunk-codec.js';
import { corrupt, endOfTurn, type StoreContext } from './context.js';
import { type Counts, decodeCounts } from './counts.js';
import { decodeDescriptor } from './descriptor-codec.js';
import { bucketStart, NODE_ROWS, nodeKey, SPACE_BYTES } from './keys.js';
import { decodeRow } from './row-codec.js';

const PAGE = 1000;
const READ_AHEAD_BYTES = 512 * 1024;

/** Descriptor and counts of a group as of a store snapshot. Throws CORRUPT. */
export async function readReplica(
  context: StoreContext,
  snapshot: StoreSnapshot,
  group: GroupId,
): Promise<{ readonly descriptor: Descriptor; readonly counts: Counts }> {
  const keys = [nodeKey(NODE_ROWS.replica, group), nodeKey(NODE_ROWS.counts, group)] as const;
  const [replica, packed] = await snapshot.getMany(keys);
  if (replica === undefined || packed === undefined) {
    throw new RkvError('NOT_FOUND', `this node's store has no replica of shard ${group}`);
  }
  const descriptor = decodeRow(keys[0], replica);
  const row = decodeRow(keys[1], packed);
  const counts = row === null ? null : decodeCounts(row);
  if (descriptor === null || counts === null) {
    throw corrupt(context, group, 'descriptor or counts fail their check');
  }
  return { descriptor: decodeDescriptor(descriptor), counts };
}

/** All rows of a piece under a snapshot, page by page, with their keys in the store. */
export async function* piecePages(
  snapshot: StoreSnapshot,
  piece: Piece,
): AsyncGenerator<readonly (readonly [Buffer, Buffer])[]> {
  const iterator = snapshot.iterate({
    gte: bucketStart(piece.space, piece.range.first),
    lt: bucketStart(piece.space, piece.range.last + 1),
    readAheadBytes: READ_AHEAD_BYTES,
  });
  try {
    for (;;) {
      const pairs = await iterator.next(PAGE);
      if (pairs.length === 0) return;
      yield pairs.map(([key, value]) => [asBuffer(key), asBuffer(value)] as const);
    }
  } finally {
    await iterator.close();
  }
}

/** Call right after a flush; what the store holds then is what goes out. */
export async function openOutgoing(
  context: StoreContext,
  group: GroupId,
): Promise<OutgoingSnapshot> {
  const snapshot = context.store.snapshot();
  let open = true;
  const close = async (): Promise<void> => {
    if (!open) return;
    open = false;
    await snapshot.close();
  };
  try {
    const { descriptor, counts } = await readReplica(context, snapshot, group);
    const auditor = new Auditor();
    const writer = new ChunkWriter();
    return {
      descriptor,
      chunks: chunksOf({ context, group, snapshot, descriptor, counts, auditor, writer }),
      summary: () => ({
        chunks: writer.chunks,
        rows: auditor.rows,
        digest: auditor.digest,
        removals: counts.encodeRemovals(),
      }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function* chunksOf(from: {
  readonly context: StoreContext;
  readonly group: GroupId;
  readonly snapshot: StoreSnapshot;
  readonly descriptor: Descriptor;
  readonly counts: Counts;
  readonly auditor: Auditor;
  readonly writer: ChunkWriter;
}): AsyncGenerator<Uint8Array> {
  const { context, group, auditor, writer } = from;
  const pieces = [...from.descriptor.pieces].sort((a, b) => a.range.first - b.range.first);
  for (const piece of pieces) {
    for await (const page of piecePages(from.snapshot, piece)) {
      for (const [key, value] of page) {
        const wrong = auditor.add(key, value);
        if (wrong !== null) throw corrupt(context, group, wrong);
        yield* writer.add(key.subarray(SPACE_BYTES), value);
      }
      await endOfTurn(context.clock);
    }
  }
  const wrong = auditor.difference(from.counts);
  if (wrong !== null) throw corrupt(context, group, wrong);
  const last = writer.end();
  if (last !== null) yield last;
}
