/**
 * Watches the free space of the disk the node writes to, so that a full disk is met before it is
 * there. `low`: below the reserve, the node hands leadership away and refuses what makes data grow.
 * `critical`: below a quarter of it, it acknowledges no appends. Part of the reserve is a ballast
 * file, so that a start on a full disk can free room to work in.
 */
import fs from 'node:fs/promises';
import path from 'node:path';
import type { Clock, Timer } from '../base/clock.js';
import { systemCodeOf } from './errors.js';

export type SpaceLevel = 'ok' | 'low' | 'critical';

/** What is needed of the disk; the real one is below. */
export interface SpaceFs {
  /** Bytes an unprivileged process may still take. */
  freeBytes(dir: string): Promise<number>;
  /** Bytes of a file, 0 when there is none. */
  sizeOf(file: string): Promise<number>;
  /** Makes or completes a file of real, synced bytes. */
  fill(file: string, bytes: number): Promise<void>;
  remove(file: string): Promise<void>;
}

export interface SpaceOptions {
  readonly dir: string;
  /**
   * Below this the level is `low`, below a quarter of it `critical`. Default of the node: 256 MiB.
   */
  readonly reserveBytes: number;
  /** Of the ballast file, which counts as part of the reserve. Default of the node: 32 MiB. */
  readonly ballastBytes: number;
  readonly clock: Clock;
  readonly onChange: (level: SpaceLevel) => void;
  readonly logger?: (line: string) => void;
  readonly disk?: SpaceFs;
  /** Milliseconds between two looks; 1,000. */
  readonly everyMs?: number;
}

export interface SpaceWatch {
  readonly level: SpaceLevel;
  /** As of the last look; the ballast counts as free. */
  readonly freeBytes: number;
  /** Looks now; resolves with the level. A look that fails changes nothing. */
  check(): Promise<SpaceLevel>;
  /** Writes the ballast once the node is ready; without room for it, later looks try again. */
  holdBallast(): Promise<void>;
  /** Frees the ballast, for a start or a way out of a full disk. */
  dropBallast(): Promise<void>;
  stop(): void;
}

export const BALLAST_NAME = 'ballast';
/** How far above a bound free space must come back before the level does. */
const RECOVERY = 1.1;

/** Begins to look at once and then every `everyMs`. */
export async function watchSpace(options: SpaceOptions): Promise<SpaceWatch> {
  const watch = new Watch(options);
  await watch.begin();
  return watch;
}

class Watch implements SpaceWatch {
  readonly #options: SpaceOptions;
  readonly #disk: SpaceFs;
  readonly #ballast: string;
  level: SpaceLevel = 'ok';
  freeBytes = 0;
  #held = 0;
  #wantsBallast = false;
  #timer: Timer | null = null;
  #stopped = false;
  #told = false;

  constructor(options: SpaceOptions) {
    this.#options = options;
    this.#disk = options.disk ?? nodeSpaceFs;
    this.#ballast = path.join(options.dir, BALLAST_NAME);
  }

  async begin(): Promise<void> {
    this.#held = await this.#disk.sizeOf(this.#ballast);
    await this.check();
    this.#again();
  }

  async check(): Promise<SpaceLevel> {
    try {
      const free = await this.#disk.freeBytes(this.#options.dir);
      this.freeBytes = free + this.#held;
      this.#told = false;
    } catch (thrown) {
      if (!this.#told) this.#options.logger?.(`free space unknown: ${thrown}`);
      this.#told = true;
      return this.level;
    }
    const level = levelFor(this.freeBytes, this.#options.reserveBytes, this.level);
    if (level !== this.level && !this.#stopped) {
      this.level = level;
      this.#options.onChange(level);
    }
    if (this.#wantsBallast && level === 'ok') await this.#fillBallast();
    return this.level;
  }

  async holdBallast(): Promise<void> {
    this.#wantsBallast = true;
    await this.check();
  }

  async dropBallast(): Promise<void> {
    this.#wantsBallast = false;
    await this.#disk.remove(this.#ballast);
    this.#held = 0;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  async #fillBallast(): Promise<void> {
    const { ballastBytes, logger } = this.#options;
    if (this.#held >= ballastBytes) return;
    try {
      await this.#disk.fill(this.#ballast, ballastBytes);
      this.#held = ballastBytes;
    } catch (thrown) {
      await this.#disk.remove(this.#ballast);
      this.#held = 0;
      if (systemCodeOf(thrown) !== 'ENOSPC') logger?.(`no ballast: ${thrown}`);
    }
  }

  #again(): void {
    if (this.#stopped) return;
    this.#timer = this.#options.clock.after(this.#options.everyMs ?? 1000, () => {
      this.check().then(
        () => this.#again(),
        (thrown) => {
          this.#options.logger?.(`watching free space: ${thrown}`);
          this.#again();
        },
      );
    });
  }
}

/** A level is left upwards only with some room to spare, or it would flap. */
export function levelFor(free: number, reserve: number, now: SpaceLevel): SpaceLevel {
  const critical = reserve / 4;
  if (free < critical || (now === 'critical' && free < critical * RECOVERY)) return 'critical';
  if (free < reserve || (now !== 'ok' && free < reserve * RECOVERY)) return 'low';
  return 'ok';
}

const PIECE = Buffer.alloc(1 << 20);

export const nodeSpaceFs: SpaceFs = {
  async freeBytes(dir) {
    const { bavail, bsize } = await fs.statfs(dir);
    return bavail * bsize;
  },
  async sizeOf(file) {
    try {
      return (await fs.stat(file)).size;
    } catch (thrown) {
      if (systemCodeOf(thrown) === 'ENOENT') return 0;
      throw thrown;
    }
  },
  async fill(file, bytes) {
    const handle = await fs.open(file, 'w', 0o600);
    try {
      for (let at = 0; at < bytes; at += PIECE.length) {
        await handle.writeFile(PIECE.subarray(0, Math.min(PIECE.length, bytes - at)));
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
  remove: (file) => fs.rm(file, { force: true }),
};
