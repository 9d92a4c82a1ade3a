import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../src/base/ids.js';
import { epoch } from '../../../src/base/ids.js';
import { RkvError } from '../../../src/kv/errors.js';
import type { Reply } from '../../../src/kv/reply.js';
import { decodeConfig, decodeEntry, encodeEntry } from '../../../src/wire/entry/codec.js';
import { decodeReply, encodeReply } from '../../../src/wire/entry/reply.js';
import type { EntryPayload } from '../../../src/wire/entry/types.js';
import { UnknownEntry } from '../../../src/wire/entry/unknown.js';
import { payload, plain, reply } from './arbitraries.js';

/** Bad bytes may be refused in one of two ways, and in no other. */
function refused(run: () => unknown): void {
  try {
    run();
  } catch (error) {
    if (error instanceof UnknownEntry) return;
    if (error instanceof RkvError && error.code === 'CORRUPT') return;
    throw error;
  }
}

const oneSet = (sequence: number): EntryPayload => ({
  kind: 'commands',
  stamp: 1_700_000_000_000 as EpochMs,
  commands: Array.from({ length: 64 }, () => ({
    command: { code: 2, database: 0, args: [Buffer.alloc(10, 1), Buffer.alloc(100, 2)] },
    stamp: {
      session: 'x'.repeat(16),
      sequence,
      mark: sequence,
      firstAttempt: 1_700_000_000_000 as EpochMs,
    },
    rangeEpoch: epoch(1),
  })),
});

describe('entry codec', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(payload, (one) => {
        expect(plain(decodeEntry(encodeEntry(one)))).toEqual(plain(one));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses every cut of an entry, and anything behind it', () => {
    fc.assert(
      fc.property(payload, (one) => {
        const bytes = encodeEntry(one);
        for (let length = 0; length < bytes.length; length++) {
          expect(() => decodeEntry(bytes.subarray(0, length))).toThrow();
          refused(() => decodeEntry(bytes.subarray(0, length)));
        }
        expect(() => decodeEntry(Buffer.concat([bytes, Buffer.of(0)]))).toThrow(RkvError);
      }),
      { numRuns: 100 },
    );
  });

  it('never fails in another way on random bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), fc.integer({ min: 0, max: 9 }), (tail, kind) =>
        refused(() => decodeEntry(Buffer.concat([Buffer.of(1, kind), tail]))),
      ),
      { numRuns: 2000 },
    );
  });

  it('allocates nothing from a declared length', () => {
    const lies = Buffer.from([1, 7, 0, 0xff, 0xff, 0xff, 0xff, 0x0f]);
    expect(() => decodeEntry(lies)).toThrow(/list longer/);
  });

  it('stops at a newer version and at an unknown kind', () => {
    const bytes = encodeEntry({ kind: 'time', stamp: 5 as EpochMs });
    const newer = Buffer.from(bytes);
    newer[0] = 2;
    expect(() => decodeEntry(newer)).toThrow(UnknownEntry);
    const unknown = Buffer.from(bytes);
    unknown[1] = 99;
    expect(() => decodeEntry(unknown)).toThrow(UnknownEntry);
  });

  it('takes a config entry of no bytes for the end of a joint configuration', () => {
    expect(decodeConfig(Buffer.alloc(0))).toEqual({
      kind: 'config',
      change: { kind: 'leave' },
      placed: [],
    });
    expect(() => decodeConfig(encodeEntry({ kind: 'time', stamp: 1 as EpochMs }))).toThrow(
      RkvError,
    );
  });

  it('shares the bytes of a session among the commands of an entry', () => {
    const bytes = encodeEntry(oneSet(7));
    expect(bytes.length).toBeLessThan(64 * (10 + 100 + 16));
    const decoded = decodeEntry(bytes) as Extract<EntryPayload, { kind: 'commands' }>;
    expect(decoded.commands).toHaveLength(64);
    expect(plain(decoded)).toEqual(plain(oneSet(7)));
  });

  it('is not spoiled by an encoding that failed half-way', () => {
    expect(() => encodeEntry(oneSet(-1))).toThrow(RangeError);
    expect(plain(decodeEntry(encodeEntry(oneSet(3))))).toEqual(plain(oneSet(3)));
  });

  it('decodes byte strings as views into the entry', () => {
    const bytes = encodeEntry(oneSet(1));
    const decoded = decodeEntry(bytes) as Extract<EntryPayload, { kind: 'commands' }>;
    expect(decoded.commands[0]?.command.args[1]?.buffer).toBe(bytes.buffer);
  });
});

describe('reply codec', () => {
  it('gives back what was encoded', () => {
    fc.assert(
      fc.property(reply, (one) => {
        expect(plain(decodeReply(encodeReply(one)))).toEqual(plain(one));
      }),
      { numRuns: 500 },
    );
  });

  it('refuses nesting without end, unknown tags and newer versions', () => {
    let deep: Reply = { kind: 'null' };
    for (let i = 0; i < 20; i++) deep = { kind: 'list', items: [deep] };
    const bytes = encodeReply(deep);
    expect(() => decodeReply(bytes)).toThrow(RkvError);
    expect(() => decodeReply(Buffer.of(1, 200))).toThrow(UnknownEntry);
    expect(() => decodeReply(Buffer.of(9, 0))).toThrow(UnknownEntry);
  });
});
