/**
 * A snapshot on its way: rows without their space, one after the other in key order, cut into
 * chunks of at most 1 MiB wherever that falls. A chunk carries its number and a CRC-32; a row
 * carries its own CRC as stored. What a chunk says of lengths is believed only up to the limits of
 * a row.
 */
import { crc32 } from '../../base/checksum.js';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../kv/limits.js';
import { getUint32, putUint32 } from './integers.js';

export const CHUNK_BYTES = 1024 * 1024;
export const CHUNK_VERSION = 1;

/** crc u32 over what follows, version u8, number u32 */
const CHUNK_HEADER_BYTES = 4 + 1 + 4;
/** key length u32, value length u32 */
const ROW_HEADER_BYTES = 8;
/**
 * An element's key has the user's key, at worst twice as long for its zeros, and the element's
 * name; then there are prefix, deadline or generation. Header and CRC stand beside the user's
 * value.
 */
const MAX_ROW_KEY = 3 * MAX_KEY_BYTES + 1024;
const MAX_ROW_VALUE = MAX_VALUE_BYTES + 64 * 1024;

export class ChunkWriter {
  private parts: Buffer[] = [];
  private gathered = 0;
  private number = 0;

  /** Adds a row (key from the bucket on); returns the chunks that are full now. */
  add(key: Buffer, value: Buffer): Buffer[] {
    const header = Buffer.allocUnsafe(ROW_HEADER_BYTES);
    putUint32(header, 0, key.length);
    putUint32(header, 4, value.length);
    this.parts.push(header, key, value);
    this.gathered += ROW_HEADER_BYTES + key.length + value.length;
    const full: Buffer[] = [];
    const room = CHUNK_BYTES - CHUNK_HEADER_BYTES;
    if (this.gathered < room) return full;
    let rest: Buffer = Buffer.concat(this.parts);
    while (rest.length >= room) {
      full.push(this.chunk(rest.subarray(0, room)));
      rest = rest.subarray(room);
    }
    this.parts = rest.length > 0 ? [rest] : [];
    this.gathered = rest.length;
    return full;
  }

  /** The last chunk; null when nothing is left. */
  end(): Buffer | null {
    if (this.gathered === 0) return null;
    const last = this.chunk(Buffer.concat(this.parts));
    this.parts = [];
    this.gathered = 0;
    return last;
  }

  get chunks(): number {
    return this.number;
  }

  private chunk(payload: Buffer): Buffer {
    const bytes = Buffer.allocUnsafe(CHUNK_HEADER_BYTES + payload.length);
    bytes[4] = CHUNK_VERSION;
    putUint32(bytes, 5, this.number++);
    bytes.set(payload, CHUNK_HEADER_BYTES);
    putUint32(bytes, 0, crc32(bytes.subarray(4)));
    return bytes;
  }
}

export interface ChunkRow {
  /** From the bucket on. */
  readonly key: Buffer;
  readonly value: Buffer;
}

export class ChunkReader {
  private rest: Buffer = Buffer.alloc(0);
  private number = 0;

  /** The rows that are whole with this chunk (own copies); a string says why it is refused. */
  add(bytes: Uint8Array): readonly ChunkRow[] | string {
    if (bytes.length <= CHUNK_HEADER_BYTES || bytes.length > CHUNK_BYTES) {
      return `a chunk of ${bytes.length} bytes`;
    }
    if (getUint32(bytes, 0) !== crc32(bytes.subarray(4))) return 'a chunk fails its check';
    if (bytes[4] !== CHUNK_VERSION) return `a chunk of unknown version ${bytes[4]}`;
    if (getUint32(bytes, 5) !== this.number) return `a chunk out of order: ${getUint32(bytes, 5)}`;
    this.number++;
    const all = Buffer.concat([this.rest, bytes.subarray(CHUNK_HEADER_BYTES)]);
    const rows: ChunkRow[] = [];
    let at = 0;
    while (all.length - at >= ROW_HEADER_BYTES) {
      const keyBytes = getUint32(all, at);
      const valueBytes = getUint32(all, at + 4);
      if (keyBytes < 3 || keyBytes > MAX_ROW_KEY || valueBytes > MAX_ROW_VALUE) {
        return `a row of ${keyBytes} and ${valueBytes} bytes`;
      }
      const valueAt = at + ROW_HEADER_BYTES + keyBytes;
      if (all.length < valueAt + valueBytes) break;
      rows.push({
        key: all.subarray(at + ROW_HEADER_BYTES, valueAt),
        value: all.subarray(valueAt, valueAt + valueBytes),
      });
      at = valueAt + valueBytes;
    }
    this.rest = all.subarray(at);
    return rows;
  }

  get chunks(): number {
    return this.number;
  }

  /** A row was begun and not ended. */
  get unfinished(): boolean {
    return this.rest.length > 0;
  }
}
