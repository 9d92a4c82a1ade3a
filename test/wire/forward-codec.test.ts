import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epoch, epochMs, groupId } from '../../src/base/ids.js';
import { RkvError } from '../../src/kv/errors.js';
import type { Forward, RouteAnswer } from '../../src/kv/forward.js';
import {
  decodeAnswer,
  decodeForward,
  encodeAnswer,
  encodeForward,
} from '../../src/wire/forward-codec.js';

const bytes = fc.uint8Array({ maxLength: 40 }).map((value) => Buffer.from(value));
const natural = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
const command = fc.record({
  code: fc.integer({ min: 1, max: 500 }),
  database: fc.integer({ min: 0, max: 255 }),
  args: fc.array(bytes, { maxLength: 5 }),
});
const group = fc.integer({ min: 0, max: 1000 }).map(groupId);
const forward: fc.Arbitrary<Forward> = fc.oneof(
  fc.record({
    kind: fc.constant('read' as const),
    group,
    command,
    mode: fc.constantFrom('confirmed' as const, 'lease' as const),
  }),
  fc.record({
    kind: fc.constant('write' as const),
    group,
    write: fc.record({
      command,
      stamp: fc.record({
        session: fc
          .uint8Array({ minLength: 16, maxLength: 16 })
          .map((id) => Buffer.from(id).toString('latin1')),
        sequence: natural,
        mark: natural,
        firstAttempt: natural.map(epochMs),
      }),
      rangeEpoch: natural.map(epoch),
    }),
  }),
);

const relayed = forward.map(
  (one): Forward => (one.kind === 'write' ? { ...one, relay: true } : one),
);

describe('forwards between nodes', () => {
  it('come back as they were', () => {
    fc.assert(
      fc.property(
        fc.oneof(forward, relayed),
        fc.integer({ min: 0, max: 100_000 }),
        (sent, timeoutMs) => {
          expect(decodeForward(encodeForward(sent, timeoutMs))).toEqual({
            forward: sent,
            timeoutMs,
          });
        },
      ),
    );
  });

  it('answers too', () => {
    const answers: RouteAnswer[] = [
      { kind: 'reply', reply: { kind: 'bytes', bytes: Buffer.from('v') } },
      { kind: 'refused', code: 'OVERLOADED' },
      { kind: 'not-leader' },
      { kind: 'dropped' },
      { kind: 'moved' },
      { kind: 'late' },
      { kind: 'unreachable' },
    ];
    for (const answer of answers) expect(decodeAnswer(encodeAnswer(answer))).toEqual(answer);
  });

  it('bytes that no node wrote are refused by an error, never by a crash', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (garbage) => {
        try {
          decodeForward(garbage);
        } catch (error) {
          expect(error instanceof RkvError || error instanceof RangeError).toBe(true);
        }
      }),
    );
  });
});
