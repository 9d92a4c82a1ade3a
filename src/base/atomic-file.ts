/**
 * Whole-file replacement that survives a crash: written beside, synced, renamed, directory synced.
 * A reader sees the old bytes or the new ones, never a mixture.
 */
import { open, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Replaces `path` by `text`, mode 0600. Durable when it resolves. */
export async function replaceFile(path: string, text: string): Promise<void> {
  const draft = `${path}.tmp`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  await syncDirectory(dirname(path));
}

/** Makes created, renamed and removed names of a directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
