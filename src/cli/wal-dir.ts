/** The directory that the `wal` commands read: a log's own, or a data directory that holds one. */
import { readdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { lockHolder } from '../base/lockfile.js';
import { RkvError } from '../kv/errors.js';

/** Rejects with USAGE (no such directory, no log in it), IN_USE (its node runs and writes). */
export async function mustWalDir(word: string): Promise<string> {
  const dir = resolve(word);
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    throw new RkvError('USAGE', `cannot read the directory ${word}: ${error.code}`);
  });
  const inside = names.includes('wal');
  const wal = inside ? join(dir, 'wal') : dir;
  const files = inside ? await readdir(wal) : names;
  if (!files.some((name) => name.endsWith('.wal'))) {
    throw new RkvError('USAGE', `there is no log in ${word}`, {
      hint: "a node's data directory, or the wal folder in it",
    });
  }
  const holder = await lockHolder(join(inside ? dir : dirname(dir), 'LOCK'));
  if (holder === null) return wal;
  throw new RkvError('IN_USE', `the node of ${word} is running as process ${holder.pid}`);
}
