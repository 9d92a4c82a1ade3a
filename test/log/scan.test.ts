/**
 * Damage to a log at rest: what a start does when bytes are cut, flipped, zeroed, swapped or put
 * back from elsewhere. It opens with what was written, or refuses and names the file; never
 * anything between.
 */
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import { LogCorruption, LogMismatch } from '../../src/log/errors.js';
import { FRAME_HEADER } from '../../src/log/frame.js';
import { scanLog } from '../../src/log/scan.js';
import { SEGMENT_HEADER, segmentName } from '../../src/log/segment.js';
import { CrashFs } from './support/crash-fs.js';
import {
  append,
  contents,
  DIR,
  entry,
  floorRecord,
  hardState,
  type Opened,
  openOn,
  snapshot,
  ticking,
  tombstone,
  written,
} from './support/harness.js';

const OPTIONS = { segmentBytes: 4096 };
const file = (number: number): string => `${DIR}/${segmentName(number)}`;

/** A log of one segment, its content after each of its frames, and where they lie. */
let disk: CrashFs;
const states: unknown[] = [];
const frames: { offset: number; end: number }[] = [];

async function reopened(files: CrashFs): Promise<{ opened: Opened; holds: unknown }> {
  const opened = await openOn(files, OPTIONS);
  return { opened, holds: await ticking(opened.clock, contents(opened.log)) };
}

async function framesOf(files: CrashFs, number: number): Promise<typeof frames> {
  const found: typeof frames = [];
  await scanLog(files, [number], file, null, (_, { offset, payload }) => {
    found.push({ offset, end: offset + FRAME_HEADER + payload.length });
  });
  return found;
}

beforeAll(async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, OPTIONS);
  const remember = async () => {
    const copy = await reopened(files.clone());
    states.push(copy.holds);
    await ticking(copy.opened.clock, copy.opened.log.close());
  };
  const write = async (...records: Parameters<typeof written>[1]) => {
    await ticking(clock, written(log, records));
    await remember();
  };
  await remember();
  await write(floorRecord(1, 10, 5), hardState(1, 5, 10));
  for (let i = 11; i < 24; i++) await write(append(1, [entry(i, 6, `value ${i} `.repeat(i % 4))]));
  await write(append(1, [entry(20, 7, 'again'), entry(21, 7, '')]), hardState(1, 7, 19));
  await write(append(2, [entry(1, 1, 'second group')], 3));
  await write(snapshot(2, 40, 2, false, 3));
  await write(tombstone(3, 9));
  await write(append(1, [entry(22, 7, 'the last one')]));
  disk = files.clone();
  disk.remove(`${DIR}/next.spare`);
  frames.push(...(await framesOf(disk, 1)));
  expect(frames.length + 1).toBe(states.length);
}, 60_000);

/** How many frames lie wholly before `offset`. */
const framesBefore = (offset: number): number => frames.filter(({ end }) => end <= offset).length;

test('cut at every byte: what lay in whole frames before the cut is there', async () => {
  const whole = disk.bytes(file(1));
  const from = frames.at(-20)?.offset ?? SEGMENT_HEADER;
  const to = (frames.at(-1)?.end ?? 0) + 4;
  for (let cut = from; cut <= to; cut++) {
    for (const zeros of [0, 700]) {
      const files = disk.clone();
      files.put(file(1), Buffer.concat([whole.subarray(0, cut), Buffer.alloc(zeros)]));
      const { opened, holds } = await reopened(files);
      const kept = zeros > 0 ? skipZeros(whole, cut) : cut;
      const count = framesBefore(kept);
      expect(holds, `cut at ${cut}`).toEqual(states[count]);
      const behind = whole.subarray(frames[count - 1]?.end ?? SEGMENT_HEADER, cut);
      const clean = behind.every((byte) => byte === 0);
      expect(opened.log.restored.tornTail === null, `cut at ${cut}`).toBe(clean);
      await ticking(opened.clock, opened.log.close());
    }
  }
}, 120_000);

/** Zeros put behind a cut may be the very bytes that were cut. */
function skipZeros(bytes: Buffer, from: number): number {
  let at = from;
  while (bytes[at] === 0) at += 1;
  return at;
}

test('a torn tail is cut for good: the next start finds nothing of it', async () => {
  const files = disk.clone();
  const last = frames.at(-1);
  files.put(file(1), disk.bytes(file(1)).subarray(0, (last?.end ?? 0) - 3));
  const first = await reopened(files);
  expect(first.opened.log.restored.tornTail).toEqual({
    segment: segmentName(1),
    offset: last?.offset,
  });
  expect(first.opened.lines.join()).toContain('torn tail cut');
  await ticking(first.opened.clock, first.opened.log.close());
  const second = await reopened(files);
  expect(second.opened.log.restored.tornTail).toBeNull();
  expect(second.holds).toEqual(first.holds);
});

test('any flipped bit is refused, or cut when it is in the last frame or behind it', async () => {
  const bytes = disk.bytes(file(1));
  const last = frames.at(-1);
  const end = (last?.end ?? 0) + 40;
  for (let bit = 0; bit < end * 8; bit += 1 + (bit % 3)) {
    const files = disk.clone();
    const bad = Buffer.from(bytes);
    bad[bit >> 3] = (bad[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    files.put(file(1), bad);
    const at = bit >> 3;
    if (at < (last?.offset ?? 0)) {
      const opening = openOn(files, OPTIONS);
      await expect(opening, `byte ${at}`).rejects.toBeInstanceOf(LogCorruption);
      await expect(opening).rejects.toMatchObject({ file: file(1) });
    } else {
      const { holds, opened } = await reopened(files);
      const expected = at < (last?.end ?? 0) ? states.at(-2) : states.at(-1);
      expect(holds, `byte ${at}`).toEqual(expected);
      expect(opened.log.restored.tornTail).not.toBeNull();
    }
  }
}, 120_000);

test('the refusal names the offset of the bad frame', async () => {
  const files = disk.clone();
  const bad = disk.bytes(file(1));
  const { offset } = frames[7] ?? { offset: 0 };
  bad[offset + FRAME_HEADER] = (bad[offset + FRAME_HEADER] ?? 0) ^ 1;
  files.put(file(1), bad);
  await expect(openOn(files, OPTIONS)).rejects.toMatchObject({ file: file(1), offset });
});

test('sectors of the un-synced last frame kept or lost in any pattern: cut, or whole', async () => {
  const first = new CrashFs();
  const { log, clock } = await openOn(first, { segmentBytes: 32_768 });
  await ticking(clock, written(log, [append(1, [entry(1, 1, 'kept')])]));
  await ticking(clock, written(log, [append(1, [entry(2, 1, 'x'.repeat(9000))])]));
  const whole = first.bytes(file(1));
  const [, big] = await framesOf(first, 1);
  const sectors = 1 + Math.floor((big?.end ?? 0) / 512);
  const what = fc.array(fc.constantFrom('keep', 'zero', 'garbage'), {
    minLength: sectors,
    maxLength: sectors,
  });
  await fc.assert(
    fc.asyncProperty(what, async (pattern) => {
      const bytes = Buffer.from(whole);
      pattern.forEach((how, i) => {
        const from = Math.max(i * 512, big?.offset ?? 0);
        const to = Math.min((i + 1) * 512, big?.end ?? 0);
        if (from < to && how !== 'keep') bytes.fill(how === 'zero' ? 0 : 0xa5, from, to);
      });
      const files = first.clone();
      files.put(file(1), bytes);
      const opened = await openOn(files, { segmentBytes: 32_768 });
      const group = [...opened.log.restored.groups.values()][0];
      expect(group?.entries.length).toBe(bytes.equals(whole) ? 2 : 1);
    }),
    { numRuns: 30 },
  );
});

test('a good frame copied to another place is refused as what belongs there', async () => {
  const bytes = disk.bytes(file(1));
  const [, one, two] = frames;
  const copy = bytes.subarray(one?.offset, one?.end);
  const files = disk.clone();
  const moved = Buffer.from(bytes);
  copy.copy(moved, two?.offset);
  files.put(file(1), moved);
  await expect(openOn(files, OPTIONS)).rejects.toBeInstanceOf(LogCorruption);
  const behind = Buffer.from(bytes);
  copy.copy(behind, frames.at(-1)?.end);
  files.put(file(1), behind);
  const { holds } = await reopened(files);
  expect(holds).toEqual(states.at(-1));
});

test('frames of another segment, or of an older copy of this one, are no frames here', async () => {
  const other = new CrashFs();
  const { log, clock } = await openOn(other, OPTIONS);
  for (let i = 1; i < 4; i++) await ticking(clock, written(log, [append(1, [entry(i, 1, 'own')])]));
  const theirs = other.bytes(file(1));
  const files = disk.clone();
  const mixed = disk.bytes(file(1));
  const at = frames.at(-1)?.offset ?? 0;
  theirs.copy(mixed, at, at);
  theirs.copy(mixed, at, SEGMENT_HEADER, SEGMENT_HEADER + 300);
  files.put(file(1), mixed);
  const { holds } = await reopened(files);
  expect(holds).toEqual(states.at(-2));
});

test('a missing, swapped or foreign segment is refused', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, { segmentBytes: 1024 });
  for (let i = 1; i < 40; i++) {
    await ticking(clock, written(log, [append(1, [entry(i, 1, 'y'.repeat(90))])]));
  }
  await ticking(clock, log.close());
  const lost = files.clone();
  lost.remove(file(2));
  await expect(openOn(lost)).rejects.toThrow('segment 2 is missing');
  const gap = files.clone();
  gap.remove(file(1));
  await expect(openOn(gap)).rejects.toThrow('group 1 lacks entry 1');
  const swapped = files.clone();
  swapped.put(file(2), files.bytes(file(3)));
  await expect(openOn(swapped)).rejects.toBeInstanceOf(LogCorruption);
  const foreign = files.clone();
  await expect(openOn(foreign, { clusterId: 'other' })).rejects.toBeInstanceOf(LogMismatch);
  await expect(openOn(foreign, { nodeId: 2 })).rejects.toBeInstanceOf(LogMismatch);
  expect(foreign.trail.filter((it) => /^(truncate|write|rename)/.test(it))).toEqual([]);
});

test('a bad byte in an old segment is corruption even behind its last frame', async () => {
  const files = new CrashFs();
  const { log, clock } = await openOn(files, { segmentBytes: 1024 });
  for (let i = 1; i < 20; i++) {
    await ticking(clock, written(log, [append(1, [entry(i, 1, 'y'.repeat(90))])]));
  }
  const bytes = files.bytes(file(1));
  bytes[bytes.length - 1] = 1;
  files.put(file(1), bytes);
  await expect(openOn(files.clone())).rejects.toBeInstanceOf(LogCorruption);
});
