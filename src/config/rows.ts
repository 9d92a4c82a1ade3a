/** All options, in the order in which help and configs/reference.yaml show them. */
import type { OptionRow } from './row.js';
import { CONSENSUS_ROWS } from './rows/consensus.js';
import { FRONT_ROWS } from './rows/front.js';
import { IDENTITY_ROWS } from './rows/identity.js';
import { REDIS_ROWS } from './rows/redis.js';
import { STORAGE_ROWS } from './rows/storage.js';

export const ROWS = {
  ...IDENTITY_ROWS,
  ...CONSENSUS_ROWS,
  ...STORAGE_ROWS,
  ...FRONT_ROWS,
  ...REDIS_ROWS,
} as const satisfies Record<string, OptionRow>;

export type OptionName = keyof typeof ROWS;

export const OPTION_NAMES = Object.keys(ROWS) as OptionName[];

export function isOptionName(text: string): text is OptionName {
  return Object.hasOwn(ROWS, text);
}

export const rowOf = (name: OptionName): OptionRow => ROWS[name];
