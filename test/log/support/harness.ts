/** Opening logs on a CrashFs, a clock to turn by hand, and short ways to write records. */
import type { Clock, Timer } from '../../../src/base/clock.js';
import type {
  EpochMs,
  GroupId,
  LogIndex,
  MonoMs,
  ReplicaId,
  SpaceId,
  Term,
} from '../../../src/base/ids.js';
import type { LogError } from '../../../src/log/errors.js';
import { openFileLog } from '../../../src/log/file-log.js';
import type { CompleteLog, FileLogOptions } from '../../../src/log/options.js';
import type { LogEntry, LogRecord } from '../../../src/replica/ports.js';
import type { CrashFs } from './crash-fs.js';

export const DIR = '/wal';

export class HandClock implements Clock {
  #now = 1000;
  #timers = new Set<{ at: number; run: () => void }>();

  monotonic(): MonoMs {
    return this.#now as MonoMs;
  }

  wall(): EpochMs {
    return this.#now as EpochMs;
  }

  after(ms: number, run: () => void): Timer {
    const timer = { at: this.#now + ms, run };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  endOfTurn(run: () => void): void {
    setImmediate(run);
  }

  advance(ms: number): void {
    this.#now += ms;
    for (const timer of [...this.#timers].sort((a, b) => a.at - b.at)) {
      if (timer.at > this.#now || !this.#timers.delete(timer)) continue;
      timer.run();
    }
  }

  get waiting(): number {
    return this.#timers.size;
  }
}

export interface Opened {
  readonly log: CompleteLog;
  readonly clock: HandClock;
  readonly fatal: LogError[];
  readonly lines: string[];
  readonly files: CrashFs;
}

export async function openOn(files: CrashFs, more: Partial<FileLogOptions> = {}): Promise<Opened> {
  const clock = new HandClock();
  const fatal: LogError[] = [];
  const lines: string[] = [];
  const opening = openFileLog({
    dir: DIR,
    clusterId: 'cluster-a',
    nodeId: 1,
    clock,
    segmentBytes: 64 * 1024,
    onFatal: (error) => fatal.push(error),
    logger: (line) => lines.push(line),
    files,
    ...more,
  });
  return { log: await ticking(clock, opening, () => !files.dead), clock, fatal, lines, files };
}

/** Lets time pass while something is awaited that may need timers; rejects when its disk dies. */
export async function ticking<T>(
  clock: HandClock,
  awaited: Promise<T>,
  alive: () => boolean = () => true,
): Promise<T> {
  let settled = false;
  const mark = () => {
    settled = true;
  };
  awaited.then(mark, mark);
  for (let turn = 0; !settled; turn++) {
    if (!alive()) throw new Error('the disk is dead');
    if (turn > 100_000) throw new Error('nothing happens any more');
    await turnOfLoop();
    if (turn % 4 === 3) clock.advance(5);
  }
  return awaited;
}

export const turnOfLoop = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

export async function until(condition: () => boolean, clock?: HandClock): Promise<void> {
  for (let turn = 0; !condition(); turn++) {
    if (turn > 100_000) throw new Error(`never came true: ${condition}`);
    await turnOfLoop();
    if (clock !== undefined && turn % 4 === 3) clock.advance(5);
  }
}

export const G = (group: number): GroupId => group as GroupId;
export const R = (replica: number): ReplicaId => replica as ReplicaId;
export const I = (index: number): LogIndex => index as LogIndex;
export const T = (term: number): Term => term as Term;

export const entry = (index: number, term: number, text: string): LogEntry => ({
  index: I(index),
  term: T(term),
  kind: text === '' ? 'noop' : 'normal',
  bytes: Buffer.from(text),
});

export const append = (group: number, entries: readonly LogEntry[], replica = 1): LogRecord => ({
  kind: 'append',
  group: G(group),
  replica: R(replica),
  entries,
});

export const hardState = (group: number, term: number, commit: number, replica = 1): LogRecord => ({
  kind: 'hard-state',
  group: G(group),
  replica: R(replica),
  state: { term: T(term), vote: R(replica), commit: I(commit) },
});

export const floorRecord = (
  group: number,
  index: number,
  term: number,
  replica = 1,
): LogRecord => ({
  kind: 'floor',
  group: G(group),
  replica: R(replica),
  index: I(index),
  term: T(term),
});

export const snapshot = (
  group: number,
  index: number,
  term: number,
  keepsAbove: boolean,
  replica = 1,
): LogRecord => ({
  kind: 'snapshot',
  group: G(group),
  replica: R(replica),
  index: I(index),
  term: T(term),
  space: 7 as SpaceId,
  keepsAbove,
  descriptor: Buffer.from(`descriptor ${index}`),
});

export const installed = (group: number, index: number, replica = 1): LogRecord => ({
  kind: 'installed',
  group: G(group),
  replica: R(replica),
  index: I(index),
});

export const tombstone = (group: number, replica: number): LogRecord => ({
  kind: 'tombstone',
  group: G(group),
  replica: R(replica),
});

type Writable = Pick<CompleteLog, 'write'>;

/** Writes and waits until it is durable. */
export const written = (log: Writable, records: readonly LogRecord[]): Promise<void> =>
  new Promise((resolve) => log.write(records, true, resolve));

/** All a log holds, as plain data to compare: per group its records and entry texts. */
export async function contents(log: CompleteLog): Promise<unknown> {
  const { groups, tombstones } = log.restored;
  const shown: Record<string, unknown> = {};
  for (const [group, it] of [...groups].sort((a, b) => a[0] - b[0])) {
    const { replica, hardState: hard, floor, entries, snapshot: snap } = it;
    const first = entries[0];
    const last = entries.at(-1);
    const read = first && last ? await log.entries(group, first.index, last.index, 1e9) : [];
    shown[group] = {
      replica,
      hard,
      floor: { ...floor },
      snapshot: snap === null ? null : { ...snap, descriptor: text(snap.descriptor) },
      entries: read?.map((one) => `${one.index}/${one.term}/${one.kind}/${text(one.bytes)}`),
    };
  }
  return { groups: shown, tombstones: [...tombstones].sort((a, b) => a[0] - b[0]) };
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();
