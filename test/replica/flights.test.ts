import { describe, expect, it } from 'vitest';
import { logIndex, type MonoMs, term } from '../../src/base/ids.js';
import { Flights } from '../../src/replica/flights.js';

const waiter = (log: string[], name: string, deadline = 1000) => ({
  deadline: deadline as MonoMs,
  done: (answer: string) => log.push(`${name}:${answer}`),
});
const answer = (i: number): string => `ok${i}`;

describe('who waits for which entry', () => {
  it('answers every command of an entry in order', () => {
    const flights = new Flights<string>();
    const log: string[] = [];
    flights.add(logIndex(5), term(2), [waiter(log, 'a'), waiter(log, 'b')]);
    flights.onApplied(logIndex(4), term(2), 1, answer, 'lost');
    expect(log).toEqual([]);
    flights.onApplied(logIndex(5), term(2), 2, answer, 'lost');
    expect(log).toEqual(['a:ok0', 'b:ok1']);
    expect(flights.size).toBe(0);
  });

  it('an entry of another term at the same index: surely never applied', () => {
    const flights = new Flights<string>();
    const log: string[] = [];
    flights.add(logIndex(5), term(2), [waiter(log, 'a')]);
    flights.onApplied(logIndex(5), term(3), 0, answer, 'lost');
    expect(log).toEqual(['a:lost']);
  });

  it('a snapshot that jumped over the index: lost too, later ones still wait', () => {
    const flights = new Flights<string>();
    const log: string[] = [];
    flights.add(logIndex(5), term(2), [waiter(log, 'a')]);
    flights.add(logIndex(9), term(2), [waiter(log, 'b')]);
    flights.onApplied(logIndex(9), term(2), 1, answer, 'lost');
    expect(log).toEqual(['a:lost', 'b:ok0']);
  });

  it('past the deadline a caller is told once; its entry keeps its place', () => {
    const flights = new Flights<string>();
    const log: string[] = [];
    flights.add(logIndex(5), term(2), [waiter(log, 'a', 10), waiter(log, 'b', 99)]);
    flights.sweep(50 as MonoMs, 'late');
    flights.sweep(60 as MonoMs, 'late');
    flights.onApplied(logIndex(5), term(2), 2, answer, 'lost');
    expect(log).toEqual(['a:late', 'b:ok1']);
  });

  it('leadership lost: everybody in flight hears the same, nobody twice', () => {
    const flights = new Flights<string>();
    const log: string[] = [];
    flights.add(logIndex(5), term(2), [waiter(log, 'a')]);
    flights.drop('dropped');
    flights.onApplied(logIndex(5), term(2), 1, answer, 'lost');
    expect(log).toEqual(['a:dropped']);
  });
});
