/**
 * The one gate behind every door: is the command known, do its arguments fit, are they small
 * enough, may this caller ask for it? What has passed here is trusted by everything behind it.
 */
import { checkCommand, largestDatabase } from '../../kv/catalog/grammar.js';
import { RkvError } from '../../kv/errors.js';
import { MAX_REQUEST_BYTES } from '../../kv/limits.js';
import type { Command } from '../../kv/request.js';

/** What an argument costs on any wire besides its own bytes, so that a million empty ones count. */
export const ARGUMENT_OVERHEAD_BYTES = 8;
/** Databases 0 to this are for users; the rest is reserved. */
export const MAX_USER_DATABASE = 15;

export interface Gate {
  /** Null: let it in. Else an error of kind usage, or NOT_ALLOWED. */
  check(command: Command): RkvError | null;
}

/** What the request counts against its limit. */
export function requestBytes(command: Command): number {
  const { args } = command;
  let bytes = args.length * ARGUMENT_OVERHEAD_BYTES;
  for (const arg of args) bytes += arg.length;
  return bytes;
}

export function createGate(): Gate {
  return {
    check(command) {
      const problem = checkCommand(command);
      if (problem !== null) return problem;
      const bytes = requestBytes(command);
      if (bytes > MAX_REQUEST_BYTES) {
        return new RkvError(
          'LIMIT',
          `the request has ${bytes} bytes, the limit is ${MAX_REQUEST_BYTES}`,
        );
      }
      if (largestDatabase(command) > MAX_USER_DATABASE) {
        return new RkvError(
          'NOT_ALLOWED',
          `database ${largestDatabase(command)} is reserved; 0 to ${MAX_USER_DATABASE} are yours`,
        );
      }
      return null;
    },
  };
}
