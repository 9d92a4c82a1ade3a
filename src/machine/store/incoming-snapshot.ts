/**
 * A replica that is received from a peer, into a space of its own. Each chunk is one synced batch
 * of the node's writer; nothing of it can be seen until a descriptor lists the space. A chunk, a
 * row or a sum that is not what it says refuses the whole.
 */
import type { GroupId, ReplicaId, SpaceId } from '../../base/ids.js';
import { RkvError } from '../../kv/errors.js';
import type { Descriptor } from '../../shard/descriptor.js';
import type { IncomingSnapshot } from '../types.js';
import { Auditor } from './auditor.js';
import type { BatchWriter } from './batch-writer.js';
import { ChunkReader, type ChunkRow } from './chunk-codec.js';
import { endOfTurn, type StoreContext } from './context.js';
import type { Counts } from './counts.js';
import { decodeDescriptor } from './descriptor-codec.js';
import { putNodeRow } from './flusher.js';
import { putUint32 } from './integers.js';
import { bucketOfKey, NODE_ROWS, SPACE_BYTES } from './keys.js';

const ROWS_PER_LOOK = 32;
const SLICE_MS = 1;

export interface IncomingWiring {
  readonly context: StoreContext;
  readonly writer: BatchWriter;
  readonly group: GroupId;
  readonly replica: ReplicaId;
  readonly space: SpaceId;
  /** The sender's, as it came. */
  readonly descriptor: Uint8Array;
  /** All rows are durable and right. */
  readonly onWhole: (space: SpaceId, counts: Counts) => void;
  /** Deletes the space, unless it has been installed. */
  readonly onAbort: (space: SpaceId) => Promise<void>;
}

type Summary = Parameters<IncomingSnapshot['finish']>[0];

function refuse(why: string): never {
  throw new RkvError('CORRUPT', `a snapshot is refused: ${why}`);
}

export function openIncoming(wiring: IncomingWiring): IncomingSnapshot {
  const { context, writer, space } = wiring;
  const sent = decodeDescriptor(wiring.descriptor);
  if (sent.shard !== wiring.group) refuse(`it is of shard ${sent.shard}, not ${wiring.group}`);
  if (sent.state === 'fenced' || sent.state === 'installing') refuse(`its state is ${sent.state}`);
  const reader = new ChunkReader();
  const auditor = new Auditor();
  let last: Buffer | null = null;
  let state: 'open' | 'broken' | 'ended' = 'open';

  const check = (key: Buffer, value: Buffer): void => {
    if (last !== null && key.compare(last) <= 0) refuse('its rows are out of order');
    last = key;
    const bucket = bucketOfKey(key);
    if (bucket < sent.range.first || bucket > sent.range.last) refuse(`it has bucket ${bucket}`);
    const wrong = auditor.add(key, value);
    if (wrong !== null) refuse(wrong);
  };

  const write = (rows: readonly ChunkRow[]): Promise<void> =>
    writer.write(async (batch) => {
      let until = context.clock.monotonic() + SLICE_MS;
      for (const [at, row] of rows.entries()) {
        const key = withSpace(space, row.key);
        check(key, row.value);
        batch.put(key, row.value);
        if (at % ROWS_PER_LOOK === ROWS_PER_LOOK - 1 && context.clock.monotonic() >= until) {
          await endOfTurn(context.clock);
          until = context.clock.monotonic() + SLICE_MS;
        }
      }
    });

  const guarded = async <T>(work: () => Promise<T>): Promise<T> => {
    if (state !== 'open') refuse('it was broken off');
    try {
      return await work();
    } catch (error) {
      state = 'broken';
      throw error;
    }
  };

  return {
    space,
    chunk: (bytes) =>
      guarded(async () => {
        const rows = reader.add(bytes);
        if (typeof rows === 'string') refuse(rows);
        await write(rows);
      }),
    finish: (summary) =>
      guarded(async () => {
        compare(summary, reader, auditor);
        const wrong = auditor.difference(auditor.counts);
        if (wrong !== null) refuse(wrong);
        if (!auditor.counts.addRemovals(summary.removals)) refuse('its removals are none');
        const packed = auditor.counts.encode();
        await writer.write((batch) => putNodeRow(batch, NODE_ROWS.incoming, space, packed));
        state = 'ended';
        wiring.onWhole(space, auditor.counts);
        return received(sent, wiring.replica, space);
      }),
    async abort() {
      state = 'broken';
      await wiring.onAbort(space);
    },
  };
}

/** The sender's state as this replica's own. */
const received = (sent: Descriptor, replica: ReplicaId, space: SpaceId): Descriptor => ({
  ...sent,
  replica,
  pieces: [{ range: sent.range, space }],
});

function compare(summary: Summary, reader: ChunkReader, auditor: Auditor): void {
  if (reader.unfinished) refuse('it ends inside a row');
  if (reader.chunks !== summary.chunks) {
    refuse(`${reader.chunks} of ${summary.chunks} chunks came`);
  }
  if (auditor.rows !== summary.rows) refuse(`${auditor.rows} of ${summary.rows} rows came`);
  if (auditor.digest !== summary.digest) refuse('its digest is another');
}

function withSpace(space: SpaceId, key: Buffer): Buffer {
  const whole = Buffer.allocUnsafe(SPACE_BYTES + key.length);
  putUint32(whole, 0, space);
  whole.set(key, SPACE_BYTES);
  return whole;
}
