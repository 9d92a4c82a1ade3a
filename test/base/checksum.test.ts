import { expect, it } from 'vitest';
import { crc32 } from '../../src/base/checksum.js';

it('goes on from a seed, over no bytes too', () => {
  const whole = crc32(Buffer.from('123456789'));
  expect(whole).toBe(0xcbf43926);
  expect(crc32(Buffer.from('6789'), crc32(Buffer.from('12345')))).toBe(whole);
  expect(crc32(new Uint8Array(0), whole)).toBe(whole);
  expect(crc32(Buffer.alloc(0), whole)).toBe(whole);
});
