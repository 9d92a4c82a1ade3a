/** What clients ask for how often, by what a seed leans to: of a hundred operations so many. */
import type { Focus } from '../plan.js';
import { hashes } from './hashes.js';
import type { Draft } from './load.js';
import {
  append,
  cas,
  del,
  get,
  getWithTtl,
  incr,
  mget,
  mset,
  readList,
  readRegister,
  scan,
  set,
  setWithTtl,
} from './strings.js';
import { timedHashes } from './timed-hashes.js';
import { transactions } from './transactions.js';

export type Mix = readonly (readonly [number, Draft])[];

export const MIX_OF_READERS: Mix = [
  [96, readRegister],
  [98, mget],
  [100, readList],
];

const MIX_OF_READS: Mix = [
  [60, set],
  [70, cas],
  [76, incr],
  [82, append],
  [84, del],
  [90, mset],
  [100, get],
];

const MIX_OF_DEADLINES: Mix = [
  [10, get],
  [24, set],
  [30, incr],
  [36, append],
  [40, del],
  [54, setWithTtl],
  [76, getWithTtl],
  [100, timedHashes],
];

const MIX_OF_HASHES: Mix = [
  [8, get],
  [18, set],
  [22, incr],
  [72, hashes],
  [90, timedHashes],
  [100, transactions],
];

const MIX_OF_TRANSACTIONS: Mix = [
  [8, get],
  [18, set],
  [22, mset],
  [34, hashes],
  [100, transactions],
];

const MIX: Mix = [
  [20, get],
  [36, set],
  [44, cas],
  [51, incr],
  [57, append],
  [60, readList],
  [63, del],
  [65, mget],
  [67, mset],
  [69, scan],
  [72, setWithTtl],
  [75, getWithTtl],
  [85, hashes],
  [90, timedHashes],
  [100, transactions],
];

export function mixOf(focus: Focus | null): Mix {
  switch (focus) {
    case 'reads':
      return MIX_OF_READS;
    case 'clocks':
      return MIX_OF_DEADLINES;
    case 'hashes':
      return MIX_OF_HASHES;
    case 'transactions':
      return MIX_OF_TRANSACTIONS;
    default:
      return MIX;
  }
}
