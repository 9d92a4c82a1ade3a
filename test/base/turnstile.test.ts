import { describe, expect, it } from 'vitest';
import type { MonoMs } from '../../src/base/ids.js';
import { Turnstile } from '../../src/base/turnstile.js';

function setup(atOnce: number, waiting: number) {
  const state = { now: 0, log: [] as string[] };
  const turnstile = new Turnstile(() => state.now as MonoMs, { atOnce, waiting });
  const add = (name: string, deadline: number | null = null): boolean =>
    turnstile.add({
      deadline: deadline as MonoMs | null,
      enter: () => void state.log.push(name),
      refuse: (why) => void state.log.push(`${name} ${why}`),
    });
  return { state, turnstile, add };
}

describe('a turnstile', () => {
  it('lets so many in, the others in order as those leave', () => {
    const { state, turnstile, add } = setup(2, 9);
    for (const name of ['a', 'b', 'c', 'd', 'e']) expect(add(name)).toBe(true);
    expect(state.log).toEqual(['a', 'b']);
    turnstile.leave();
    turnstile.leave();
    expect(state.log).toEqual(['a', 'b', 'c', 'd']);
    for (let i = 0; i < 3; i++) turnstile.leave();
    expect(state.log).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(() => turnstile.leave()).toThrow('who leaves was inside');
  });

  it('passes over who is late, and tells him', () => {
    const { state, turnstile, add } = setup(1, 9);
    add('a');
    add('b', 10);
    add('c');
    state.now = 10;
    turnstile.leave();
    expect(state.log).toEqual(['a', 'b late', 'c']);
  });

  it('refuses what is too much; who is late holds no place', () => {
    const { state, turnstile, add } = setup(1, 2);
    add('a');
    expect([add('b', 10), add('c'), add('d')]).toEqual([true, true, false]);
    state.now = 11;
    expect(add('e')).toBe(true);
    expect(state.log).toEqual(['a', 'b late']);
    turnstile.leave();
    turnstile.leave();
    expect(state.log).toEqual(['a', 'b late', 'c', 'e']);
  });

  it('refuses all that wait when it closes', () => {
    const { state, turnstile, add } = setup(1, 9);
    for (const name of ['a', 'b', 'c']) add(name);
    turnstile.close();
    expect(state.log).toEqual(['a', 'b closed', 'c closed']);
    turnstile.leave();
    add('d');
    expect(state.log.at(-1)).toBe('d');
  });

  it('may be left by who has just entered, and holds any number of them in turn', () => {
    let entered = 0;
    let inside = 0;
    let most = 0;
    const ends: (() => void)[] = [];
    const turnstile = new Turnstile(() => 0 as MonoMs, { atOnce: 3, waiting: 1000 });
    const enter = (): void => {
      inside += 1;
      most = Math.max(most, inside);
      const end = (): void => {
        inside -= 1;
        turnstile.leave();
      };
      if (++entered % 7 === 3) end();
      else ends.push(end);
    };
    for (let i = 0; i < 900; i++) turnstile.add({ deadline: null, enter, refuse: () => undefined });
    for (let at = 0; at < ends.length; at++) ends[at]?.();
    expect([entered, inside, most]).toEqual([900, 0, 3]);
  });
});
