/**
 * The number behind `*` or `$` and its CR LF, read byte by byte, for lines that may be cut
 * anywhere. The same numbers as Redis's `string2ll`: no plus sign, no leading zeros, no `-0`, 64
 * bits.
 */
import { CR, LF, MINUS, ZERO } from './ascii.js';

export const MORE = -1;
export const INVALID = -2;
/** 2^63, and what rounding adds on the way there. */
const LARGEST = 2 ** 63 + 2 ** 12;

export class NumberLine {
  #magnitude = 0;
  #digits = 0;
  #negative = false;
  #sawCr = false;

  /** Exact below 2^53, and above every limit from there on. */
  get value(): number {
    return this.#negative ? -this.#magnitude : this.#magnitude;
  }

  /** A new line begins. */
  begin(): void {
    this.#magnitude = 0;
    this.#digits = 0;
    this.#negative = false;
    this.#sawCr = false;
  }

  /** Reads from `at`; the position behind the line, MORE at the chunk's end, or INVALID. */
  read(chunk: Uint8Array, at: number): number {
    for (let p = at; p < chunk.length; p++) {
      const c = chunk[p]!;
      if (this.#sawCr) return c === LF ? p + 1 : INVALID;
      if (c === CR && this.#digits > 0) this.#sawCr = true;
      else if (c === MINUS && this.#digits === 0 && !this.#negative) this.#negative = true;
      else if (!this.#takeDigit(c - ZERO)) return INVALID;
    }
    return MORE;
  }

  #takeDigit(digit: number): boolean {
    if (digit < 0 || digit > 9) return false;
    if (this.#digits > 0 && this.#magnitude === 0) return false;
    if (this.#negative && this.#digits === 0 && digit === 0) return false;
    this.#magnitude = 10 * this.#magnitude + digit;
    this.#digits++;
    return this.#magnitude <= LARGEST;
  }
}
