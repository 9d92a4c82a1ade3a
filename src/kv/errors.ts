/**
 * Every error a caller can meet, as rows: kind, whether a retry may help, exit code of the command
 * line (CLI contract). Codes carry meaning; message text never does.
 */

/**
 * refused: surely not applied · unknown: may be applied · fatal: this replica stopped · usage:
 * wrong by the words alone.
 */
export type BadNews = 'refused' | 'unknown' | 'fatal' | 'usage';

interface ErrorRow {
  readonly kind: BadNews;
  readonly retryable: boolean;
  readonly exitCode: number;
  readonly help: string;
}

const row = (kind: BadNews, retryable: boolean, exitCode: number, help: string): ErrorRow => ({
  kind,
  retryable,
  exitCode,
  help,
});

export const ERRORS = {
  USAGE: row('usage', false, 2, 'an unknown flag or command, or a malformed argument or file'),
  LIMIT: row('usage', false, 2, 'a key, value or request over its limit'),
  UNKNOWN_COMMAND: row('usage', false, 2, 'no such command in the catalogue'),
  SYNTAX: row('usage', false, 2, 'the arguments do not fit the command'),
  NOT_INTEGER: row('refused', false, 1, 'the value is not a 64-bit integer'),
  OVERFLOW: row('refused', false, 1, 'the result would leave the 64-bit range'),
  NOT_FLOAT: row('refused', false, 1, 'the value is not a number'),
  NAN_OR_INFINITY: row('refused', false, 1, 'the result would be no number or infinite'),
  NO_SUCH_KEY: row('refused', false, 1, 'the key that is needed is not there'),
  BUSY_KEY: row('refused', false, 1, 'the key is there already'),
  BAD_PAYLOAD: row('refused', false, 1, 'a dumped value of another version, or a damaged one'),
  BAD_FORMAT: row('refused', false, 1, 'a dumped value that cannot be read'),
  OUT_OF_RANGE: row('refused', false, 1, 'an offset or index outside what is allowed'),
  NOT_HLL: row('refused', false, 1, 'the value is no HyperLogLog'),
  CORRUPT_HLL: row('refused', false, 1, 'the HyperLogLog in the value is damaged'),
  REPLY_TOO_LARGE: row('refused', false, 2, 'the answer would be over its limit: ask in parts'),
  CROSS_SHARD: row(
    'refused',
    false,
    2,
    'keys of several shards in one atomic command: needs the transaction layer',
  ),
  WRONG_TYPE: row('refused', false, 1, 'the key holds another kind of value'),
  TOO_LARGE: row('refused', false, 2, 'the value would grow over its limit'),
  NOT_FOUND: row('refused', false, 1, 'no such key, shard, node or job'),
  CONDITION_FALSE: row('refused', false, 1, 'the condition asked for is false'),
  UNREACHABLE: row('refused', true, 3, 'no endpoint could be reached'),
  NO_CLUSTER: row('refused', false, 3, 'no such local cluster is running'),
  NOT_ALLOWED: row('refused', false, 4, 'not allowed'),
  NO_LEADER: row('refused', true, 5, 'the shard has no leader'),
  NOT_READY: row('refused', true, 5, 'not ready in time'),
  OVERLOADED: row('refused', true, 5, 'too much is waiting already'),
  FULL: row('refused', true, 5, 'free disk space is below the reserve'),
  MOVED: row('refused', true, 5, 'the key has left this shard'),
  STALE: row('refused', true, 5, 'no replica is fresh enough for the bound asked for'),
  TIMEOUT: row('refused', true, 5, 'a read did not finish inside its deadline'),
  CANCELLED: row('refused', false, 5, 'the caller gave up before anything was sent'),
  EXPIRED: row('refused', false, 5, 'a retry came too late for its session record'),
  SETTLED: row('refused', false, 5, 'a late copy of a request that is settled'),
  INCONCLUSIVE: row('refused', true, 5, 'nothing could be decided'),
  OUTCOME_UNKNOWN: row(
    'unknown',
    false,
    6,
    'the deadline passed; the write may or may not be applied',
  ),
  CONFLICT: row('refused', false, 7, 'forbidden by the present state'),
  PORT_TAKEN: row('refused', false, 7, 'a port is taken by another process'),
  IN_USE: row('refused', false, 7, 'the data directory is in use by another process'),
  WRONG_IDENTITY: row('refused', false, 7, 'the data directory belongs to another cluster or node'),
  CORRUPT: row('fatal', false, 8, 'stored bytes are not what was written'),
  STORAGE_FAILED: row('fatal', false, 8, 'a write or sync of log or store failed'),
  FENCED: row('fatal', true, 5, 'this replica is fenced and will be rebuilt from a snapshot'),
  INTERNAL: row('fatal', false, 70, 'a bug in rkv: please report it'),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** Details that doors may add to the error object. */
export interface ErrorDetails {
  readonly shard?: number;
  readonly leader?: { readonly node: number; readonly address: string } | null;
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The same in every copy of this module that one process has loaded. */
const BRAND = Symbol.for('rkv.error');

export class RkvError extends Error {
  override readonly name = 'RkvError';
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.details = details;
  }

  /** `instanceof` knows those of another copy of this module: a bundle, or a second package. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  get kind(): BadNews {
    return ERRORS[this.code].kind;
  }

  get retryable(): boolean {
    return ERRORS[this.code].retryable;
  }

  get exitCode(): number {
    return ERRORS[this.code].exitCode;
  }
}

/** Any thrown value as an RkvError; what is not one is a bug and says so. */
export function toRkvError(thrown: unknown): RkvError {
  if (thrown instanceof RkvError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new RkvError('INTERNAL', message, { cause: thrown });
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERRORS, text);
}
