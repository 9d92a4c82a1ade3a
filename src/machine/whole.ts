/** Which collections may be brought into memory as a whole: decided by the replicated head. */
import { MAX_WHOLE_BYTES } from '../kv/limits.js';
import type { Facts } from './types.js';

/** What an element takes beside its bytes, roughly. */
const ELEMENT_BYTES = 64;

export const fitsWhole = ({ rows, bytes }: Pick<Facts, 'rows' | 'bytes'>): boolean =>
  bytes + ELEMENT_BYTES * rows <= MAX_WHOLE_BYTES;
