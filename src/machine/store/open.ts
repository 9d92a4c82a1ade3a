/**
 * What the store says of this node when it is opened: replicas with their counts, the space
 * counter, and the numbers of its last batches. A row of the node itself that is damaged or missing
 * is told as damage of the whole: none of this state may be used then.
 */
import { asBuffer } from '../../base/bytes.js';
import { RkvError } from '../../kv/errors.js';
import type { Descriptor } from '../../shard/descriptor.js';
import type { OrderedStore } from '../ports.js';
import { type BatchNumbers, readNumbers } from './batch-writer.js';
import { type Counts, decodeCounts } from './counts.js';
import { decodeDescriptor } from './descriptor-codec.js';
import { getUint56 } from './integers.js';
import { decodeNodeKey, NODE_ROWS } from './keys.js';
import { decodeRow } from './row-codec.js';

export interface OpenedStore {
  readonly replicas: readonly { readonly descriptor: Descriptor; readonly counts: Counts }[];
  readonly nextSpace: number;
  readonly numbers: BatchNumbers;
  /** Null: everything of the node is there. */
  readonly damage: string | null;
}

interface NodeRow {
  readonly key: Buffer;
  readonly number: number;
  readonly stored: Buffer;
}

const PAGE = 1000;

export async function readNodeRows(store: OrderedStore): Promise<OpenedStore> {
  const byKind = new Map<number, NodeRow[]>();
  let damage: string | null = null;
  const iterator = store.iterate({ gte: Buffer.from([0, 0, 0, 0]), lt: Buffer.from([0, 0, 0, 1]) });
  try {
    for (;;) {
      const pairs = await iterator.next(PAGE);
      if (pairs.length === 0) break;
      for (const [raw, value] of pairs) {
        const key = asBuffer(raw);
        const name = decodeNodeKey(key);
        if (name === null) {
          damage ??= 'a row of the node has a key of no known form';
          continue;
        }
        const rows = byKind.get(name.kind) ?? [];
        rows.push({ key, number: name.number, stored: asBuffer(value) });
        byKind.set(name.kind, rows);
      }
    }
  } finally {
    await iterator.close();
  }
  const { numbers, lost } = readNumbers(byKind.get(NODE_ROWS.batch) ?? []);
  damage ??= lost;
  if (numbers.kept.length === 0 && byKind.size > 0)
    damage ??= 'the numbers of all batches are missing';
  const nextSpace = readNextSpace(byKind.get(NODE_ROWS.nextSpace)?.[0]);
  if (nextSpace === null) damage ??= 'the counter of spaces is damaged';
  const replicas = [];
  for (const row of byKind.get(NODE_ROWS.replica) ?? []) {
    const counts = (byKind.get(NODE_ROWS.counts) ?? []).find((of) => of.number === row.number);
    const replica = readReplicaRows(row, counts);
    if (typeof replica === 'string') damage ??= replica;
    else replicas.push(replica);
  }
  return { replicas, nextSpace: nextSpace ?? 1, numbers, damage };
}

function readNextSpace(row: NodeRow | undefined): number | null {
  if (row === undefined) return 1;
  const value = decodeRow(row.key, row.stored);
  return value === null || value.length !== 7 ? null : getUint56(value, 0);
}

function readReplicaRows(row: NodeRow, packed: NodeRow | undefined) {
  const bytes = decodeRow(row.key, row.stored);
  if (bytes === null) return `the descriptor of shard ${row.number} fails its check`;
  const payload = packed === undefined ? null : decodeRow(packed.key, packed.stored);
  const counts = payload === null ? null : decodeCounts(payload);
  if (counts === null) return `the counts of shard ${row.number} are missing or fail their check`;
  try {
    return { descriptor: decodeDescriptor(bytes), counts };
  } catch (error) {
    if (error instanceof RkvError) return error.message;
    throw error;
  }
}
