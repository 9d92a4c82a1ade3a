/**
 * Cuts what is larger than a piece and puts pieces together again. Nothing is allocated from a
 * declared length: the receiver keeps what has come, up to its bound, and copies once at the end.
 */
import { WireError } from '../wire/wire-error.js';

/** `bytes` in pieces of at most `pieceBytes`, without copying. */
export function cut(bytes: Buffer, pieceBytes: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < bytes.length; from += pieceBytes) {
    pieces.push(bytes.subarray(from, from + pieceBytes));
  }
  return pieces;
}

/** Honest pieces are large; a flood of tiny ones would cost more than the bytes it carries. */
const MAX_PIECES = 4096;

export interface Assembler {
  /** True while a cut envelope has begun and not ended. */
  readonly busy: boolean;
  /** The whole when `last`, else null. Throws a WireError beyond the bound. */
  add(piece: Uint8Array, last: boolean): Buffer | null;
}

export function createAssembler(maxBytes: number): Assembler {
  let pieces: Uint8Array[] = [];
  let total = 0;
  return {
    get busy() {
      return pieces.length > 0;
    },
    add(piece, last) {
      total += piece.length;
      if (pieces.length >= MAX_PIECES) throw new WireError(`more than ${MAX_PIECES} pieces`);
      if (total > maxBytes) throw new WireError(`an envelope of more than ${maxBytes} bytes`);
      pieces.push(piece);
      if (!last) return null;
      const whole = Buffer.concat(pieces, total);
      pieces = [];
      total = 0;
      return whole;
    },
  };
}
