/**
 * The values of a run: each names the write that made it, so that a read tells which write it saw.
 * The rest is noise that no store can compress.
 */
import { createPrng } from '../base/prng.js';

/** Bytes that the number of a write needs: digits and a colon. */
export const MIN_NAMED_BYTES = 16;

export type ValueMaker = (id: number) => Buffer;

export function valueMaker(bytes: number, seed: number): ValueMaker {
  const prng = createPrng(seed);
  const noise = Buffer.alloc(bytes);
  for (let at = 0; at < bytes; at += 1) noise[at] = 0x21 + prng.below(90);
  return (id) => {
    const value = Buffer.from(noise);
    value.write(`${id}:`, 0, bytes, 'latin1');
    return value;
  };
}

/** The number of the write that made this value, or null when it is none of a run's values. */
export function idOf(value: Uint8Array): number | null {
  let id = 0;
  for (let at = 0; at < Math.min(value.length, MIN_NAMED_BYTES); at += 1) {
    const digit = (value[at] as number) - 0x30;
    if (digit === 10) return at === 0 ? null : id;
    if (digit < 0 || digit > 9) return null;
    id = id * 10 + digit;
  }
  return null;
}
