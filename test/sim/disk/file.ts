/**
 * One file of a simulated disk: what the page cache shows, what is durable, and the writes between
 * the two. When the power goes, any sectors of those writes are there, each on its own (torn
 * frames, reordered sectors: Pillai et al. 2014, "All file systems are not created equal").
 */
import type { Chance } from '../world/chance.js';

const SECTOR = 512;

export interface Unsynced {
  readonly position: number;
  readonly bytes: Buffer;
}

export class SimFile {
  /** As a reader sees it. */
  cache: Buffer;
  durable: Buffer;
  unsynced: Unsynced[] = [];

  constructor(bytes: Buffer) {
    this.cache = bytes;
    this.durable = Buffer.from(bytes);
  }

  write(position: number, bytes: Buffer): Unsynced {
    const write = { position, bytes };
    this.cache = overlay(this.cache, write);
    this.unsynced.push(write);
    return write;
  }

  /** These, and no others, have reached the disk. */
  settle(writes: readonly Unsynced[]): void {
    for (const write of writes) {
      const at = this.unsynced.indexOf(write);
      if (at < 0) continue;
      this.unsynced.splice(at, 1);
      this.durable = overlay(this.durable, write);
    }
  }

  /** A sync failed: the pages count as clean, the disk never gets them (fsyncgate, 2018). */
  forsake(): void {
    this.unsynced = [];
  }

  truncate(size: number): void {
    this.settle([...this.unsynced]);
    this.cache = Buffer.from(this.cache.subarray(0, size));
    this.durable = Buffer.from(this.durable.subarray(0, size));
  }

  /** The file as it is found after a power cut; `lost` counts sectors that are gone. */
  afterPowerCut(chance: Chance, lost: () => void): SimFile {
    let bytes = this.durable;
    for (const { position, bytes: written } of this.unsynced) {
      for (let at = 0; at < written.length; ) {
        const border = SECTOR * (1 + Math.floor((position + at) / SECTOR)) - position;
        const end = Math.min(written.length, border);
        const piece = { position: position + at, bytes: written.subarray(at, end) };
        if (chance.below(2) === 0) bytes = overlay(Buffer.from(bytes), piece);
        else lost();
        at = end;
      }
    }
    return new SimFile(Buffer.from(bytes));
  }
}

function overlay(bytes: Buffer, write: Unsynced): Buffer {
  const end = write.position + write.bytes.length;
  let into = bytes;
  if (end > bytes.length) {
    into = Buffer.alloc(end);
    bytes.copy(into);
  }
  write.bytes.copy(into, write.position);
  return into;
}
