/** Known? arity? size? allowed? One test a question. */
import { describe, expect, it } from 'vitest';
import { ARGUMENT_OVERHEAD_BYTES, createGate, requestBytes } from '../../../src/api/gate/gate.js';
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import { MAX_KEY_BYTES, MAX_REQUEST_BYTES, MAX_VALUE_BYTES } from '../../../src/kv/limits.js';
import type { Command } from '../../../src/kv/request.js';

const gate = createGate();
const command = (name: string, ...args: (string | Buffer)[]): Command => ({
  code: codeOf(name),
  database: 0,
  args: args.map((one) => Buffer.from(one)),
});
const codeFor = (one: Command) => gate.check(one)?.code ?? null;

describe('the gate', () => {
  it('lets in what fits', () => {
    expect(codeFor(command('get', 'k'))).toBeNull();
    expect(codeFor(command('set', 'k', 'v', 'PX', '100', 'NX'))).toBeNull();
    expect(codeFor(command('set', '', ''))).toBeNull();
  });

  it('refuses unknown commands and wrong words', () => {
    expect(codeFor({ code: 999, database: 0, args: [] })).toBe('UNKNOWN_COMMAND');
    expect(codeFor(command('get'))).toBe('SYNTAX');
    expect(codeFor(command('get', 'a', 'b'))).toBe('SYNTAX');
    expect(codeFor(command('set', 'k', 'v', 'XYZ'))).toBe('SYNTAX');
    expect(codeFor(command('incr', 'k', 'one'))).toBe('SYNTAX');
  });

  it('has limits that are exact', () => {
    const key = Buffer.alloc(MAX_KEY_BYTES);
    const value = Buffer.alloc(MAX_VALUE_BYTES);
    expect(codeFor(command('set', key, value))).toBeNull();
    expect(codeFor(command('set', Buffer.alloc(MAX_KEY_BYTES + 1), 'v'))).toBe('LIMIT');
    expect(codeFor(command('set', 'k', Buffer.alloc(MAX_VALUE_BYTES + 1)))).toBe('LIMIT');
  });

  it('counts a request as a whole, empty arguments too', () => {
    const full: Command = { ...command('mget'), args: [] };
    const many = MAX_REQUEST_BYTES / ARGUMENT_OVERHEAD_BYTES;
    const empty = Buffer.alloc(0);
    expect(codeFor({ ...full, args: new Array(many).fill(empty) })).toBeNull();
    expect(codeFor({ ...full, args: new Array(many + 1).fill(empty) })).toBe('LIMIT');
    expect(requestBytes(command('set', 'k', 'vv'))).toBe(3 + 2 * ARGUMENT_OVERHEAD_BYTES);
  });

  it('keeps reserved databases to the node', () => {
    expect(codeFor({ ...command('get', 'k'), database: 15 })).toBeNull();
    expect(codeFor({ ...command('get', 'k'), database: 16 })).toBe('NOT_ALLOWED');
    expect(codeFor({ ...command('get', 'k'), database: 255 })).toBe('NOT_ALLOWED');
    expect(codeFor({ ...command('get', 'k'), database: 256 })).toBe('SYNTAX');
  });
});
