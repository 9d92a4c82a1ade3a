/**
 * File systems of their own on loop devices. What a node has not synced is in the page cache of its
 * file system and not in the image, so a copy of the image is the disk after a power cut.
 */
import { execFile } from 'node:child_process';
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export const run = promisify(execFile);

export class LoopDisk {
  #device = null;
  #cuts = 0;

  constructor(dir, name) {
    this.dir = dir;
    this.name = name;
    this.mountPoint = join(dir, name);
    this.image = join(dir, `${name}.img`);
  }

  static async create(dir, name, mebibytes = 192) {
    const disk = new LoopDisk(dir, name);
    await mkdir(disk.mountPoint);
    await writeFile(disk.image, '');
    await truncate(disk.image, mebibytes * 1024 * 1024);
    await run('mkfs.ext4', ['-q', '-F', disk.image]);
    await disk.mount();
    return disk;
  }

  async mount() {
    const { stdout } = await run('losetup', ['--find', '--show', this.image]);
    this.#device = stdout.trim();
    await run('mount', [this.#device, this.mountPoint]);
  }

  /** What is on the disk now, and nothing of the page cache; the node must be stopped. */
  async copy() {
    const copy = join(this.dir, `${this.name}-${++this.#cuts}.img`);
    await run('cp', ['--sparse=always', this.image, copy]);
    return copy;
  }

  /** Goes on with a copy: nobody may use the file system any more. */
  async replaceBy(copy) {
    await this.unmount();
    await run('rm', ['-f', this.image]);
    this.image = copy;
    await this.mount();
  }

  async unmount() {
    if (this.#device === null) return;
    const device = this.#device;
    this.#device = null;
    await run('umount', [this.mountPoint]).catch(() => run('umount', ['-l', this.mountPoint]));
    await run('losetup', ['-d', device]);
  }

  freeze = () => run('fsfreeze', ['-f', this.mountPoint]);
  thaw = () => run('fsfreeze', ['-u', this.mountPoint]);
}
