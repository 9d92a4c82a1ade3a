/**
 * Bad news in the words of Redis. Clients act on the first word: TRYAGAIN, CLUSTERDOWN and LOADING
 * are retried by cluster clients, so they stand only before what was surely not applied. A write
 * whose outcome is unknown gets a word of its own that nobody retries on.
 */
import type { ErrorCode, RkvError } from '../../kv/errors.js';
import type { FailureCode } from '../../kv/reply.js';

export const UNKNOWN_OUTCOME = 'UNKNOWNOUTCOME';

/** What a command answers that was wrong for the value it met. */
export const FAILURE_TEXT: Readonly<Record<FailureCode, string>> = {
  NOT_INTEGER: 'ERR value is not an integer or out of range',
  OVERFLOW: 'ERR increment or decrement would overflow',
  WRONG_TYPE: 'WRONGTYPE Operation against a key holding the wrong kind of value',
  TOO_LARGE: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
  SYNTAX: 'ERR syntax error',
  NOT_FLOAT: 'ERR value is not a valid float',
  NAN_OR_INFINITY: 'ERR increment would produce NaN or Infinity',
  NO_SUCH_KEY: 'ERR no such key',
  BUSY_KEY: 'BUSYKEY Target key name already exists.',
  BAD_PAYLOAD: 'ERR DUMP payload version or checksum are wrong',
  BAD_FORMAT: 'ERR Bad data format',
  OUT_OF_RANGE: 'ERR offset is out of range',
  NOT_HLL: 'WRONGTYPE Key is not a valid HyperLogLog string value.',
  CORRUPT_HLL: 'INVALIDOBJ Corrupted HLL object detected',
  REPLY_TOO_LARGE: 'ERR the reply would be over its limit, use HSCAN',
};

/** It ran, but a retry found only that: the reply itself was too large to keep. */
export const REPLY_NOT_KEPT =
  'ERR the command was applied once, but its reply was too large to be kept for the retry';

const PREFIX: Partial<Record<ErrorCode, string>> = {
  NO_LEADER: 'CLUSTERDOWN',
  NOT_READY: 'TRYAGAIN',
  OVERLOADED: 'TRYAGAIN',
  TIMEOUT: 'TRYAGAIN',
  MOVED: 'TRYAGAIN',
  STALE: 'TRYAGAIN',
  FENCED: 'TRYAGAIN',
  FULL: 'OOM',
  WRONG_TYPE: 'WRONGTYPE',
  CROSS_SHARD: 'CROSSSLOT',
  NOT_ALLOWED: 'NOPERM',
  OUTCOME_UNKNOWN: UNKNOWN_OUTCOME,
};

/** The text behind the `-` of an error reply. */
export function errorText(error: RkvError): string {
  const prefix = PREFIX[error.code] ?? 'ERR';
  const shard = error.details.shard === undefined ? '' : ` (shard ${error.details.shard})`;
  switch (error.kind) {
    case 'unknown':
      return `${prefix} the write may or may not be applied${shard}: ${error.message}`;
    case 'refused':
      return `${prefix} ${error.message}${shard}; nothing was changed`;
    case 'fatal':
    case 'usage':
      return `${prefix} ${error.message}`;
  }
}

const PREVIEW_CHARACTERS = 128;

/** As Redis previews the arguments of a command it does not know. */
export function unknownCommand(name: string, args: readonly Uint8Array[]): string {
  let preview = '';
  for (const arg of args) {
    const room = PREVIEW_CHARACTERS - preview.length;
    if (room <= 0) break;
    preview += `'${Buffer.from(arg).toString('latin1', 0, room)}' `;
  }
  const short = name.slice(0, PREVIEW_CHARACTERS);
  return `ERR unknown command '${short}', with args beginning with: ${preview}`;
}

export const unknownSubcommand = (container: string, word: string): string =>
  `ERR unknown subcommand '${word.slice(0, PREVIEW_CHARACTERS)}'. Try ${container.toUpperCase()} HELP.`;

/** `fullName`: `get`, `client|kill`. */
export const wrongArity = (fullName: string): string =>
  `ERR wrong number of arguments for '${fullName}' command`;
