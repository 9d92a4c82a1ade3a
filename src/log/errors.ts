/**
 * The bad news a log can bring. Small classes of its own (the vocabulary of callers lives above the
 * log); the node maps them to codes: corruption and failure end the process with 8, a mismatch
 * with 7. A torn tail is none of these: it is cut, and told in `restored.tornTail`.
 */

/** Stored bytes are not what was written, or something that must follow is missing. */
export class LogCorruption extends Error {
  override readonly name = 'LogCorruption';
  /** Path of the segment (or of the directory, when no single file is to blame). */
  readonly file: string;
  /** Byte offset in the file. */
  readonly offset: number;

  constructor(file: string, offset: number, what: string) {
    super(`write-ahead log corrupted: ${file} at byte ${offset}: ${what}`);
    this.file = file;
    this.offset = offset;
  }
}

/** A write or sync failed: final, nothing of that frame or after it is acknowledged. */
export class LogFailure extends Error {
  override readonly name = 'LogFailure';
  readonly file: string;
  /** The system's code (`EIO` …), empty when there is none. */
  readonly systemCode: string;

  constructor(file: string, doing: string, cause: unknown) {
    super(`write-ahead log failed: ${doing} ${file}: ${messageOf(cause)}`, { cause });
    this.file = file;
    this.systemCode = systemCodeOf(cause);
  }
}

/** The files are whole but belong to another cluster or node, or to a newer format. */
export class LogMismatch extends Error {
  override readonly name = 'LogMismatch';
  readonly file: string;

  constructor(file: string, what: string) {
    super(`write-ahead log ${file}: ${what}`);
    this.file = file;
  }
}

export type LogError = LogCorruption | LogFailure | LogMismatch;

export const isLogError = (thrown: unknown): thrown is LogError =>
  thrown instanceof LogCorruption || thrown instanceof LogFailure || thrown instanceof LogMismatch;

/** `ENOSPC`, `EIO` … of a system error; empty for anything else. */
export function systemCodeOf(thrown: unknown): string {
  const code = (thrown as { readonly code?: unknown } | null)?.code;
  return typeof code === 'string' ? code : '';
}

const messageOf = (thrown: unknown): string =>
  thrown instanceof Error ? thrown.message : String(thrown);
