/**
 * A lock file that dies with its process: it names the holder by pid and start time, so that a
 * holder that was killed, or whose pid another process has since, counts as gone. Node has no
 * flock.
 *
 * How a dead holder's lock changes hands without a race: (1) a file with the new holder's name is
 * written beside it; (2) `link` puts it in place only if nothing is there; (3) if a dead holder's
 * file is there, the right to replace it is itself such a lock (`LOCK.break`); (4) under that right
 * the file is read again, and only if it is still the dead holder's, `rename` replaces it. So no
 * two starters can both believe to have taken over, and a starter that dies in between is itself a
 * dead holder of `LOCK.break`.
 */
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

/** Who holds a lock: enough to tell this process from a later one with the same pid. */
export interface ProcessMark {
  readonly pid: number;
  /** Start time in the kernel's ticks since boot; null where the system does not tell. */
  readonly startTicks: number | null;
  /** Changes with each boot of the machine; null where the system does not tell. */
  readonly machineBoot: string | null;
}

export interface LockHeld {
  /** Removes the lock if it is still ours. */
  release(): Promise<void>;
}

export type LockResult =
  | { readonly kind: 'held'; readonly lock: LockHeld }
  | { readonly kind: 'in-use'; readonly holder: ProcessMark };

/** Crashes inside a takeover leave one more level each; more than this is no accident. */
const MAX_LEVELS = 4;
/**
 * Others may release or take over between our steps; each round saw progress by another process.
 */
const MAX_ROUNDS = 100;

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return null;
  }
}

/**
 * State and start time of a process, from /proc; null when there is no such process (or no /proc).
 */
function readStat(pid: number): { state: string; startTicks: number } | null {
  const text = readText(`/proc/${pid}/stat`);
  if (text === null) return null;
  // the command's name, in brackets, may itself contain brackets and spaces
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const startTicks = Number(fields[19]);
  return Number.isFinite(startTicks) ? { state: fields[0] ?? '', startTicks } : null;
}

const bootOfMachine = (): string | null =>
  readText('/proc/sys/kernel/random/boot_id')?.trim() ?? null;

/** The mark of a process that runs now. */
export function markOf(pid: number): ProcessMark {
  const startTicks = readStat(pid)?.startTicks ?? null;
  return { pid, startTicks, machineBoot: bootOfMachine() };
}

/** Whether the very process with this mark still runs. Where /proc is missing the pid must do. */
export function isAlive(mark: ProcessMark): boolean {
  const boot = bootOfMachine();
  if (boot !== null) {
    if (mark.machineBoot !== boot) return false;
    const stat = readStat(mark.pid);
    if (stat === null || stat.state === 'Z' || stat.state === 'X') return false;
    return mark.startTicks === null || stat.startTicks === mark.startTicks;
  }
  try {
    process.kill(mark.pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

export function parseMark(value: unknown): ProcessMark | null {
  if (typeof value !== 'object' || value === null) return null;
  const { pid, startTicks, machineBoot } = value as Record<string, unknown>;
  if (!Number.isSafeInteger(pid) || (pid as number) < 1) return null;
  return {
    pid: pid as number,
    startTicks: typeof startTicks === 'number' ? startTicks : null,
    machineBoot: typeof machineBoot === 'string' ? machineBoot : null,
  };
}

function parseHolder(text: string): ProcessMark | null {
  try {
    return parseMark(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Who holds the lock at `path` right now, without taking it; null: nobody. */
export async function lockHolder(path: string): Promise<ProcessMark | null> {
  const text = await readOrNull(path);
  const holder = text === null ? null : parseHolder(text);
  return holder !== null && isAlive(holder) ? holder : null;
}

/** Takes the lock at `path`, or says who holds it. Rejects on errors of the file system. */
export async function takeLock(path: string, level = 0): Promise<LockResult> {
  const mine = `${JSON.stringify({ ...markOf(process.pid), nonce: randomUUID() })}\n`;
  const draft = `${path}.${hostname()}.${process.pid}.${randomUUID().slice(0, 8)}`;
  try {
    await writeFile(draft, mine, { mode: 0o600, flag: 'wx' });
    for (let round = 0; round < MAX_ROUNDS; round += 1) {
      const outcome = await tryLock({ path, draft, mine, level });
      if (outcome !== null) return outcome;
    }
    throw new Error(`${path}: other processes keep taking and releasing this lock`);
  } finally {
    await rm(draft, { force: true });
  }
}

interface Attempt {
  readonly path: string;
  readonly draft: string;
  readonly mine: string;
  readonly level: number;
}

/** Null: something moved meanwhile, look again. */
async function tryLock(attempt: Attempt): Promise<LockResult | null> {
  const { path, draft, mine, level } = attempt;
  const done = await link(draft, path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
  const held: LockResult = { kind: 'held', lock: { release: () => release(path, mine) } };
  if (done) return held;

  const theirs = await readOrNull(path);
  if (theirs === null) return null;
  // `link` puts whole files in place only: what does not parse is no lock of ours, but a dead one
  const holder = parseHolder(theirs);
  if (holder !== null && isAlive(holder)) return { kind: 'in-use', holder };
  if (level >= MAX_LEVELS)
    throw new Error(`${path}: remains of too many crashed starts; remove it`);

  const right = await takeLock(`${path}.break`, level + 1);
  if (right.kind === 'in-use') return right;
  try {
    if ((await readOrNull(path)) !== theirs) return null;
    await rename(draft, path);
    return held;
  } finally {
    await right.lock.release();
  }
}

const readOrNull = (path: string): Promise<string | null> =>
  readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });

async function release(path: string, mine: string): Promise<void> {
  if ((await readOrNull(path)) === mine) await rm(path, { force: true });
}
