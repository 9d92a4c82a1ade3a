/**
 * Names to things, looked up by the bytes of an argument, in any case, without allocating:
 * commands, their subcommands and options. Built once at start.
 */
import { assert } from '../../../base/assert.js';
import type { Command } from './command.js';

const LOWER_A = 0x61;
const LOWER_Z = 0x7a;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

const upper = (c: number): number => (c >= LOWER_A && c <= LOWER_Z ? c - 0x20 : c);

interface Slot<T> {
  readonly name: Uint8Array;
  readonly value: T;
}

export class NameTable<T> {
  readonly #slots: (Slot<T> | null)[];
  readonly #mask: number;
  #longest = 0;

  /** Names in ASCII; two that differ only in case are an assertion error. */
  constructor(entries: Iterable<readonly [string, T]>) {
    const rows = [...entries];
    let size = 8;
    while (size < 4 * rows.length) size *= 2;
    this.#mask = size - 1;
    this.#slots = new Array<Slot<T> | null>(size).fill(null);
    for (const [name, value] of rows)
      this.#insert(Buffer.from(name.toUpperCase(), 'latin1'), value);
  }

  /** What bytes[start, end) names, or undefined. */
  find(bytes: Uint8Array, start: number, end: number): T | undefined {
    if (end - start > this.#longest) return undefined;
    let hash = SEED;
    for (let p = start; p < end; p++) hash = Math.imul(hash ^ upper(bytes[p]!), PRIME);
    for (let at = fold(hash) & this.#mask; ; at = (at + 1) & this.#mask) {
      const slot = this.#slots[at]!;
      if (slot === null) return undefined;
      if (isName(slot.name, bytes, start, end)) return slot.value;
    }
  }

  /** What argument `i` of the command names, or undefined. */
  findArgument(command: Command, i: number): T | undefined {
    return this.find(command.bytes, command.start(i), command.end(i));
  }

  #insert(name: Uint8Array, value: T): void {
    let hash = SEED;
    for (const c of name) hash = Math.imul(hash ^ c, PRIME);
    let at = fold(hash) & this.#mask;
    while (this.#slots[at] !== null) {
      const taken = isName(this.#slots[at]!.name, name, 0, name.length);
      assert(!taken, `two entries are called ${String.fromCharCode(...name)}`);
      at = (at + 1) & this.#mask;
    }
    this.#slots[at] = { name, value };
    this.#longest = Math.max(this.#longest, name.length);
  }
}

/** FNV's low bits alone mix badly. */
const fold = (hash: number): number => (hash ^ (hash >>> 15)) >>> 0;

function isName(name: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i++) {
    if (name[i] !== upper(bytes[start + i]!)) return false;
  }
  return true;
}
