/** The words behind the cursor of SCAN and HSCAN, read as Redis reads those of all its scans. */
import { toByteKey } from '../../../base/bytes.js';
import { glob } from '../glob.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR, safeInteger } from './parse.js';
import type { Args } from './row.js';

const DEFAULT_COUNT = 10;

export interface ScanWords {
  readonly count: number;
  /** Of a name in latin1; null: every name does. */
  readonly matches: ((name: string) => boolean) | null;
  readonly type: Uint8Array | null;
  readonly noValues: boolean;
}

/**
 * MATCH pattern, COUNT n, and the word that only this scan has: TYPE name or NOVALUES. Or the text
 * of the error.
 */
export function parseScan(args: Args, own: 'TYPE' | 'NOVALUES'): ScanWords | string {
  let count = DEFAULT_COUNT;
  let matches: ScanWords['matches'] = null;
  let type: Uint8Array | null = null;
  let noValues = false;
  for (let i = 0; i < args.length; i++) {
    const word = optionWord(args[i]);
    if (word === 'NOVALUES' && own === word) {
      noValues = true;
      continue;
    }
    const value = args[++i];
    if (value === undefined) return SYNTAX_ERROR;
    if (word === 'COUNT') {
      const wanted = safeInteger(value);
      if (wanted === null) return NOT_AN_INTEGER;
      if (wanted < 1) return SYNTAX_ERROR;
      count = wanted;
    } else if (word === 'MATCH') matches = toByteKey(value) === '*' ? null : glob(value);
    else if (word === 'TYPE' && own === word) type = value;
    else return SYNTAX_ERROR;
  }
  return { count, matches, type, noValues };
}
