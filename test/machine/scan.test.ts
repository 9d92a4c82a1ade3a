/** Scans page by page over the real store: every key of the range once, in byte order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asBuffer } from '../../src/base/bytes.js';
import type { Epoch, LogIndex, Term } from '../../src/base/ids.js';
import { mergeReplies, rowOf } from '../../src/kv/catalog/route.js';
import { createMachine, type ShardMachine } from '../../src/machine/machine.js';
import { prefixEnd } from '../../src/machine/scan.js';
import { encodeEntry } from '../../src/wire/entry/codec.js';
import { at, bytes, command, session } from './driver.js';
import { emptyDescriptor } from './fake-state.js';
import { descriptorOf, openState } from './store/helpers.js';

const TIME = at(1_000_000);

async function set(machine: ShardMachine, keys: readonly Uint8Array[]): Promise<void> {
  const index = (machine.state.descriptor.applied.index + 1) as LogIndex;
  const commands = keys.map((key, i) => ({
    command: command('set', key, 'v'),
    stamp: { session: session('s'), sequence: index * 1000 + i, mark: 1, firstAttempt: TIME },
    rangeEpoch: 1 as Epoch,
  }));
  const entry = {
    index,
    term: 1 as Term,
    kind: 'normal' as const,
    bytes: encodeEntry({ kind: 'commands', stamp: TIME, commands }),
  };
  await machine.prefetch(entry);
  machine.apply(entry);
}

const key = fc.oneof(
  fc.uint8Array({ maxLength: 3 }),
  fc.array(fc.constantFrom(0, 97, 98, 255), { maxLength: 3 }).map((list) => Uint8Array.from(list)),
);

const scanOptions = fc.record({
  from: key,
  to: key,
  prefix: fc.option(key),
  reverse: fc.boolean(),
  limit: fc.integer({ min: 1, max: 5 }),
});

describe('scan', () => {
  it('finds the end of a prefix', () => {
    expect(prefixEnd(bytes('ab'))).toEqual(Buffer.from('ac'));
    expect(prefixEnd(bytes('a\xff\xff'))).toEqual(Buffer.from('b'));
    expect(prefixEnd(bytes('\xff'))).toBeNull();
    expect(prefixEnd(bytes(''))).toBeNull();
  });

  it('pages through exactly the keys of its range', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(key, { maxLength: 12 }),
        fc.array(key, { maxLength: 12 }),
        scanOptions,
        async (flushed, fresh, { from, to, prefix, reverse, limit }) => {
          const { state: node } = await openState();
          const descriptor = descriptorOf(node.allocateSpace());
          const state = node.create({ ...descriptor, applied: emptyDescriptor().applied });
          const machine = await createMachine({ state });
          await set(machine, flushed);
          await node.flush();
          await set(machine, fresh);
          const words = [
            ...(reverse ? ['REVERSE'] : []),
            ...(prefix === null ? [] : ['PREFIX', prefix]),
          ];
          const seen: string[] = [];
          let cursor: Uint8Array | null = null;
          for (let round = 0; round < 50; round++) {
            const after: readonly (string | Uint8Array)[] =
              cursor === null ? [] : ['CURSOR', cursor];
            const scan = command('scan', from, to, 'LIMIT', limit, ...words, ...after);
            const result = await machine.read(scan, TIME, false);
            if (result.kind !== 'reply') throw new Error(result.kind);
            const parts = [{ reply: result.reply, positions: null }];
            const page = mergeReplies(rowOf(scan), scan, parts);
            if (page.kind !== 'page') throw new Error(page.kind);
            expect(page.items.length).toBeLessThanOrEqual(limit);
            seen.push(...page.items.map((one) => asBuffer(one.key).toString('hex')));
            cursor = page.next;
            if (cursor === null) break;
          }
          const all = [...flushed, ...fresh].map((one) => asBuffer(one));
          const expected = all
            .filter((one) => one.compare(from) >= 0)
            .filter((one) => to.length === 0 || one.compare(to) < 0)
            .filter((one) => prefix === null || one.subarray(0, prefix.length).equals(prefix))
            .sort((a, b) => (reverse ? -1 : 1) * a.compare(b))
            .map((one) => one.toString('hex'));
          expect(seen).toEqual([...new Set(expected)]);
          await node.close();
        },
      ),
      { numRuns: 100 },
    );
  });
});
