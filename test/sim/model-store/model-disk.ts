/**
 * A model of LevelDB on a disk, for the simulator: what of a store is where when a process dies or
 * the power goes.
 *
 *   createModelDisk(prng, later, options?): ModelDisk      lives as long as the simulated machine
 *   disk.open(): OrderedStore         throws StoreOpenFailed while another handle is open
 *   disk.crashProcess()               open handles never answer again; what the system had taken of
 *                                     the batches on their way stays, in their order
 *   disk.cutPower()                   the same, and any of the un-synced batches is lost, also one
 *                                     that stands before a synced one
 *   disk.rot(key), disk.rotAny()      a row's value is damaged until it is written again
 *   disk.misread                      what reads give of a sound row instead of its value
 *   disk.loseRecord()                 a synced batch in LevelDB's log is damaged: the next open
 *                                     drops it in silence
 *   disk.failWrites(code | null)      writes fail with this code (ENOSPC, EIO …)
 *   disk.hang(true | false)           writes do not end while it hangs
 *
 * `later(run)` calls `run` once, at a time of its own choice; batches still complete in order. The
 * random numbers are drawn from `prng` alone, so the same calls give the same disk.
 *
 * Like LevelDB: a batch goes into the newest log; a sync covers that log alone; a full log is
 * closed without a sync, and is safe when its table is written, which is when the log after it is
 * full.
 * `write({ sync: false })` is for stores that are wrong on purpose.
 */
import { type ByteKey, toByteKey } from '../../../src/base/bytes.js';
import type { Prng } from '../../../src/base/prng.js';
import { StoreFailed, StoreOpenFailed } from '../../../src/engine/errors.js';
import type { OrderedStore } from '../../../src/machine/ports.js';
import { ModelStore } from './model-store.js';
import { type Change, Rows } from './rows.js';

export type Later = (run: () => void) => void;

export interface ModelDiskOptions {
  /** Batches that one log of LevelDB holds. */
  readonly batchesPerLog?: number;
}

/** How often each thing happened, for the coverage of a run. */
export interface ModelDiskCounts {
  batches: number;
  /** Un-synced batches that a power cut took, and those of them before one that stayed. */
  lost: number;
  lostBeforeKept: number;
  /** On their way at a crash and found afterwards. */
  keptUnanswered: number;
  rottenRows: number;
  lostRecords: number;
}

/** One batch in LevelDB's logs. */
interface LoggedBatch {
  readonly changes: readonly Change[];
  readonly log: number;
  synced: boolean;
}

/** A batch whose writer waits. */
export interface PendingWrite {
  readonly changes: readonly Change[];
  readonly sync: boolean;
  done(error: StoreFailed | null): void;
}

const BATCHES_PER_LOG = 16;

export class ModelDisk {
  readonly counts: ModelDiskCounts = {
    batches: 0,
    lost: 0,
    lostBeforeKept: 0,
    keptUnanswered: 0,
    rottenRows: 0,
    lostRecords: 0,
  };
  /** Gives other bytes in place of a row's value, or null; the row itself stays sound. */
  misread: ((key: ByteKey, value: Buffer) => Buffer | null) | null = null;
  /** Hears of every batch that readers see from now on. */
  onBatch: ((changes: readonly Change[]) => void) | null = null;
  readonly prng: Prng;
  readonly #later: Later;
  /** Batches that one log of LevelDB holds. */
  batchesPerLog: number;
  /** What lies in tables. */
  readonly #tables = new Map<ByteKey, Buffer>();
  /** What lies in the newest log and the one before it. */
  #logs: LoggedBatch[] = [];
  #log = 0;
  #batchesInLog = 0;
  #pending: PendingWrite[] = [];
  #held = 0;
  #hanging = false;
  #failure: string | null = null;
  #store: ModelStore | null = null;

  constructor(prng: Prng, later: Later, options: ModelDiskOptions) {
    this.prng = prng;
    this.#later = later;
    this.batchesPerLog = options.batchesPerLog ?? BATCHES_PER_LOG;
  }

  /** What was in the logs goes into tables, synced, as LevelDB does when it opens. */
  open(): OrderedStore {
    if (this.#store !== null) {
      const locked = Object.assign(new Error('lock: already held by process'), {
        code: 'LEVEL_LOCKED',
      });
      throw new StoreOpenFailed('the model disk', locked);
    }
    for (const batch of this.#logs) this.#fold(batch);
    this.#logs = [];
    const store = new ModelStore(this, new Rows(this.#tables));
    this.#store = store;
    return store;
  }

  /** The handle was closed in good order. */
  closed(): void {
    this.#store = null;
  }

  later(run: () => void): void {
    this.#later(run);
  }

  crashProcess(): void {
    const taken = this.#pending.length === 0 ? 0 : this.prng.below(this.#pending.length + 1);
    this.counts.keptUnanswered += taken;
    for (const write of this.#pending.slice(0, taken)) this.#append(write.changes, false);
    this.#die();
  }

  cutPower(): void {
    for (const write of this.#pending) {
      this.#append(write.changes, false);
      this.counts.keptUnanswered += 1;
    }
    this.#die();
    const kept: LoggedBatch[] = [];
    let lost = 0;
    for (const batch of this.#logs) {
      if (!batch.synced && this.prng.below(2) === 0) lost += 1;
      else {
        this.counts.lostBeforeKept += lost;
        this.counts.lost += lost;
        lost = 0;
        kept.push(batch);
      }
    }
    this.counts.lost += lost;
    this.#logs = kept;
  }

  #die(): void {
    this.#pending = [];
    this.#held = 0;
    this.#store?.die();
    this.#store = null;
  }

  /** Damages a row's value as it is read from now on; false when there is nothing to damage. */
  rot(key: Uint8Array): boolean {
    const name = toByteKey(key);
    const place = this.prng.below(1 << 30);
    const spoil = (value: Buffer): Buffer => {
      const spoiled = Buffer.from(value);
      const bit = place % (8 * spoiled.length || 1);
      if (spoiled.length > 0) spoiled[bit >> 3] = (spoiled[bit >> 3] as number) ^ (1 << (bit & 7));
      return spoiled;
    };
    let found = this.#store?.rows.replace(name, spoil) ?? false;
    const stored = this.#tables.get(name);
    if (stored !== undefined) this.#tables.set(name, spoil(stored));
    this.#logs = this.#logs.map((batch) => {
      if (!batch.changes.some(([at, value]) => at === name && value !== null)) return batch;
      found ||= this.#store === null;
      const changes = batch.changes.map(
        ([at, value]): Change => [at, at === name && value !== null ? spoil(value) : value],
      );
      return { ...batch, changes };
    });
    found ||= this.#store === null && stored !== undefined;
    if (found) this.counts.rottenRows += 1;
    return found;
  }

  /** Damages a row drawn at random and says which; null when there is none. */
  rotAny(wanted: (key: ByteKey) => boolean = () => true): ByteKey | null {
    const rows = this.#store?.rows ?? new Rows(this.#contents());
    const keys = rows.spoilable().filter(wanted);
    if (keys.length === 0) return null;
    const key = keys[this.prng.below(keys.length)] as ByteKey;
    return this.rot(Buffer.from(key, 'latin1')) ? key : null;
  }

  /** Between two lives: one synced batch of the logs is not there at the next open. */
  loseRecord(): boolean {
    if (this.#store !== null || this.#logs.length === 0) return false;
    this.#logs.splice(this.prng.below(this.#logs.length), 1);
    this.counts.lostRecords += 1;
    return true;
  }

  failWrites(code: string | null): void {
    this.#failure = code;
  }

  hang(hanging: boolean): void {
    this.#hanging = hanging;
    if (hanging) return;
    const held = this.#held;
    this.#held = 0;
    for (let i = 0; i < held; i += 1) this.#schedule();
  }

  get writesOnTheWay(): number {
    return this.#pending.length;
  }

  submit(write: PendingWrite): void {
    this.#pending.push(write);
    this.#schedule();
  }

  /** Whichever call comes first, the oldest write ends first. */
  #schedule(): void {
    const store = this.#store;
    this.later(() => {
      if (this.#store !== store || store === null) return;
      if (this.#hanging) this.#held += 1;
      else this.#complete(store);
    });
  }

  #complete(store: ModelStore): void {
    const write = this.#pending.shift();
    if (write === undefined) return;
    if (this.#failure !== null) {
      const cause = Object.assign(new Error(this.#failure), { code: this.#failure });
      write.done(new StoreFailed('write', cause));
      return;
    }
    this.#append(write.changes, write.sync);
    store.rows.apply(write.changes);
    this.onBatch?.(write.changes);
    write.done(null);
  }

  #append(changes: readonly Change[], sync: boolean): void {
    this.counts.batches += 1;
    if (this.#batchesInLog >= this.batchesPerLog) this.#newLog();
    this.#batchesInLog += 1;
    this.#logs.push({ changes, log: this.#log, synced: false });
    if (!sync) return;
    for (const batch of this.#logs) if (batch.log === this.#log) batch.synced = true;
  }

  #newLog(): void {
    for (const batch of this.#logs) if (batch.log < this.#log) this.#fold(batch);
    this.#logs = this.#logs.filter((batch) => batch.log >= this.#log);
    this.#log += 1;
    this.#batchesInLog = 0;
  }

  #fold(batch: LoggedBatch): void {
    for (const [key, value] of batch.changes) {
      if (value === null) this.#tables.delete(key);
      else this.#tables.set(key, value);
    }
  }

  #contents(): Map<ByteKey, Buffer> {
    const contents = new Map(this.#tables);
    for (const { changes } of this.#logs) {
      for (const [key, value] of changes) {
        if (value === null) contents.delete(key);
        else contents.set(key, value);
      }
    }
    return contents;
  }

  /** All rows, as readers of an open handle see them now. */
  *rowsNow(): Generator<readonly [ByteKey, Buffer]> {
    if (this.#store !== null) yield* this.#store.rows.all();
    else yield* this.#contents();
  }

  *keysNow(): Generator<ByteKey> {
    for (const [key] of this.rowsNow()) yield key;
  }

  /** Bytes in tables alone, as LevelDB counts. */
  bytesInTables(gte: ByteKey, lt: ByteKey): number {
    let bytes = 0;
    for (const [key, value] of this.#tables) {
      if (key >= gte && key < lt) bytes += key.length + value.length;
    }
    return bytes;
  }
}

export const createModelDisk = (
  prng: Prng,
  later: Later,
  options: ModelDiskOptions = {},
): ModelDisk => new ModelDisk(prng, later, options);
