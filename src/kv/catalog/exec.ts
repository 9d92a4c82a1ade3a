/**
 * A transaction as one command: `exec` carries the keys it watches and the commands it runs, so
 * that one entry decides and does all of it. The first argument is the plan (numbers alone); the
 * keys and arguments follow as they are, in the plan's order, so nothing is copied.
 *
 * Plan, all varints: version 1, count of watches, per watch database and revision, count of
 * commands, per command code, database and count of arguments.
 */
import { RkvError } from '../errors.js';
import type { Command } from '../request.js';

/** A key and the number that `rev` gave for it when it was watched. */
export interface Watched {
  readonly database: number;
  readonly key: Uint8Array;
  readonly revision: number;
}

export interface Transaction {
  readonly watched: readonly Watched[];
  readonly commands: readonly Command[];
}

const VERSION = 1;
export const EXEC_CODE = 60;

function varint(out: number[], value: number): void {
  let rest = value;
  while (rest > 0x7f) {
    out.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  out.push(rest);
}

/** `database` is the one chosen when EXEC was called; each command has its own. */
export function encodeExec({ watched, commands }: Transaction, database: number): Command {
  const plan: number[] = [];
  const args: Uint8Array[] = [new Uint8Array(0)];
  varint(plan, VERSION);
  varint(plan, watched.length);
  for (const watch of watched) {
    varint(plan, watch.database);
    varint(plan, watch.revision);
    args.push(watch.key);
  }
  varint(plan, commands.length);
  for (const command of commands) {
    varint(plan, command.code);
    varint(plan, command.database);
    varint(plan, command.args.length);
    for (const arg of command.args) args.push(arg);
  }
  args[0] = Buffer.from(plan);
  return { code: EXEC_CODE, database, args };
}

class PlanReader {
  readonly #plan: Uint8Array;
  #at = 0;
  /** Something did not fit; what was read since is nothing. */
  broken = false;

  constructor(plan: Uint8Array) {
    this.#plan = plan;
  }

  get ended(): boolean {
    return this.#at === this.#plan.length;
  }

  /** A whole number up to `max`; 0 and `broken` when it is none. */
  next(max: number): number {
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 8; i++) {
      const byte = this.#plan[this.#at];
      if (byte === undefined) break;
      this.#at++;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) {
        if (value <= max) return value;
        break;
      }
      scale *= 128;
    }
    this.broken = true;
    return 0;
  }
}

/** Null: not of `encodeExec`. Nothing is allocated that the arguments do not pay for. */
export function decodeExec(args: readonly Uint8Array[]): Transaction | null {
  const plan = new PlanReader(args[0] ?? new Uint8Array(0));
  if (plan.next(VERSION) !== VERSION) return null;
  let at = 1;
  const watched: Watched[] = [];
  for (let left = plan.next(args.length - at); left > 0; left--) {
    const database = plan.next(255);
    const revision = plan.next(Number.MAX_SAFE_INTEGER);
    const key = args[at++];
    if (plan.broken || key === undefined) return null;
    watched.push({ database, key, revision });
  }
  const commands: Command[] = [];
  // Every number takes a byte, so a plan never announces more commands than it has bytes.
  for (let left = plan.next(args[0]?.length ?? 0); left > 0; left--) {
    const code = plan.next(0xffff);
    const database = plan.next(255);
    const count = plan.next(args.length - at);
    if (plan.broken) return null;
    commands.push({ code, database, args: args.slice(at, at + count) });
    at += count;
  }
  return plan.broken || !plan.ended || at !== args.length ? null : { watched, commands };
}

/** The transaction of a command that a gate has let in. */
export function transactionOf(command: Command): Transaction {
  const transaction = decodeExec(command.args);
  if (transaction === null) throw new RkvError('SYNTAX', 'exec: the plan does not fit');
  return transaction;
}
