/**
 * The history of a run: one line per operation, written by `rkv bench --record`, `rkv chaos` and
 * the simulator, read by `rkv verify`. Promise kept here: a line that is not an operation is
 * refused with its number and what is wrong with it; nothing is guessed.
 *
 *   parseHistoryLine(line, number): HistoryOp | FaultLine     throws HistoryError
 *   formatHistoryLine(op): string                 one line without its newline
 *
 * Strings are byte strings in latin1: one character per byte.
 */

export type HistoryResult = 'ok' | 'refused' | 'unknown';

export const RESULTS: readonly HistoryResult[] = ['ok', 'refused', 'unknown'];

/** What an answer said, as far as the operation has it. What is missing binds nothing. */
export interface HistoryOut {
  /** get: the value, null for none. incr: the new number. */
  readonly value?: string | null;
  /** set, cas, cad, del: whether it changed anything. */
  readonly applied?: boolean;
  /** set with GET: the value before. */
  readonly previous?: string | null;
  /** append: bytes of the value afterwards. */
  readonly length?: number;
  /** exists. */
  readonly found?: boolean;
  /** Why it was refused, or what is not known. */
  readonly code?: string;
}

/** One operation of one client on one key. */
export interface HistoryOp {
  readonly client: number;
  /** A name of OPERATIONS. */
  readonly op: string;
  readonly key: string;
  /** What follows the key on the command line of Redis: set VALUE [NX|XX|IFREV n] [GET] … */
  readonly args: readonly string[];
  /** Microseconds on one clock for the whole file. */
  readonly call: number;
  /** Of an unknown outcome: when the client gave up; the effect may come later. */
  readonly return: number;
  readonly result: HistoryResult;
  readonly out: HistoryOut;
}

/** What was done to the cluster meanwhile, beside the operations (rkv chaos). Nothing to check. */
export interface FaultLine {
  readonly fault: string;
}

export const isFaultLine = (line: HistoryOp | FaultLine): line is FaultLine => 'fault' in line;

/**
 * Known operations with the fewest and the most arguments. Parts of mset, mget and mdel are lines
 * of their own.
 */
export const OPERATIONS: ReadonlyMap<string, readonly [min: number, max: number]> = new Map([
  ['get', [0, 0]],
  ['mget', [0, 0]],
  ['exists', [0, 0]],
  ['set', [1, 6]],
  ['mset', [1, 1]],
  ['cas', [2, 2]],
  ['cad', [1, 1]],
  ['incr', [0, 1]],
  ['append', [1, 1]],
  ['del', [0, 0]],
  ['mdel', [0, 0]],
]);

/** What stands in a file is not a history. `line` counts from 1. */
export class HistoryError extends Error {
  override readonly name = 'HistoryError';
  readonly line: number;

  constructor(line: number, problem: string) {
    super(`line ${line}: ${problem}`);
    this.line = line;
  }
}

const NOT_LATIN1 = /[\u0100-\uffff]/;

type Fields = Readonly<Record<string, unknown>>;

const isRecord = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isBytes = (value: unknown): value is string =>
  typeof value === 'string' && !NOT_LATIN1.test(value);

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

/** What is wrong with the answer's fields, or null. */
function problemOfOut(out: Fields): string | null {
  const { value, applied, previous, length, found, code } = out;
  for (const bytes of [value, previous]) {
    if (bytes !== undefined && bytes !== null && !isBytes(bytes))
      return 'a value is no byte string';
  }
  for (const flag of [applied, found]) {
    if (flag !== undefined && typeof flag !== 'boolean') return 'applied or found is no boolean';
  }
  if (length !== undefined && !Number.isSafeInteger(length)) return 'length is no whole number';
  if (code !== undefined && typeof code !== 'string') return 'code is no string';
  return null;
}

function problemOf(fields: Fields): string | null {
  const { client, op, key, args, call, result, out } = fields;
  if (!Number.isSafeInteger(client)) return 'client is no whole number';
  const arity = typeof op === 'string' ? OPERATIONS.get(op) : undefined;
  if (arity === undefined) return `op ${JSON.stringify(op)} is none that can be checked`;
  if (!isBytes(key)) return 'key is no byte string';
  if (!Array.isArray(args) || !args.every(isBytes)) return 'args is no list of byte strings';
  if (args.length < arity[0] || args.length > arity[1]) return `${op} with ${args.length} args`;
  if (!RESULTS.includes(result as HistoryResult)) return 'result is none of ok, refused, unknown';
  const end = fields.return ?? (result === 'unknown' ? call : undefined);
  if (!isTime(call) || !isTime(end)) return 'call or return is no number of microseconds';
  if (end < call) return 'it returned before it was called';
  if (out !== undefined && !isRecord(out)) return 'out is no object';
  return problemOfOut(out ?? {});
}

/** Throws HistoryError. An unknown outcome may have `return` null. */
export function parseHistoryLine(line: string, number: number): HistoryOp | FaultLine {
  let fields: unknown;
  try {
    fields = JSON.parse(line);
  } catch {
    throw new HistoryError(number, 'it is not JSON');
  }
  if (!isRecord(fields)) throw new HistoryError(number, 'it is no JSON object');
  if (typeof fields.fault === 'string' && fields.op === undefined) return { fault: fields.fault };
  const problem = problemOf(fields);
  if (problem !== null) throw new HistoryError(number, problem);
  const op = fields as unknown as HistoryOp;
  return {
    client: op.client,
    op: op.op,
    key: op.key,
    args: op.args,
    call: op.call,
    return: op.return ?? op.call,
    result: op.result,
    out: op.out ?? {},
  };
}

export function formatHistoryLine(op: HistoryOp): string {
  const { client, op: name, key, args, call, return: end, result, out } = op;
  return JSON.stringify({ client, op: name, key, args, call, return: end, result, out });
}
