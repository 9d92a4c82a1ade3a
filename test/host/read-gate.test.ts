import { describe, expect, it } from 'vitest';
import { groupId } from '../../src/base/ids.js';
import { ReadGate } from '../../src/host/read-gate.js';
import { manualClock } from '../support/manual-clock.js';

const [A, B, C] = [groupId(1), groupId(2), groupId(3)] as const;

function setup() {
  const clock = manualClock();
  const woken: number[] = [];
  const gate = new ReadGate(clock, (group) => void woken.push(group));
  const turn = (): void => gate.beginTurn();
  return { clock, woken, gate, turn };
}

describe('the gate of read rounds', () => {
  it('lets everybody of one turn in, and holds the others until the last answer of it', () => {
    const { woken, gate, turn } = setup();
    turn();
    expect(gate.mayAsk(A)).toBe(true);
    const a = gate.begin(20);
    expect(gate.mayAsk(B)).toBe(true);
    const b = gate.begin(1);
    turn();
    expect(gate.mayAsk(A)).toBe(false);
    expect(gate.mayAsk(C)).toBe(false);
    gate.end(a);
    expect(gate.mayAsk(C)).toBe(false);
    expect(woken).toEqual([]);
    gate.end(b);
    expect(woken).toEqual([A, C]);
    turn();
    expect(gate.mayAsk(A)).toBe(true);
  });

  it('holds nobody back while few reads are under way', () => {
    const { gate, turn } = setup();
    turn();
    gate.begin(4);
    gate.begin(3);
    turn();
    expect(gate.mayAsk(A)).toBe(true);
    gate.begin(1);
    turn();
    expect(gate.mayAsk(A)).toBe(true);
  });

  it('waits for no answer that takes long: a peer that is away stops no other group', () => {
    const { clock, woken, gate, turn } = setup();
    turn();
    const lost = gate.begin(50);
    turn();
    expect(gate.mayAsk(B)).toBe(false);
    clock.advance(1);
    expect(woken).toEqual([]);
    clock.advance(1);
    expect(woken).toEqual([B]);
    turn();
    expect(gate.mayAsk(B)).toBe(true);
    gate.begin(50);
    turn();
    // What was given up says nothing about the batch that followed it.
    gate.end(lost);
    expect(gate.mayAsk(B)).toBe(false);
  });
});
