/** Every record comes back from a payload as it went in, whatever its numbers. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ByteReader, ByteWriter, MalformedRecord } from '../../src/log/bytes.js';
import { FrameQueue, type Item } from '../../src/log/queue.js';
import { type Decoded, decodePayload, metaBound, resumes } from '../../src/log/records.js';
import { type FrameRef, type MetaRecord, pendingRef } from '../../src/log/refs.js';
import { newHeader, segmentKey } from '../../src/log/segment.js';
import type { LogRecord } from '../../src/replica/ports.js';

const key = segmentKey(
  newHeader({ clusterId: 'c', nodeId: 1 }, { number: 1, firstSequence: 1, repeats: false }),
);
const frameRef = (): FrameRef => ({
  segment: { number: 1, path: '/wal/1', key },
  offset: 0,
  length: 0,
  sequence: 1,
  payload: null,
});

const safe = fc.oneof(
  fc.constantFrom(0, 1, 127, 128, 2 ** 31 - 1, 2 ** 31, 2 ** 32, Number.MAX_SAFE_INTEGER),
  fc.maxSafeNat(),
);
const positive = safe.map((value) => Math.max(1, value));
const small = fc.oneof(fc.constantFrom(0, 1, 0xffff_ffff), fc.nat());
const owner = { group: small, replica: positive };
const bytes = fc.uint8Array({ maxLength: 300 }).map((it) => Buffer.from(it));

const record = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    ...owner,
    first: fc.integer({ min: 1, max: 2 ** 50 }),
    list: fc.array(
      fc.record({ term: safe, kind: fc.constantFrom('noop', 'normal', 'config'), bytes }),
      { minLength: 1, maxLength: 5 },
    ),
  }),
  fc.record({
    kind: fc.constant('hard-state' as const),
    ...owner,
    state: fc.record({ term: safe, vote: fc.option(positive), commit: safe }),
  }),
  fc.record({ kind: fc.constant('floor' as const), ...owner, index: safe, term: safe }),
  fc.record({
    kind: fc.constant('snapshot' as const),
    ...owner,
    index: safe,
    term: safe,
    space: small.map((value) => Math.max(1, value)),
    keepsAbove: fc.boolean(),
    descriptor: bytes,
  }),
  fc.record({ kind: fc.constant('installed' as const), ...owner, index: safe }),
  fc.record({ kind: fc.constant('tombstone' as const), ...owner }),
);
type Drawn = typeof record extends fc.Arbitrary<infer T> ? T : never;

/** The drawn numbers as the branded record they stand for. */
function asRecord(drawn: Drawn): LogRecord {
  if (drawn.kind !== 'append') return drawn as unknown as LogRecord;
  const { kind, group, replica, first, list } = drawn;
  const entries = list.map((it, i) => ({ ...it, index: first + i }));
  return { kind, group, replica, entries } as unknown as LogRecord;
}

const asItem = (it: LogRecord): Item =>
  it.kind === 'append'
    ? { kind: 'append', owner: it, refs: it.entries.map(pendingRef) }
    : { kind: 'meta', ref: { record: it, carried: false, frame: null } };

/** Payloads of all frames the units need. */
function frames(units: readonly (readonly LogRecord[])[], maxPayload: number): Buffer[] {
  const queue = new FrameQueue(maxPayload);
  for (const records of units) queue.push({ items: records.map(asItem), onDurable: null });
  const payloads: Buffer[] = [];
  while (!queue.empty) {
    const room = queue.nextRoom();
    const out = new ByteWriter(Buffer.alloc(room + 1000), 0);
    queue.fill({ out, start: 0, room, frame: frameRef() }, []);
    expect(out.at).toBeLessThanOrEqual(room);
    payloads.push(out.buffer.subarray(0, out.at));
  }
  expect(queue.bytes).toBe(0);
  return payloads;
}

/** Units as a replay would see them, appends that were split joined again. */
function decodeUnits(payloads: readonly Buffer[]): LogRecord[][] {
  const units: LogRecord[][] = [];
  let unit: LogRecord[] = [];
  for (const payload of payloads) {
    expect(resumes(payload)).toBe(unit.length > 0);
    decodePayload(payload, (it, last) => {
      join(unit, it, payload);
      if (last) units.push(unit);
      if (last) unit = [];
    });
  }
  expect(unit).toEqual([]);
  return units;
}

function join(unit: LogRecord[], it: Decoded, payload: Buffer): void {
  if (it.kind === 'meta') unit.push(it.record);
  if (it.kind !== 'append') return;
  const entries = it.entries.map(({ position, size, ...meta }) => ({
    ...meta,
    bytes: payload.subarray(position, position + size),
  }));
  const before = unit.at(-1);
  const first = entries[0]?.index;
  if (before?.kind === 'append' && (before.entries.at(-1)?.index ?? 0) + 1 === first) {
    unit.pop();
    unit.push({ ...before, entries: [...before.entries, ...entries] });
  } else unit.push({ kind: 'append', group: it.group, replica: it.replica, entries });
}

test('records come back from frames of any size, units whole and in order', () => {
  const unit = fc.array(record, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 6 }), fc.nat(2000), (drawn, max) => {
      const units = drawn.map((records) => records.map(asRecord));
      const payloads = frames(units, 100 + max);
      const whole = frames(units, 1e6);
      expect(whole.length).toBe(1);
      expect(decodeUnits(payloads)).toEqual(decodeUnits(whole));
      expect(decodeUnits(whole).length).toBe(units.length);
    }),
  );
});

test('one record comes back exactly', () => {
  fc.assert(
    fc.property(record.map(asRecord), (it) => {
      expect(decodeUnits(frames([[it]], 1e6))).toEqual([[it]]);
    }),
  );
});

test('the bound of a record is above what it takes', () => {
  fc.assert(
    fc.property(record.map(asRecord), (it) => {
      if (it.kind === 'append') return;
      const [payload] = frames([[it]], 1e6);
      expect(payload?.length).toBeLessThanOrEqual(metaBound(it as MetaRecord));
    }),
  );
});

test('a payload cut anywhere inside a record is malformed', () => {
  const it = asRecord({ kind: 'floor', group: 300, replica: 70_000, index: 2 ** 40, term: 9 });
  const [payload] = frames([[it]], 1e6);
  for (let length = 2; length < (payload?.length ?? 0); length++) {
    expect(() => decodePayload(payload?.subarray(0, length) ?? Buffer.alloc(0), () => {})).toThrow(
      MalformedRecord,
    );
  }
});

test('unknown flags, kinds and endless numbers are malformed', () => {
  expect(() => decodePayload(Buffer.from([4]), () => {})).toThrow(MalformedRecord);
  expect(() => decodePayload(Buffer.from([0, 9, 1, 1]), () => {})).toThrow(MalformedRecord);
  expect(() => decodePayload(Buffer.from([0, 0, 1, 0]), () => {})).toThrow(MalformedRecord);
  expect(() => new ByteReader(Buffer.alloc(20, 0xff), 0).varint()).toThrow(MalformedRecord);
});
