/**
 * The options of SET and GETEX: read whole before any of their values is looked at, as Redis does.
 */
import { toByteKey } from '../../../base/bytes.js';
import { optionWord, parseExpiry, type TimeUnit } from './parse.js';

/** When a key expires by its words: a time, a word alone, or nothing said. */
export type ExpiryOption =
  | { readonly kind: 'time'; readonly unit: TimeUnit; readonly time: Uint8Array }
  | { readonly kind: 'word'; readonly word: 'KEEPTTL' | 'PERSIST' }
  | null;

export interface SetOptions {
  /** Canonical words: NX, XX, or a comparison and what it compares with. */
  readonly condition: readonly Uint8Array[];
  readonly get: boolean;
  readonly expiry: ExpiryOption;
}

const WORDS = new Map(
  [...['NX', 'XX', 'IFEQ', 'IFNE', 'IFDEQ', 'IFDNE'], ...['KEEPTTL', 'PERSIST', 'PX', 'PXAT']].map(
    (word) => [word, Buffer.from(word)],
  ),
);
const wordBytes = (word: string): Uint8Array => WORDS.get(word) as Uint8Array;

const TIMES: ReadonlySet<string> = new Set(['EX', 'PX', 'EXAT', 'PXAT']);

/** One expiry word excludes the others; the same one may come again and then counts. */
function nextExpiry(
  before: ExpiryOption,
  word: string,
  time: Uint8Array | undefined,
): ExpiryOption | 'wrong' {
  if (TIMES.has(word)) {
    if (time === undefined) return 'wrong';
    if (before !== null && (before.kind === 'word' || before.unit !== word)) return 'wrong';
    return { kind: 'time', unit: word as TimeUnit, time };
  }
  if (before !== null && (before.kind === 'time' || before.word !== word)) return 'wrong';
  return { kind: 'word', word: word as 'KEEPTTL' | 'PERSIST' };
}

const DIGEST_DIGITS = 16;

/** A comparison with a value or a digest, in canonical words, or the text of its error. */
export function comparisonWords(word: string, value: Uint8Array): readonly Uint8Array[] | string {
  const bytes = word.startsWith('IF') ? WORDS.get(word) : undefined;
  if (bytes === undefined) return 'ERR Invalid condition. Use IFEQ, IFNE, IFDEQ, or IFDNE';
  if (word.startsWith('IFD') && value.length !== DIGEST_DIGITS) return NO_DIGEST;
  return [bytes, value];
}

const NO_DIGEST = `ERR must be exactly ${DIGEST_DIGITS} hexadecimal characters`;

/** What is wrong with a digest among the words of SET; null: nothing. */
export function problemOf({ condition: [word, value] }: SetOptions): string | null {
  if (word === undefined || value === undefined) return null;
  const words = comparisonWords(toByteKey(word), value);
  return typeof words === 'string' ? words : null;
}

/** What stands behind key and value of SET; null: a syntax error. */
export function parseSetOptions(args: readonly Uint8Array[]): SetOptions | null {
  let condition: readonly Uint8Array[] = [];
  let conditionWord = '';
  let get = false;
  let expiry: ExpiryOption = null;
  for (let i = 0; i < args.length; i++) {
    const word = optionWord(args[i]);
    switch (word) {
      case 'NX':
      case 'XX':
        if (conditionWord !== '' && conditionWord !== word) return null;
        conditionWord = word;
        condition = [wordBytes(word)];
        break;
      case 'IFEQ':
      case 'IFNE':
      case 'IFDEQ':
      case 'IFDNE': {
        const value = args[++i];
        if (value === undefined || conditionWord !== '') return null;
        conditionWord = word;
        condition = [wordBytes(word), value];
        break;
      }
      case 'GET':
        get = true;
        break;
      case 'EX':
      case 'PX':
      case 'EXAT':
      case 'PXAT':
      case 'KEEPTTL': {
        const next = nextExpiry(expiry, word, word === 'KEEPTTL' ? undefined : args[++i]);
        if (next === 'wrong') return null;
        expiry = next;
        break;
      }
      default:
        return null;
    }
  }
  return { condition, get, expiry };
}

/** What stands behind the key of GETEX; undefined: a syntax error. */
export function parseGetexOptions(args: readonly Uint8Array[]): ExpiryOption | undefined {
  let expiry: ExpiryOption = null;
  for (let i = 0; i < args.length; i++) {
    const word = optionWord(args[i]);
    if (!TIMES.has(word) && word !== 'PERSIST') return undefined;
    const next = nextExpiry(expiry, word, word === 'PERSIST' ? undefined : args[++i]);
    if (next === 'wrong') return undefined;
    expiry = next;
  }
  return expiry;
}

/** The canonical words of an expiry, or the text of its error. */
export function expiryWords(expiry: ExpiryOption, name: string): readonly Uint8Array[] | string {
  if (expiry === null) return [];
  if (expiry.kind === 'word') return [wordBytes(expiry.word)];
  const time = parseExpiry(expiry.time, expiry.unit, name);
  if (typeof time === 'string') return time;
  return [wordBytes(expiry.unit === 'EX' || expiry.unit === 'PX' ? 'PX' : 'PXAT'), time];
}
