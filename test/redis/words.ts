/** What commands are generated from: keys, values, numbers and words, odd ones among them. */
import fc from 'fast-check';

/** Words of one command behind its name, in latin1. */
export type Tail = fc.Arbitrary<string[]>;

/** Generators by the full name of a row (`get`, `client|kill`). */
export type Family = Readonly<Record<string, Tail>>;

const ALL_BYTES = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte)).join('');

/** Keys of one slot, for commands that need theirs together. */
export const NEAR_KEYS = ['{k}a', '{k}b', '{k}c', '{k}\x00\xff\r\n'] as const;
export const KEYS = [
  ...NEAR_KEYS,
  '',
  'a',
  '__proto__',
  'constructor',
  '{}x',
  `{k}${ALL_BYTES}`,
  ALL_BYTES,
] as const;

export const near = fc.constantFrom(...NEAR_KEYS);
export const key = fc.oneof(
  { weight: 4, arbitrary: near },
  { weight: 1, arbitrary: fc.constantFrom(...KEYS) },
);

export const integer = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -10, max: 20 }).map(String) },
  {
    weight: 1,
    arbitrary: fc.constantFrom('9223372036854775807', '-9223372036854775808', '4294967296'),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom('9223372036854775808', '01', '+1', ' 1', '1 ', '', '-0', '1.5', 'x'),
  },
);
export const small = fc.integer({ min: -10, max: 30 }).map(String);
export const float = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
  fc.constantFrom('1e10', '3.0', '0x1p-3', 'inf', '-inf', 'nan', '1e5000', '.5', '5.', ''),
  fc.constantFrom('0.1', '0.2', '1e-17', '1.7976931348623157e308', '1e17', ' 1', '1 '),
);
export const bytes = fc
  .uint8Array({ maxLength: 6 })
  .map((found) => Buffer.from(found).toString('latin1'));
export const value = fc.oneof(
  bytes,
  fc.constantFrom('', '1', '10', '-7', '9223372036854775807', '10.5', 'abcabc', ALL_BYTES),
);
/** Times far away, long past, or wrong: none passes while a story runs. */
export const seconds = fc.constantFrom(
  ...['100', '5000', '100000000', '9223372036854775', '9223372036854775807', '0', '-1', 'x', '1e3'],
);
export const milliseconds = fc.constantFrom(
  ...['100000', '50000000', '9223372036854775807', '0', '-1', '', '1.5'],
);
export const epochSeconds = fc.constantFrom('99999999999', '4102444800', '5', '0', '-5', 'x');
export const epochMilliseconds = fc.constantFrom('4102444800123', '5000', '0', '-5', 'x');

type Part = fc.Arbitrary<string> | fc.Arbitrary<string[]>;

/** The parts behind one another. */
export const tail = (...parts: Part[]): Tail =>
  fc.tuple(...(parts as fc.Arbitrary<string | string[]>[])).map((found) => found.flat());

/** One of these words, in capitals as often as not. */
export const word = (...words: string[]): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...words), fc.boolean())
    .map(([found, up]) => (up ? found : found.toLowerCase()));

export const many = (one: fc.Arbitrary<string>, minLength = 1, maxLength = 4) =>
  fc.array(one, { minLength, maxLength });

/** Words behind one another, or nothing. */
export const maybe = (...parts: Part[]): Tail =>
  fc.oneof(fc.constant([] as string[]), tail(...parts));
