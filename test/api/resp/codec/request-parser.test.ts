import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCommand } from '../../../../src/api/resp/codec/encode-command.js';
import {
  DEFAULT_REQUEST_LIMITS,
  type RequestLimits,
  RequestParser,
} from '../../../../src/api/resp/codec/request-parser.js';
import { cutAt, cutEvery, outcomeOf, parseAll } from './support.js';

const bytes = (max = 40) => fc.uint8Array({ maxLength: max });
const command = fc.array(bytes(), { minLength: 1, maxLength: 6 });

/** What a client may send in one breath: requests of both kinds and what is passed over. */
const piece: fc.Arbitrary<{ sent: Buffer; args: string[] | null }> = fc.oneof(
  { weight: 4, arbitrary: command.map((args) => requestOf(args)) },
  fc
    .array(fc.stringMatching(/^[a-z:0-9]{1,12}$/), { minLength: 1, maxLength: 4 })
    .map((args) => ({ sent: Buffer.from(`${args.join(' ')}\r\n`), args })),
  fc.constantFrom('\r\n', '\n', '*0\r\n', '*-1\r\n', '  \r\n').map((text) => ({
    sent: Buffer.from(text),
    args: null,
  })),
);

function requestOf(args: readonly Uint8Array[]) {
  return {
    sent: encodeCommand(args),
    args: args.map((arg) => Buffer.from(arg).toString('latin1')),
  };
}

describe('the request parser', () => {
  it('gives back what a client sent, for every cut', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), fc.array(fc.nat()), (pieces, cuts) => {
        const sent = Buffer.concat(pieces.map((one) => one.sent));
        const expected = pieces.flatMap(({ args }) => (args === null ? [] : [args]));
        const outcome = { commands: expected, error: null };
        return (
          isDeepStrictEqual(outcomeOf([sent]), outcome) &&
          isDeepStrictEqual(outcomeOf(cutAt(sent, cuts)), outcome) &&
          isDeepStrictEqual(outcomeOf(cutEvery(sent, 1)), outcome)
        );
      }),
    );
  });

  it('gives the same for each single cut of a pipeline', () => {
    const sent = Buffer.concat([
      encodeCommand(['SET', 'key:1', 'x'.repeat(300)]),
      Buffer.from("set \"a\\x00b\" 'it\\'s'\r\n\r\n*0\r\n"),
      encodeCommand(['MSET', '', '', 'k', Buffer.from([0, 255, 13, 10, 36, 42])]),
      Buffer.from('ping\n'),
    ]);
    const whole = outcomeOf([sent]);
    expect(whole.commands).toHaveLength(4);
    for (let cut = 1; cut < sent.length; cut++) {
      const cutOnce = outcomeOf([sent.subarray(0, cut), sent.subarray(cut)]);
      expect([cut, isDeepStrictEqual(cutOnce, whole)]).toEqual([cut, true]);
    }
  });

  it('gives the same for arbitrary bytes, however they are cut', () => {
    const noise = fc.oneof(
      fc.constantFrom(
        '*',
        '$',
        '\r\n',
        '\n',
        '*2\r\n',
        '$3\r\n',
        'GET',
        '"',
        "'",
        '\\x4',
        '-1',
        '0',
      ),
      fc.uint8Array({ maxLength: 6 }).map((some) => Buffer.from(some).toString('latin1')),
    );
    const limits: RequestLimits = {
      maxInlineBytes: 24,
      maxArguments: 5,
      maxBulkBytes: 30,
      maxRequestBytes: 60,
    };
    fc.assert(
      fc.property(fc.array(noise, { maxLength: 30 }), fc.array(fc.nat()), (parts, cuts) => {
        const sent = Buffer.from(parts.join(''), 'latin1');
        const whole = outcomeOf([sent], limits);
        return (
          isDeepStrictEqual(outcomeOf(cutAt(sent, cuts), limits), whole) &&
          isDeepStrictEqual(outcomeOf(cutEvery(sent, 1), limits), whole)
        );
      }),
      { numRuns: 300 },
    );
  });

  it('does not touch a request that lies in one chunk', () => {
    const sent = Buffer.concat([encodeCommand(['GET', 'a']), encodeCommand(['SET', 'b', 'c'])]);
    const parser = new RequestParser();
    parser.push(sent);
    expect(parser.next()).toBe(true);
    expect(parser.command.bytes).toBe(sent);
    expect(parser.command.arg(1).buffer).toBe(sent.buffer);
    expect(parser.next()).toBe(true);
    expect(parser.command.bytes).toBe(sent);
    expect(parser.copiedBytes).toBe(0);
  });

  it('lets the caller stop and go on', () => {
    const sent = Buffer.concat(Array.from({ length: 1000 }, (_, i) => encodeCommand(['GET', i])));
    const parser = new RequestParser();
    parser.push(sent.subarray(0, 5000));
    for (let i = 0; i < 10; i++) expect(parser.next()).toBe(true);
    parser.push(sent.subarray(5000));
    expect(parser.unreadBytes).toBeGreaterThan(10_000);
    const rest = parseAll(parser);
    expect(rest.map((args) => args[1])).toEqual(Array.from({ length: 990 }, (_, i) => `${i + 10}`));
    expect(parser.unreadBytes).toBe(0);
  });

  it('reads 300,000 requests of one chunk', () => {
    const one = encodeCommand(['PING']);
    const sent = Buffer.alloc(300_000 * one.length, one);
    const parser = new RequestParser();
    parser.push(sent);
    let seen = 0;
    while (parser.next()) seen += parser.command.argc;
    expect(seen).toBe(300_000);
    expect(parser.copiedBytes).toBe(0);
  });

  it('keeps a command whose chunk goes away', () => {
    const parser = new RequestParser();
    const chunk = encodeCommand(['SET', 'key', 'value']);
    parser.push(chunk);
    parser.next();
    const kept = parser.command.keep();
    chunk.fill(0);
    expect(parser.next()).toBe(false);
    expect(kept.args().map(String)).toEqual(['SET', 'key', 'value']);
    expect(kept.bytes.length).toBeLessThanOrEqual(chunk.length);
  });

  it('reads limits that changed', () => {
    const limits = { ...DEFAULT_REQUEST_LIMITS };
    const parser = new RequestParser(limits);
    limits.maxBulkBytes = 3;
    parser.push(encodeCommand(['GET', 'abcd']));
    expect(parser.next()).toBe(false);
    expect(parser.error).toBe('Protocol error: invalid bulk length');
  });
});
