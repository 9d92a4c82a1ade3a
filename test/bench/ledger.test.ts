import { describe, expect, it } from 'vitest';
import { revision } from '../../src/base/ids.js';
import { Ledger } from '../../src/bench/ledger.js';
import { historyLine } from '../../src/bench/record.js';
import type { Operation } from '../../src/bench/types.js';
import { idOf, valueMaker } from '../../src/bench/value.js';
import { RkvError } from '../../src/kv/errors.js';
import type { Reply } from '../../src/kv/reply.js';

const written: Reply = { kind: 'written', applied: true, revision: revision(1), previous: null };
const value = valueMaker(32, 1);

const write = (
  id: number,
  callUs: number,
  returnUs: number,
  answer: Operation['answer'] = written,
): Operation => ({ caller: 0, kind: 'set', key: 5, id, callUs, returnUs, answer });

describe('values', () => {
  it('name their write', () => {
    expect(value(123)).toHaveLength(32);
    expect(idOf(value(123))).toBe(123);
    expect(idOf(Buffer.from('hello'))).toBeNull();
    expect(idOf(Buffer.from(':'))).toBeNull();
    expect(idOf(new Uint8Array(0))).toBeNull();
  });
});

describe('Ledger', () => {
  const ledgerOf = (...operations: Operation[]): Ledger => {
    const ledger = new Ledger();
    for (const operation of operations) ledger.note(operation);
    return ledger;
  };

  it('accepts a write that met a replica which had just stopped: it may have been applied', () => {
    const ledger = ledgerOf(write(1, 0, 10), write(2, 20, 30, new RkvError('FENCED', 'why')));
    expect(ledger.check(5, value(2))).toBeNull();
    const refused = ledgerOf(write(1, 0, 10), write(2, 20, 30, new RkvError('FULL', 'why')));
    expect(refused.check(5, value(2))?.why).toContain('never sent');
  });

  it('accepts the last of two writes and refuses the first, an empty key and foreign bytes', () => {
    const ledger = ledgerOf(write(1, 0, 10), write(2, 20, 30));
    expect(ledger.acknowledged).toBe(2);
    expect(ledger.keys()).toEqual([5]);
    expect(ledger.check(5, value(2))).toBeNull();
    expect(ledger.check(5, value(1))?.why).toContain('older write 1');
    expect(ledger.check(5, null)?.why).toContain('nothing is there');
    expect(ledger.check(5, Buffer.from('?'))?.why).toContain('foreign');
    expect(ledger.check(5, value(3))?.why).toContain('never sent');
  });

  it('accepts either of two that overlapped', () => {
    const ledger = ledgerOf(write(1, 0, 25), write(2, 20, 30));
    expect(ledger.check(5, value(1))).toBeNull();
    expect(ledger.check(5, value(2))).toBeNull();
  });

  it('accepts a write of unknown outcome at any later time, a refused one never', () => {
    const unknown = new RkvError('OUTCOME_UNKNOWN', 'late');
    const refused = new RkvError('NO_LEADER', 'none');
    const ledger = ledgerOf(write(1, 0, 5, unknown), write(2, 10, 20), write(3, 11, 12, refused));
    expect(ledger.acknowledged).toBe(1);
    expect(ledger.check(5, value(1))).toBeNull();
    expect(ledger.check(5, value(3))?.why).toContain('never sent');
  });

  it('asks nothing of a key that no acknowledged write touched', () => {
    expect(ledgerOf(write(1, 0, 5, new RkvError('NO_LEADER', 'none'))).check(5, null)).toBeNull();
  });
});

describe('historyLine', () => {
  it('has the shape of the contract', () => {
    expect(JSON.parse(historyLine(write(7, 1.5, 2.5)))).toEqual({
      client: 0,
      op: 'set',
      key: 'bench:000000000005',
      args: ['7'],
      call: 1,
      return: 3,
      result: 'ok',
      out: { applied: true },
    });
  });

  it('tells refused from unknown, and what a read saw', () => {
    const line = (operation: Operation): object => JSON.parse(historyLine(operation)) as object;
    const late = new RkvError('OUTCOME_UNKNOWN', 'late');
    expect(line(write(1, 0, 1, late))).toMatchObject({ result: 'unknown' });
    const none = new RkvError('NO_LEADER', 'none');
    expect(line(write(1, 0, 1, none))).toMatchObject({
      result: 'refused',
      out: { code: 'NO_LEADER' },
    });
    const item: Reply = { kind: 'item', value: value(9), revision: revision(2), expiresAt: null };
    const read = { ...write(0, 0, 1, item), kind: 'get' as const };
    expect(line(read)).toMatchObject({ op: 'get', args: [], out: { value: '9' } });
    expect(line({ ...read, answer: { kind: 'null' } })).toMatchObject({ out: { value: null } });
  });
});
