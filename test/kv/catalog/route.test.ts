import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Revision } from '../../../src/base/ids.js';
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import { keysOf, mergeReplies, rowOf, splitCommand } from '../../../src/kv/catalog/route.js';
import type { PageItem, Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';

const bytes = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const command = (name: string, ...args: string[]): Command => ({
  code: codeOf(name),
  database: 3,
  args: args.map(bytes),
});
const texts = (list: readonly Uint8Array[]): string[] =>
  list.map((one) => Buffer.from(one).toString('latin1'));
const integer = (value: number): Reply => ({ kind: 'integer', value: BigInt(value) });
const group = (key: Uint8Array): number => (key[0] ?? 0) % 3;

describe('split by key', () => {
  it('leaves a command of one key, or of one group, as it is', () => {
    const get = command('get', 'a');
    expect(splitCommand(rowOf(get), get, group)).toEqual([
      { group: group(bytes('a')), command: get, positions: null },
    ]);
    const mget = command('mget', 'a', 'a', 'd');
    expect(splitCommand(rowOf(mget), mget, () => 7)[0]?.command).toBe(mget);
  });

  it('keeps pairs together and says where each key stood', () => {
    const mset = command('mset', 'a', '1', 'b', '2', 'a', '3');
    const parts = splitCommand(rowOf(mset), mset, group);
    expect(parts.map((part) => [part.group, texts(part.command.args), part.positions])).toEqual([
      [1, ['a', '1', 'a', '3'], [0, 2]],
      [2, ['b', '2'], [1]],
    ]);
    expect(parts[0]?.command.database).toBe(3);
    expect(texts(keysOf(rowOf(mset), mset.args))).toEqual(['a', 'b', 'a']);
  });

  it('merges lists into the order of the keys, however they were split', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, maxLength: 3 }), { minLength: 1 }), (keys) => {
        const mget = command('mget', ...keys);
        const row = rowOf(mget);
        const parts = splitCommand(row, mget, group).map((part) => ({
          positions: part.positions,
          reply: {
            kind: 'list' as const,
            items: part.command.args.map((key) => ({ kind: 'bytes' as const, bytes: key })),
          },
        }));
        const merged = mergeReplies(row, mget, parts) as Extract<Reply, { kind: 'list' }>;
        expect(merged.items.map((one) => one.kind === 'bytes' && one.bytes)).toEqual(
          mget.args.map((key) => Buffer.from(key)),
        );
      }),
    );
  });
});

describe('merge', () => {
  it('adds counts, and hands a failure on', () => {
    const mdel = command('mdel', 'a', 'b');
    const row = rowOf(mdel);
    const parts = [
      { reply: integer(2), positions: [0] },
      { reply: integer(3), positions: [1] },
    ];
    expect(mergeReplies(row, mdel, parts)).toEqual(integer(5));
    const failed: Reply = { kind: 'failed', code: 'WRONG_TYPE' };
    expect(mergeReplies(row, mdel, [...parts, { reply: failed, positions: [2] }])).toEqual(failed);
  });

  const item = (key: string): PageItem => ({
    key: bytes(key),
    value: bytes(''),
    revision: 1 as Revision,
    expiresAt: null,
  });
  const page = (keys: string, next: string | null) => ({
    positions: null,
    reply: {
      kind: 'page' as const,
      items: [...keys].map(item),
      next: next === null ? null : bytes(next),
    },
  });
  const shown = (reply: Reply): unknown => {
    if (reply.kind !== 'page') return reply;
    return [
      texts(reply.items.map((one) => one.key)).join(''),
      reply.next && texts([reply.next])[0],
    ];
  };
  const merge = (scan: Command, ...parts: ReturnType<typeof page>[]) =>
    shown(mergeReplies(rowOf(scan), scan, parts));

  it('ends a page where the slowest shard stopped', () => {
    expect(merge(command('scan', '', ''), page('adg', 'g'), page('bchx', null))).toEqual([
      'abcdg',
      'g',
    ]);
    expect(merge(command('scan', '', '', 'REVERSE'), page('gd', 'd'), page('xa', null))).toEqual([
      'xgd',
      'd',
    ]);
    expect(merge(command('scan', '', ''), page('', 'c'), page('ad', null))).toEqual(['a', 'c']);
    expect(merge(command('scan', '', ''), page('b', null), page('a', null))).toEqual(['ab', null]);
  });

  it('ends a page at its limit', () => {
    const scan = command('scan', '', '', 'LIMIT', '2');
    expect(merge(scan, page('ad', null), page('bc', null))).toEqual(['ab', 'b']);
    expect(merge(scan, page('a', null), page('b', null))).toEqual(['ab', null]);
  });

  it('counts a page when only the count was asked for', () => {
    const scan = command('scan', '', '', 'COUNTONLY');
    expect(merge(scan, page('ad', 'd'), page('bx', null))).toEqual({
      kind: 'list',
      items: [integer(3), { kind: 'bytes', bytes: bytes('d') }],
    });
    expect(merge(scan, page('a', null))).toEqual({
      kind: 'list',
      items: [integer(1), { kind: 'null' }],
    });
  });

  it('covers every key once over all pages, with any page sizes', () => {
    const key = fc.string({ minLength: 1, maxLength: 2 });
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { maxLength: 30 }),
        fc.integer({ min: 1, max: 4 }),
        fc.boolean(),
        (keys, limit, reverse) => {
          const order = (a: string, b: string) =>
            (reverse ? -1 : 1) * Buffer.compare(Buffer.from(bytes(a)), Buffer.from(bytes(b)));
          const words = reverse ? ['REVERSE'] : [];
          const scan = command('scan', '', '', 'LIMIT', String(limit), ...words);
          const latin = keys.filter((one) => bytes(one).length === one.length);
          const unique = [...new Set(latin.map((one) => texts([bytes(one)])[0] as string))];
          const seen: string[] = [];
          let cursor: string | null = null;
          for (let round = 0; round < 100; round++) {
            const from = cursor;
            const parts = [0, 1, 2].map((shard) => {
              const mine = unique
                .filter((one) => group(bytes(one)) === shard)
                .filter((one) => from === null || order(one, from) > 0)
                .sort(order);
              const cut = mine.slice(0, limit);
              return {
                positions: null,
                reply: {
                  kind: 'page' as const,
                  items: cut.map(item),
                  next: cut.length < mine.length ? bytes(cut[cut.length - 1] as string) : null,
                },
              };
            });
            const merged = mergeReplies(rowOf(scan), scan, parts);
            if (merged.kind !== 'page') throw new Error('no page');
            expect(merged.items.length).toBeLessThanOrEqual(limit);
            seen.push(...texts(merged.items.map((one) => one.key)));
            if (merged.next === null) break;
            cursor = texts([merged.next])[0] as string;
          }
          expect(seen).toEqual(unique.sort(order));
        },
      ),
    );
  });
});
