/**
 * One operation of a client in the simulation: the command, and what its answer says to each judge.
 * Every value is unique in its run, so that a reader's answer names the one write it comes from.
 */
import { codeOf } from '../../../src/kv/catalog/catalog.js';
import { encodeExec, type Watched } from '../../../src/kv/catalog/exec.js';
import type { Reply } from '../../../src/kv/reply.js';
import type { Command } from '../../../src/kv/request.js';
import type { HistoryOut } from '../../../src/verify/history.js';
import type { ListStep } from '../../../src/verify/list-append.js';

/** One line of the history that an operation becomes. */
export interface Line {
  readonly op: string;
  /** A key, or a field of a hash as `key/field`. */
  readonly key: string;
  readonly args: readonly string[];
  /** What its reply says of this key; null: nothing, or that nothing was done. */
  readonly out: (reply: Reply) => HistoryOut | null;
  /** Arguments that follow from the reply: a field that was new was set as if with NX. */
  readonly words?: (reply: Reply) => readonly string[];
}

/** What an operation has to do with a key or field that expires. */
export type DueLine =
  /** `ttlMs` Infinity: it has no deadline; `value` null: it is deleted. */
  | { readonly kind: 'write'; readonly key: string; value: string | null; readonly ttlMs: number }
  /** `seen` undefined: the reply says nothing of it. */
  | {
      readonly kind: 'read';
      readonly key: string;
      readonly seen: (reply: Reply) => string | null | undefined;
    };

/** Appends to lists and reads of lists that are one transaction. */
export interface ListPart {
  readonly steps: readonly ListStep[];
  /** Its condition did not hold: it did nothing. */
  readonly aborted: boolean;
}

export interface Operation {
  readonly name: string;
  readonly command: Command;
  readonly write: boolean;
  readonly lines: readonly Line[];
  readonly dues: readonly DueLine[];
  /** Null: it touches no list. The reply is null when there was none. */
  readonly lists: ((reply: Reply | null) => ListPart) | null;
  /** What the reply shows that never was at one instant; null: nothing. */
  readonly torn: ((reply: Reply) => string | null) | null;
  /** Hears of the reply; gives a row of the coverage table, or null. */
  readonly learn: ((reply: Reply) => string | null) | null;
}

type Parts = Partial<Pick<Operation, 'lines' | 'dues' | 'lists' | 'torn' | 'learn'>>;

const NOTHING = { lines: [], dues: [], lists: null, torn: null, learn: null } as const;

export const read = (name: string, command: Command, parts: Parts): Operation => ({
  ...NOTHING,
  name,
  command,
  write: false,
  ...parts,
});

export const write = (name: string, command: Command, parts: Parts): Operation => ({
  ...NOTHING,
  name,
  command,
  write: true,
  ...parts,
});

/** One key, one line. */
export function single(
  name: string,
  key: string,
  args: readonly string[],
  out: (reply: Reply) => HistoryOut,
): Operation {
  const lines = [{ op: name, key, args, out }];
  const make = name === 'get' ? read : write;
  return make(name, commandOf(name, [key, ...args]), { lines });
}

export const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
export const textOf = (value: Uint8Array): string => Buffer.from(value).toString('latin1');

export const commandOf = (name: string, args: readonly string[], database = 0): Command => ({
  code: codeOf(name),
  database,
  args: args.map(latin1),
});

/** As the Redis door makes it of MULTI … EXEC. */
export const execOf = (commands: readonly Command[], watched: readonly Watched[] = []): Command =>
  encodeExec({ watched, commands }, 0);

// What replies say.

export const itemOf = (reply: Reply): HistoryOut =>
  reply.kind === 'item'
    ? { value: textOf(reply.value) }
    : reply.kind === 'null'
      ? { value: null }
      : {};

export const writtenOf = (reply: Reply): HistoryOut =>
  reply.kind === 'written' ? { applied: reply.applied } : {};

export const previousOf = (reply: Reply): HistoryOut =>
  reply.kind === 'written'
    ? {
        applied: reply.applied,
        previous: reply.previous === null ? null : textOf(reply.previous),
      }
    : {};

export const numberOf = (reply: Reply): HistoryOut =>
  reply.kind === 'integer' ? { value: reply.value.toString() } : {};

export const lengthOf = (reply: Reply): HistoryOut =>
  reply.kind === 'integer' ? { length: Number(reply.value) } : {};

export const deletedOf = (reply: Reply): HistoryOut =>
  reply.kind === 'integer' ? { applied: reply.value === 1n } : {};

/** The value of a key or a field; null: there is none, undefined: the reply is not about that. */
export function contentOf(reply: Reply | undefined): string | null | undefined {
  switch (reply?.kind) {
    case 'item':
      return textOf(reply.value);
    case 'bytes':
      return textOf(reply.bytes);
    case 'null':
      return null;
    default:
      return undefined;
  }
}

/** Of a reply that is a list: one of its items. */
export const partOf = (reply: Reply, at: number): Reply | undefined =>
  reply.kind === 'list' ? reply.items[at] : undefined;

/** What a reply inside that of EXEC says; null: nothing ran, or this command failed. */
export function inside<T>(at: number, out: (reply: Reply) => T | null): (reply: Reply) => T | null {
  return (reply) => {
    const part = partOf(reply, at);
    return part === undefined || part.kind === 'failed' ? null : out(part);
  };
}

export const countOf = (reply: Reply | undefined): number | null =>
  reply?.kind === 'integer' ? Number(reply.value) : null;

/** Fields and values of HGETALL; null: the reply is not one of it. */
export function fieldsOf(reply: Reply | undefined): ReadonlyMap<string, string> | null {
  if (reply?.kind !== 'list') return null;
  const fields = new Map<string, string>();
  for (let at = 0; at + 1 < reply.items.length; at += 2) {
    const [name, value] = [contentOf(reply.items[at]), contentOf(reply.items[at + 1])];
    if (typeof name === 'string' && typeof value === 'string') fields.set(name, value);
  }
  return fields;
}
