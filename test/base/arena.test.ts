import { expect, it } from 'vitest';
import { Arena } from '../../src/base/arena.js';

it('what is cut never overlaps, across chunks and beyond a chunk’s size', () => {
  const arena = new Arena(64);
  const sizes = [10, 50, 1, 63, 64, 65, 200, 0, 3];
  const cut = sizes.map((size, i) => arena.cut(size).fill(i));
  cut.forEach((bytes, i) => {
    expect(bytes.length).toBe(sizes[i]);
    expect([...bytes].every((byte) => byte === i)).toBe(true);
  });
});

it('room that was taken is given away only as far as it was kept', () => {
  const arena = new Arena(64);
  const room = arena.take(20);
  expect(room.length).toBeGreaterThanOrEqual(20);
  room.fill(7, 0, 5);
  arena.keep(5);
  arena.cut(8).fill(9);
  expect([...room.subarray(0, 5)]).toEqual([7, 7, 7, 7, 7]);
  expect(room[5]).toBe(9);
});
