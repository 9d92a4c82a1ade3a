/** MULTI and its kin; what stands inside comes from the families of data, on keys of one slot. */
import fc from 'fast-check';
import { type Family, many, near } from '../words.js';

export const TRANSACTIONS: Family = {
  multi: fc.constant([]),
  exec: fc.constant([]),
  discard: fc.constant([]),
  watch: many(near, 1, 3),
  unwatch: fc.constant([]),
};
