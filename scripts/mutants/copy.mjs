/** Copies of the tree to break: what tests and the simulator need, in a folder of its own. */
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const COPIED = ['src', 'commands', 'bin', 'test', 'scripts', 'configs', 'proto'];
const FILES = ['package.json', 'tsconfig.json', 'vitest.config.ts'];

/** Makes a copy; its modules are this tree's own. */
export async function makeCopy() {
  const copy = await mkdtemp(join(tmpdir(), 'rkv-mutant-'));
  for (const name of [...COPIED, ...FILES]) {
    await cp(join(ROOT, name), join(copy, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  return copy;
}

export const removeCopy = (copy) => rm(copy, { recursive: true, force: true });

/** Replaces each text, which must be there exactly once. */
export async function applyEdits(copy, edits) {
  for (const { file, find, replace } of edits) {
    const path = join(copy, file);
    const text = await readFile(path, 'utf8');
    const count = text.split(find).length - 1;
    if (count !== 1) {
      throw new Error(`${file} holds the text to replace ${count} times:\n${find}`);
    }
    await writeFile(
      path,
      text.replace(find, () => replace),
    );
  }
}
