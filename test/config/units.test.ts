import { describe, expect, it } from 'vitest';
import { nearestName } from '../../src/config/nearest.js';
import { isLoopback, splitAddress } from '../../src/config/parse.js';
import { describeBytes, parseBytes, parseMs } from '../../src/config/units.js';

describe('units', () => {
  it.each([
    ['512', 512],
    ['4 MB', 4_000_000],
    ['16MiB', 16 * 1024 * 1024],
    ['1.5KiB', 1536],
    ['', null],
    ['4 parsecs', null],
    ['-1', null],
    ['99999999 GiB', null],
  ])('size %j', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each([
    ['250', 250],
    ['250ms', 250],
    ['1.5s', 1500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['soon', null],
    ['0x10', null],
  ])('time %j', (text, ms) => expect(parseMs(text)).toBe(ms));

  it('counts a bare time in seconds when asked to', () => expect(parseMs('3', 's')).toBe(3000));

  it.each([0, 1, 1000, 1024, 4096, 180_000_000, 3 * 1024 ** 3])(
    'describes %d so that it parses back',
    (n) => expect(parseBytes(describeBytes(n))).toBe(n),
  );
});

describe('addresses', () => {
  it.each([
    ['127.0.0.1:7410', { host: '127.0.0.1', port: 7410 }],
    ['db1.example.net:0', { host: 'db1.example.net', port: 0 }],
    ['[::1]:7410', { host: '::1', port: 7410 }],
    ['::1:7410', null],
    ['host', null],
    ['host:70000', null],
    ['http://host:1', null],
  ])('%s', (text, parts) => expect(splitAddress(text)).toEqual(parts));

  it.each([
    ['127.0.0.1:1', true],
    ['127.8.0.1:1', true],
    ['localhost:1', true],
    ['[::1]:1', true],
    ['0.0.0.0:1', false],
    ['[::]:1', false],
    ['127.example.net:1', false],
    ['10.0.0.1:1', false],
  ])('loopback %s: %s', (text, yes) => expect(isLoopback(text)).toBe(yes));
});

describe('nearest name', () => {
  it.each([
    ['shard', 'shards'],
    ['electionms', 'electionMs'],
    ['xyz', null],
  ])('%s → %s', (text, name) => {
    expect(nearestName(text, ['shards', 'electionMs', 'engine'])).toBe(name);
  });
});
