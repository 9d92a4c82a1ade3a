import { describe, expect, it } from 'vitest';
import { encodeCommand } from '../../../../src/api/resp/codec/encode-command.js';
import {
  DEFAULT_REQUEST_LIMITS,
  RequestParser,
} from '../../../../src/api/resp/codec/request-parser.js';
import { HOSTILE } from '../corpus/hostile.js';
import { countReads, cutEvery, outcomeOf, parseAll } from './support.js';

const MIB = 1024 * 1024;

describe('hostile bytes', () => {
  for (const { name, sent, commands, error } of HOSTILE) {
    it(`${name}: ${error ?? 'no error'}`, () => {
      const expected = { commands, error };
      expect(outcomeOf([sent])).toEqual(expected);
      if (sent.length < 2000) expect(outcomeOf(cutEvery(sent, 1))).toEqual(expected);
      expect(outcomeOf(cutEvery(sent, 1000))).toEqual(expected);
    });
  }

  it('leave a dead parser behind, which takes and gives nothing', () => {
    const parser = new RequestParser();
    parser.push(Buffer.from('*x\r\n'));
    expect(parser.next()).toBe(false);
    parser.push(encodeCommand(['PING']));
    expect(parser.next()).toBe(false);
    expect(parser.error).toBe('Protocol error: invalid multibulk length');
    expect(parser.unreadBytes).toBe(0);
    expect(parser.command.argc).toBe(0);
  });

  it('are refused as a whole when they are too large together', () => {
    const limits = { ...DEFAULT_REQUEST_LIMITS, maxRequestBytes: 1000 };
    const fits = encodeCommand(['SET', 'k', Buffer.alloc(900)]);
    const large = encodeCommand(['SET', 'k', Buffer.alloc(600), Buffer.alloc(600)]);
    const error = 'Protocol error: too big request';
    expect(outcomeOf([fits], limits).error).toBeNull();
    expect(outcomeOf([large], limits)).toEqual({ commands: [], error });
    expect(outcomeOf(cutEvery(large, 1), limits)).toEqual({ commands: [], error });
    expect(outcomeOf(cutEvery(fits, 1), limits)).toEqual(outcomeOf([fits], limits));
  });
});

describe('memory', () => {
  it('follows what has arrived, not what was announced', () => {
    const parser = new RequestParser();
    parser.push(Buffer.from('*1048576\r\n$67108864\r\nabc'));
    expect(parser.next()).toBe(false);
    expect(parser.error).toBeNull();
    expect(parser.ownBytes).toBeLessThan(512);
  });

  it('is bounded by the bytes that came, at every byte', () => {
    const sent = Buffer.concat([
      encodeCommand(['MSET', ...Array.from({ length: 500 }, () => '')]).subarray(0, -6),
      Buffer.from('$67108864\r\n'),
      Buffer.alloc(5000),
    ]);
    const parser = new RequestParser();
    let arrived = 0;
    for (const piece of cutEvery(sent, 1)) {
      parser.push(piece);
      arrived++;
      if (parser.next() || parser.ownBytes > 512 + 5 * arrived) break;
    }
    expect(arrived).toBe(sent.length);
    expect(parser.error).toBeNull();
    expect(parser.unreadBytes).toBe(sent.length);
  });

  it('is given back after a large command', () => {
    const parser = new RequestParser();
    const sent = Buffer.from(`*200000\r\n${'$1\r\nk\r\n'.repeat(200_000)}`);
    for (const piece of cutEvery(sent, 65_536)) {
      parser.push(piece);
      parser.next();
    }
    expect(parser.command.argc).toBe(200_000);
    expect(parser.next()).toBe(false);
    expect(parser.ownBytes).toBeLessThan(512);
    expect(parser.command.bytes.length).toBe(0);
  });

  it('of a value of 16 MiB is about the value', () => {
    const value = Buffer.alloc(16 * MIB, 'v');
    const sent = encodeCommand(['SET', 'key', value]);
    const parser = new RequestParser();
    let most = 0;
    let found = false;
    for (let at = 0; at < sent.length; at += 65_536) {
      parser.push(sent.subarray(at, at + 65_536));
      found = parser.next();
      most = Math.max(most, parser.ownBytes);
    }
    expect(found).toBe(true);
    expect(parser.command.arg(2).equals(value)).toBe(true);
    expect(most).toBeLessThan(17 * MIB);
    expect(parser.copiedBytes).toBeLessThan(3 * sent.length);
  });
});

describe('work', () => {
  const sent = Buffer.concat([
    encodeCommand(['SET', 'key', Buffer.alloc(20_000, 13)]),
    encodeCommand(['MSET', ...Array.from({ length: 1000 }, (_, i) => `key:${i}`)]),
    Buffer.from(`set ${'x'.repeat(5000)}\r\n`.repeat(3)),
    Buffer.from('\r\n*0\r\n'.repeat(200)),
  ]);

  for (const size of [1, 2, 7, 64, 1000, 16_384, sent.length]) {
    it(`is linear in the bytes for chunks of ${size}`, () => {
      const parser = new RequestParser();
      let reads = 0;
      let commands = 0;
      for (const piece of cutEvery(sent, size)) {
        parser.push(
          countReads(piece, (count) => {
            reads += count;
          }),
        );
        commands += parseAll(parser).length;
      }
      expect(parser.error).toBeNull();
      expect(commands).toBe(5);
      expect(reads).toBeLessThan(3 * sent.length);
      expect(parser.copiedBytes).toBeLessThan(3 * sent.length);
    });
  }
});
