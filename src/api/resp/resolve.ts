/** From a parsed request to the row that runs it, or to the error Redis gives for its words. */
import type { Command as Parsed } from './codec/command.js';
import { unknownCommand, unknownSubcommand, wrongArity } from './errors.js';
import type { Entry, Registry } from './registry.js';

/** Whether so many words, the name included, can be right. */
export const fitsArity = (arity: number, words: number): boolean =>
  arity >= 0 ? words === arity : words >= -arity;

export function resolve(registry: Registry, parsed: Parsed): Entry | string {
  const entry = registry.find(parsed.bytes, parsed.start(0), parsed.end(0));
  if (entry === undefined) return unknownCommand(parsed.latin1(0), parsed.args(1));
  const { argc } = parsed;
  if (entry.subcommands === null) {
    return fitsArity(entry.row.arity, argc) ? entry : wrongArity(entry.fullName);
  }
  if (argc === 1) return entry.bare ?? wrongArity(entry.fullName);
  const sub = entry.subcommands.find(parsed.bytes, parsed.start(1), parsed.end(1));
  if (sub === undefined) return unknownSubcommand(entry.row.name, parsed.latin1(1));
  return fitsArity(sub.row.arity, argc) ? sub : wrongArity(sub.fullName);
}
