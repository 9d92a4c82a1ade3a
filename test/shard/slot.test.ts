import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc16, SLOTS, slotOf } from '../../src/shard/slot.js';

/** The rule as the Redis Cluster specification words it ("Hash tags"). */
function slotBySpecification(key: Buffer): number {
  const text = key.toString('latin1');
  const open = text.indexOf('{');
  const close = open < 0 ? -1 : text.indexOf('}', open + 1);
  const hashed = close > open + 1 ? key.subarray(open + 1, close) : key;
  return crc16(hashed) % SLOTS;
}

describe('the slot of a key', () => {
  it('is that of the examples of the specification', () => {
    expect(crc16(Buffer.from('123456789'))).toBe(0x31c3);
    expect(slotOf(Buffer.from('foo'))).toBe(12_182);
    expect(slotOf(Buffer.from('{user1000}.following'))).toBe(
      slotOf(Buffer.from('{user1000}.followers')),
    );
    expect(slotOf(Buffer.from('foo{}{bar}'))).toBe(crc16(Buffer.from('foo{}{bar}')) % SLOTS);
    expect(slotOf(Buffer.from('foo{{bar}}zap'))).toBe(crc16(Buffer.from('{bar')) % SLOTS);
  });

  it('follows the rule for any bytes, braces where they please', () => {
    const byte = fc.oneof(fc.constantFrom(0x7b, 0x7d), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 24 }), (bytes) => {
        const key = Buffer.from(bytes);
        expect(slotOf(key)).toBe(slotBySpecification(key));
      }),
    );
  });
});
