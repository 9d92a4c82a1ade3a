/** A line is an operation, or it is refused with what is wrong with it. */
import { describe, expect, it } from 'vitest';
import { formatHistoryLine, HistoryError, parseHistoryLine } from '../../src/verify/history.js';
import { generateHistory } from './generate.js';

const LINE = {
  client: 3,
  op: 'cas',
  key: 'k',
  args: ['1', '2'],
  call: 1200,
  return: 1950,
  result: 'ok',
  out: { applied: true },
};

const parse = (fields: object, number = 1) => parseHistoryLine(JSON.stringify(fields), number);

describe('a history line', () => {
  it('comes back as it was written', () => {
    expect(parse(LINE)).toEqual(LINE);
    const options = { operations: 200, clients: 4, keys: 3, unknownPerMille: 50, seed: 9 };
    for (const op of generateHistory(options)) {
      expect(parseHistoryLine(formatHistoryLine(op), 1)).toEqual(op);
    }
  });

  it('has its fields in the order of the contract', () => {
    const [op] = generateHistory({
      operations: 1,
      clients: 1,
      keys: 1,
      unknownPerMille: 0,
      seed: 1,
    });
    const names = Object.keys(JSON.parse(formatHistoryLine(op as NonNullable<typeof op>)));
    expect(names).toEqual(['client', 'op', 'key', 'args', 'call', 'return', 'result', 'out']);
  });

  it('may leave out what an unknown outcome does not have', () => {
    const { return: _, out: __, ...rest } = LINE;
    expect(parse({ ...rest, result: 'unknown' })).toMatchObject({ return: 1200, out: {} });
  });

  it('may tell of a fault instead', () => {
    const fault = { fault: 'kill', what: 'node 2', call: 1, return: 2 };
    expect(parse(fault)).toEqual({ fault: 'kill' });
  });

  it.each([
    ['no JSON', 'hello', 'not JSON'],
    ['no object', '[1]', 'no JSON object'],
    ['another document', '{"key":"k","value":"v"}', 'client'],
    ['an unknown operation', JSON.stringify({ ...LINE, op: 'zadd' }), 'op "zadd"'],
    ['no operation', JSON.stringify({ ...LINE, op: 5 }), 'op 5'],
    ['too few arguments', JSON.stringify({ ...LINE, args: ['1'] }), 'cas with 1 args'],
    ['arguments that are none', JSON.stringify({ ...LINE, args: [1, 2] }), 'args'],
    ['a key beyond bytes', JSON.stringify({ ...LINE, key: 'ключ' }), 'key is no byte string'],
    ['a value beyond bytes', JSON.stringify({ ...LINE, out: { value: '€' } }), 'value'],
    ['a time that is none', JSON.stringify({ ...LINE, call: '5' }), 'microseconds'],
    ['no return', JSON.stringify({ ...LINE, return: null }), 'microseconds'],
    ['time backwards', JSON.stringify({ ...LINE, return: 5 }), 'before it was called'],
    ['another result', JSON.stringify({ ...LINE, result: 'maybe' }), 'result'],
    ['an answer that is none', JSON.stringify({ ...LINE, out: 5 }), 'out'],
    ['an answer of other types', JSON.stringify({ ...LINE, out: { applied: 1 } }), 'boolean'],
    ['a length that is none', JSON.stringify({ ...LINE, out: { length: '3' } }), 'length'],
    ['a code that is none', JSON.stringify({ ...LINE, out: { code: 3 } }), 'code'],
  ])('is refused: %s', (_, line, problem) => {
    expect(() => parseHistoryLine(line, 17)).toThrow(HistoryError);
    expect(() => parseHistoryLine(line, 17)).toThrow(/^line 17: /);
    expect(() => parseHistoryLine(line, 17)).toThrow(problem);
  });
});
