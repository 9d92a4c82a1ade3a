/**
 * The last stop of every failure of the command line: one line on stderr, or the error object with
 * `-o json`, and the exit code of the error's row (CLI contract, "Exit codes").
 */
import { nearestName } from '../config/nearest.js';
import { type ErrorCode, RkvError, toRkvError } from '../kv/errors.js';
import { oneLine } from './bytes.js';

/** What oclif throws for words it cannot parse, as far as it is looked at here. */
interface ParseProblem {
  readonly oclif?: { readonly exit?: number };
  readonly code?: string;
  readonly message: string;
  readonly flags?: readonly string[];
  readonly parse?: { readonly input?: { readonly flags?: Readonly<Record<string, unknown>> } };
}

const HINTS: Partial<Record<ErrorCode, string>> = {
  UNREACHABLE: 'rkv cluster up',
  NO_CLUSTER: 'rkv cluster list',
  NO_LEADER: 'rkv status',
  NOT_READY: 'rkv status',
  OUTCOME_UNKNOWN: 'read the key before you write again',
};

export interface ErrorObject {
  readonly error: {
    readonly code: ErrorCode;
    readonly kind: string;
    readonly message: string;
    readonly retryable: boolean;
    readonly exitCode: number;
    readonly shard: number | null;
    readonly leader: { readonly node: number; readonly address: string } | null;
    readonly hint: string | null;
  };
}

export function errorObject(error: RkvError): ErrorObject {
  return {
    error: {
      code: error.code,
      kind: error.kind,
      message: oneLine(error.message),
      retryable: error.retryable,
      exitCode: error.exitCode,
      shard: error.details.shard ?? null,
      leader: error.details.leader ?? null,
      hint: error.details.hint ?? HINTS[error.code] ?? null,
    },
  };
}

export function errorLine(error: RkvError): string {
  const { message, hint } = errorObject(error).error;
  return `rkv: ${message}${hint === null ? '' : ` (try: ${hint})`}`;
}

function nearestFlag(problem: ParseProblem): string | undefined {
  const known = Object.keys(problem.parse?.input?.flags ?? {});
  const word = problem.flags?.[0];
  if (word === undefined) return undefined;
  const found = nearestName(word.replace(/^-+/, '').replace(/=.*$/, ''), known);
  if (found !== null) return `--${found}`;
  return 'put -- before keys and values that begin with a dash';
}

/**
 * oclif takes every leading word for part of the name; the first that leads nowhere is the wrong
 * one.
 */
function nearestCommand(message: string, commands: readonly string[]): RkvError | null {
  const match = /^[Cc]ommand (.+) not found/.exec(message);
  if (match === null) return null;
  const words = (match[1] as string).split(':');
  const isTopic = (count: number): boolean => {
    const topic = `${words.slice(0, count).join(':')}:`;
    return commands.some((id) => id.startsWith(topic));
  };
  let count = 1;
  while (count < words.length && isTopic(count)) count++;
  const wrong = words.slice(0, count).join(' ');
  const names = commands.map((id) => id.split(':').slice(0, count).join(' '));
  const found = nearestName(wrong, names);
  return new RkvError('USAGE', `there is no command '${wrong}'`, {
    hint: found === null ? 'rkv --help' : `rkv ${found}`,
  });
}

/** oclif wraps what a flag's parser throws in more lines; the sentence itself is in their midst. */
function sentenceOf(message: string): string {
  const lines = message
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && line !== 'See more help with --help');
  const wrapper = /^(Parsing --\S+|The following errors? occurred:)$/;
  if (lines.length > 1 && wrapper.test(lines[0] as string)) return lines[1] as string;
  return lines.join(' ');
}

/** Any thrown value as an RkvError: what oclif refuses is wrong by the words alone, exit 2. */
export function fromThrown(thrown: unknown, commands: readonly string[] = []): RkvError {
  if (thrown instanceof RkvError) {
    if (thrown.kind === 'usage') thrown.message = sentenceOf(thrown.message);
    return thrown;
  }
  const problem = thrown as ParseProblem;
  if (!(thrown instanceof Error) || problem.oclif === undefined) return toRkvError(thrown);
  const message = oneLine(sentenceOf(problem.message));
  const hint = nearestFlag(problem);
  return (
    nearestCommand(message, commands) ??
    new RkvError('USAGE', message, hint === undefined ? {} : { hint })
  );
}

/** oclif ends `--help` and `this.exit(n)` by throwing; its code, or null for a real error. */
export function plainExit(thrown: unknown): number | null {
  const problem = thrown as Partial<ParseProblem> | null;
  return problem?.code === 'EEXIT' ? (problem.oclif?.exit ?? 0) : null;
}

/**
 * True when the words themselves ask for JSON: flags may not have been parsed when this is asked.
 */
export function wantsJson(argv: readonly string[]): boolean {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i] as string;
    if (word === '--') return false;
    if (word === '--json') return true;
    const inline = /^(?:-o=?|--output=)(.+)$/.exec(word);
    const format = inline?.[1] ?? (word === '-o' || word === '--output' ? argv[i + 1] : undefined);
    if (format === 'json' || format === 'yaml') return true;
  }
  return false;
}

/**
 * Writes the error and gives the exit code back. JSON is YAML too, so both formats get the object
 * on one line.
 */
export function reportError(thrown: unknown, json: boolean, commands?: readonly string[]): number {
  const code = plainExit(thrown);
  if (code !== null) return code;
  const error = fromThrown(thrown, commands);
  process.stderr.write(`${json ? JSON.stringify(errorObject(error)) : errorLine(error)}\n`);
  if (error.code === 'INTERNAL' && process.env.RKV_DEBUG && error.cause instanceof Error) {
    process.stderr.write(`${error.cause.stack ?? ''}\n`);
  }
  return error.exitCode;
}
