/**
 * The disk of one node: files that outlive its processes, and how badly the device behaves. What
 * was not synced is lost sector by sector when the power goes; a killed process leaves the page
 * cache behind. `files` is what one process sees of it.
 */
import type { LogFs } from '../../../src/log/fs.js';
import type { SpaceFs } from '../../../src/log/space.js';
import type { Coverage } from '../coverage.js';
import type { Chance } from '../world/chance.js';
import type { Process } from '../world/process.js';
import type { SimFile } from './file.js';
import { ProcessFiles } from './process-files.js';

export type Names = Map<string, SimFile>;
type NameChange = (names: Names) => void;

export interface DiskMood {
  /** Milliseconds of an operation, at least and at most. */
  fastMs: number;
  slowMs: number;
  /** Nothing completes while it hangs. */
  hangs: boolean;
  /** The next write or sync of a file in the log fails, for good. */
  fails: boolean;
  /** Writes are taken in part, so many times in a thousand. */
  shortWrites: number;
  /** Reads of closed log segments give a flipped bit, so many times in a thousand. */
  misreads: number;
  /** Free bytes as the system tells; null: plenty. None: nothing can be made longer. */
  freeBytes: number | null;
}

const PLENTY = 2 ** 40;

export class Disk {
  readonly mood: DiskMood = {
    fastMs: 0.1,
    slowMs: 0.4,
    hangs: false,
    fails: false,
    shortWrites: 0,
    misreads: 0,
    freeBytes: null,
  };
  /** Whether a write through a `durable` descriptor is a sync too; else `datasync` is. */
  durableWrites = true;
  /** Reads that gave other bytes than there are. */
  misreadsGiven = 0;
  readonly chance: Chance;
  readonly coverage: Coverage;
  names: Names = new Map();
  /** A file has got this name. */
  onNamed: (name: string) => void = () => undefined;
  #durableNames: Names = new Map();
  #nameChanges: NameChange[] = [];
  #hung: (() => void)[] = [];

  constructor(chance: Chance, coverage: Coverage) {
    this.chance = chance;
    this.coverage = coverage;
  }

  files(process: Process): LogFs & SpaceFs {
    return new ProcessFiles(this, process);
  }

  /** The device takes an operation; `done` runs in the process when it is complete. */
  submit(process: Process, kind: string, done: () => void): void {
    const { fastMs, slowMs } = this.mood;
    const start = (): void => {
      process.later(this.chance.between(fastMs, slowMs), kind, done);
    };
    if (this.mood.hangs) this.#hung.push(start);
    else start();
  }

  /** The device answers again. */
  unhang(): void {
    this.mood.hangs = false;
    const hung = this.#hung;
    this.#hung = [];
    for (const start of hung) start();
  }

  /** Not the newest: nothing behind its last frame would tell a bad frame from a torn one. */
  isClosedSegment(file: SimFile): boolean {
    const names = [...this.names.keys()].filter((name) => name.endsWith('.wal')).sort();
    return names.slice(0, -1).some((name) => this.names.get(name) === file);
  }

  get free(): number {
    return this.mood.freeBytes ?? PLENTY;
  }

  rename(change: NameChange): void {
    change(this.names);
    this.#nameChanges.push(change);
  }

  dirsync(): void {
    for (const change of this.#nameChanges) change(this.#durableNames);
    this.#nameChanges = [];
  }

  /** The power goes: any part of what was not synced is lost. */
  powerCut(): void {
    const names = new Map(this.#durableNames);
    const kept = this.chance.below(this.#nameChanges.length + 1);
    if (kept < this.#nameChanges.length) this.coverage.hit('disk: a rename is lost');
    for (const change of this.#nameChanges.slice(0, kept)) change(names);
    this.names = new Map();
    for (const [name, file] of names) {
      const lost = (): void => this.coverage.hit('disk: un-synced sectors are lost');
      this.names.set(name, file.afterPowerCut(this.chance, lost));
    }
    this.#durableNames = new Map(this.names);
    this.#nameChanges = [];
    this.#hung = [];
  }

  /** The process is gone, the page cache is not. */
  killed(): void {
    this.#hung = [];
  }

  /** Whether these bytes would survive a power cut now, in a file whose name ends so. */
  holdsDurably(bytes: Uint8Array, ending: string): boolean {
    const names = [...this.#durableNames.keys()].filter((name) => name.endsWith(ending)).sort();
    for (const name of names.reverse()) {
      const file = this.#durableNames.get(name);
      if (file?.durable.includes(Buffer.from(bytes))) return true;
    }
    return false;
  }
}
