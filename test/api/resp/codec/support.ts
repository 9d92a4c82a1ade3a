/** Cuts of byte strings, and what the request parser makes of them. */
import {
  type RequestLimits,
  RequestParser,
} from '../../../../src/api/resp/codec/request-parser.js';

export interface Outcome {
  /** Arguments, one latin1 character a byte. */
  readonly commands: string[][];
  readonly error: string | null;
}

/** Takes all that is there. */
export function parseAll(parser: RequestParser): string[][] {
  const commands: string[][] = [];
  while (parser.next()) {
    const { command } = parser;
    commands.push(Array.from({ length: command.argc }, (_, i) => command.latin1(i)));
  }
  return commands;
}

export function outcomeOf(chunks: readonly Uint8Array[], limits?: RequestLimits): Outcome {
  const parser = new RequestParser(limits);
  const commands: string[][] = [];
  for (const chunk of chunks) {
    parser.push(chunk);
    commands.push(...parseAll(parser));
  }
  return { commands, error: parser.error };
}

/** Pieces between the cuts, which are taken modulo the length. */
export function cutAt(bytes: Buffer, cuts: readonly number[]): Buffer[] {
  const places = cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b);
  const pieces: Buffer[] = [];
  let from = 0;
  for (const place of [...places, bytes.length]) {
    if (place > from) pieces.push(bytes.subarray(from, place));
    from = place;
  }
  return pieces;
}

/** Pieces of `size` bytes, each with memory of its own, as sockets give them. */
export function cutEvery(bytes: Uint8Array, size: number): Buffer[] {
  const pieces: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    pieces.push(Buffer.from(bytes.subarray(at, at + size)));
  }
  return pieces;
}

/** The same bytes; `onRead` hears how many of them each look at them touched. */
export function countReads(bytes: Buffer, onRead: (count: number) => void): Buffer {
  return new Proxy(bytes, {
    get(target, property) {
      if (typeof property === 'string' && /^\d+$/.test(property)) {
        onRead(1);
        return target[Number(property)];
      }
      if (property === 'indexOf') {
        return (wanted: number, from: number) => {
          const found = target.indexOf(wanted, from);
          onRead((found < 0 ? target.length : found + 1) - from);
          return found;
        };
      }
      const member: unknown = Reflect.get(target, property, target);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
}
