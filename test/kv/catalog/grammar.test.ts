import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EpochMs } from '../../../src/base/ids.js';
import { CATALOG, codeOf, rowByCode, rowByName } from '../../../src/kv/catalog/catalog.js';
import {
  checkArgs,
  checkCommand,
  fitsArity,
  isProblem,
  parseOptions,
} from '../../../src/kv/catalog/grammar.js';
import { parseInteger, parseSafeInteger } from '../../../src/kv/catalog/integer.js';
import { relativeTimeAt, resolveTimes } from '../../../src/kv/catalog/times.js';
import { MAX_KEY_BYTES, MAX_VALUE_BYTES } from '../../../src/kv/limits.js';
import type { Command } from '../../../src/kv/request.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const command = (name: string, ...args: (string | Uint8Array)[]): Command => ({
  code: codeOf(name),
  database: 0,
  args: args.map((arg) => (typeof arg === 'string' ? bytes(arg) : arg)),
});
const text = (one: Command): string[] => one.args.map((arg) => Buffer.from(arg).toString('latin1'));
const check = (name: string, ...args: (string | Uint8Array)[]): string | null =>
  checkCommand(command(name, ...args))?.code ?? null;

describe('catalogue', () => {
  it('finds each row by name in any case and by code', () => {
    expect(new Set(CATALOG.map((row) => row.name)).size).toBe(CATALOG.length);
    for (const row of CATALOG) {
      expect(rowByCode(row.code)).toBe(row);
      expect(rowByName(row.name.toUpperCase())).toBe(row);
      expect(codeOf(row.name)).toBe(row.code);
    }
    expect(rowByName('__proto__')).toBeUndefined();
    expect(rowByCode(9999)).toBeUndefined();
  });

  it('never changes a code that logs hold', () => {
    const codes = Object.fromEntries(CATALOG.map((row) => [row.code, row.name]));
    expect(codes).toMatchObject({
      1: 'get',
      2: 'set',
      3: 'del',
      4: 'exists',
      5: 'incr',
      6: 'append',
      7: 'mget',
      8: 'mset',
      9: 'mdel',
      10: 'scan',
      11: 'expire',
      12: 'persist',
      13: 'ttl',
      14: 'cas',
      15: 'cad',
      16: 'getdel',
      17: 'getex',
      18: 'strlen',
      19: 'getrange',
      20: 'setrange',
      21: 'incrfloat',
      22: 'msetnx',
      23: 'lcs',
      24: 'delex',
      25: 'type',
      26: 'rev',
      27: 'expiretime',
      28: 'rename',
      29: 'copy',
      30: 'randomkey',
      32: 'flush',
      33: 'object',
      34: 'dump',
      35: 'restore',
      36: 'sort',
      37: 'sortstore',
      31: 'dbsize',
      38: 'walk',
      39: 'digest',
      47: 'move',
      40: 'setbit',
      41: 'getbit',
      42: 'bitcount',
      43: 'bitpos',
      44: 'bitop',
      45: 'bitfield',
      46: 'bitfieldro',
      50: 'pfadd',
      51: 'pfcount',
      52: 'pfmerge',
      60: 'exec',
    });
  });
});

describe('grammar', () => {
  it.each([
    ['get', 'k'],
    ['set', 'k', 'v'],
    ['set', 'k', 'v', 'nx', 'get', 'px', '100'],
    ['set', 'k', 'v', 'IFREV', '0', 'PXAT', '0'],
    ['del', ''],
    ['exists', 'a', 'b', 'a'],
    ['incr', 'k', '-9223372036854775808'],
    ['mset', 'a', '1', 'b', '2'],
    ['scan', '', '', 'REVERSE', 'LIMIT', '5', 'KEYSONLY', 'PREFIX', 'LIMIT', 'CURSOR', 'x'],
    ['expire', 'k', 'PX', '1'],
    ['cas', 'k', 'PX', 'NX'],
  ])('lets %s %s in', (name, ...args) => {
    expect(check(name, ...args)).toBeNull();
  });

  it.each([
    ['get'],
    ['get', 'a', 'b'],
    ['set', 'k'],
    ['set', 'k', 'v', 'NX', 'XX'],
    ['set', 'k', 'v', 'NX', 'IFREV', '1'],
    ['set', 'k', 'v', 'GET', 'get'],
    ['set', 'k', 'v', 'PX'],
    ['set', 'k', 'v', 'PX', '0'],
    ['set', 'k', 'v', 'PX', '1.5'],
    ['set', 'k', 'v', 'PX', '9007199254740992'],
    ['set', 'k', 'v', 'PX', '1', 'PXAT', '1'],
    ['set', 'k', 'v', 'EX', '1'],
    ['set', 'k', 'v', 'a-word-much-longer-than-all-others'],
    ['incr', 'k', '9223372036854775808'],
    ['incr', 'k', '+1'],
    ['incr', 'k', '01'],
    ['incr', 'k', ''],
    ['mset', 'a', '1', 'b'],
    ['mget'],
    ['expire', 'k'],
    ['scan', 'a'],
    ['scan', '', '', 'LIMIT', '0'],
    ['scan', '', '', 'KEYSONLY', 'COUNTONLY'],
  ])('refuses %s %s', (name, ...args) => {
    expect(check(name, ...args)).toBe('SYNTAX');
  });

  it('knows commands, databases and limits', () => {
    expect(checkCommand({ code: 999, database: 0, args: [] })?.code).toBe('UNKNOWN_COMMAND');
    expect(checkCommand({ ...command('get', 'k'), database: 256 })?.code).toBe('SYNTAX');
    expect(check('get', new Uint8Array(MAX_KEY_BYTES))).toBeNull();
    expect(check('get', new Uint8Array(MAX_KEY_BYTES + 1))).toBe('LIMIT');
    const value = new Uint8Array(MAX_VALUE_BYTES);
    expect(check('set', 'k', value)).toBeNull();
    expect(check('set', 'k', new Uint8Array(MAX_VALUE_BYTES + 1))).toBe('LIMIT');
    expect(check('mset', 'a', value, 'b', value)).toBe('LIMIT');
    expect(check('scan', new Uint8Array(MAX_KEY_BYTES + 1), '')).toBe('LIMIT');
    expect(check('scan', '', '', 'PREFIX', new Uint8Array(MAX_KEY_BYTES + 1))).toBe('LIMIT');
  });

  it('reads options without caring for case', () => {
    const row = rowByCode(codeOf('set'));
    if (row === undefined) throw new Error('no set');
    const options = parseOptions(row, command('set', 'k', 'v', 'get', 'IfRev', '7').args);
    expect(isProblem(options)).toBe(false);
    expect([...(options as Map<string, unknown>)]).toEqual([
      ['GET', true],
      ['IFREV', 7],
    ]);
  });

  it('answers to any arguments at all without throwing', () => {
    const words = fc.constantFrom('NX', 'GET', 'PX', 'PXAT', '5', 'LIMIT', 'PREFIX', '__proto__');
    const arg = fc.oneof(words.map(bytes), fc.uint8Array({ maxLength: 20 }));
    fc.assert(
      fc.property(fc.constantFrom(...CATALOG), fc.array(arg, { maxLength: 8 }), (row, args) => {
        const problem = checkArgs(row, args);
        if (problem === null) expect(fitsArity(row, args)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('integers', () => {
  it('reads exactly what it writes, inside 64 bits', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), (value) => {
        const fits = value >= -(2n ** 63n) && value < 2n ** 63n;
        expect(parseInteger(bytes(value.toString()))).toBe(fits ? value : null);
      }),
    );
    for (const bad of ['-0', '00', '-', ' 1', '1 ', '1e3', '0x10', '1'.repeat(20)]) {
      expect(parseInteger(bytes(bad))).toBeNull();
    }
    expect(parseSafeInteger(bytes('9007199254740991'), 0)).toBe(Number.MAX_SAFE_INTEGER);
    expect(parseSafeInteger(bytes('-1'), 0)).toBeNull();
  });
});

describe('relative times', () => {
  it('become absolute, once', () => {
    const now = 1_000 as EpochMs;
    const set = resolveTimes(command('set', 'k', 'v', 'GET', 'px', '50'), now);
    expect(text(set)).toEqual(['k', 'v', 'GET', 'PXAT', '1050']);
    expect(resolveTimes(set, 9_999 as EpochMs)).toBe(set);
    expect(text(resolveTimes(command('expire', 'k', 'PX', '1'), now))).toEqual([
      'k',
      'PXAT',
      '1001',
    ]);
    const far = resolveTimes(command('expire', 'k', 'PX', '9007199254740991'), now);
    expect(text(far)[2]).toBe('9007199254740991');
  });

  it('are not seen where PX is a value or an option’s argument', () => {
    for (const one of [command('set', 'PX', 'PX'), command('cas', 'k', 'PX', '5')]) {
      expect(relativeTimeAt(one)).toBe(-1);
      expect(resolveTimes(one, 5 as EpochMs)).toBe(one);
    }
    const scan = command('scan', '', '', 'PREFIX', 'PX');
    expect(resolveTimes(scan, 5 as EpochMs)).toBe(scan);
  });
});
