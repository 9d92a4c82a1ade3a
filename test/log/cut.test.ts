/**
 * The torn tail of a log that holds no good frame yet: nothing can be repeated in the next segment,
 * so only the cut tells a later start that the bytes were torn and not rotten.
 */
import { expect, test } from 'vitest';
import { CrashFs } from './support/crash-fs.js';
import { append, entry, G, openOn, written } from './support/harness.js';

/** A log whose very first frame was being written when the power went: some sectors of it. */
async function tornAtBirth(): Promise<CrashFs> {
  const files = new CrashFs();
  await openOn(files);
  const torn = files.clone();
  const segment = torn.names().find((name) => name.endsWith('.wal')) ?? '';
  const bytes = torn.bytes(segment);
  bytes.fill('a piece of a frame ', 512, 2048);
  torn.put(segment, bytes);
  return torn;
}

test('a start stopped before each of its steps can be done again, and what it then took stays', async () => {
  const torn = await tornAtBirth();
  const trial = torn.clone();
  const { log } = await openOn(trial);
  expect(log.restored.tornTail).not.toBeNull();
  for (let at = 0; at <= trial.trail.length; at++) {
    const files = torn.clone();
    let step = 0;
    files.faults = { stopBefore: () => step++ === at };
    await openOn(files).catch(() => {});
    const again = await openOn(files.powerCut(at));
    await written(again.log, [append(1, [entry(1, 1, 'kept')])]);
    const last = await openOn(again.files.powerCut(at));
    expect(last.log.restored.groups.get(G(1))?.entries.length, `before step ${at}`).toBe(1);
  }
});
