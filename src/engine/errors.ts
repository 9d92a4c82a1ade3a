/**
 * What an adapter of the ordered store throws. The node maps these to exit codes by `code`, which
 * is the operating system's where there is one (ENOSPC, EIO …), else LevelDB's (LEVEL_LOCKED:
 * another process holds the directory, LEVEL_CORRUPTION …).
 */

/**
 * Codes the operating system writes into LevelDB's message; LevelDB itself only says "IO error".
 */
const SYSTEM_CODES: readonly (readonly [phrase: string, code: string])[] = [
  ['No space left on device', 'ENOSPC'],
  ['Disk quota exceeded', 'EDQUOT'],
  ['Input/output error', 'EIO'],
  ['Read-only file system', 'EROFS'],
  ['Too many open files', 'EMFILE'],
  ['Permission denied', 'EACCES'],
];

interface Coded {
  readonly code?: unknown;
  readonly cause?: unknown;
  readonly message?: unknown;
}

/** The most telling code of an error and its causes; `UNKNOWN` when none has one. */
export function storeErrorCode(error: unknown): string {
  let best = 'UNKNOWN';
  for (let at = error as Coded | undefined; at; at = at.cause as Coded | undefined) {
    const message = String(at.message ?? '');
    const system = SYSTEM_CODES.find(([phrase]) => message.includes(phrase));
    if (system) return system[1];
    // The outermost wrapper only says "not open"; what is below it says why.
    if (typeof at.code === 'string') best = at.code;
  }
  return best;
}

/** The innermost message: LevelDB names the file there. */
function storeErrorText(error: unknown): string {
  let at = error as Coded | undefined;
  while (at?.cause) at = at.cause as Coded;
  return String(at?.message ?? error);
}

/** The store could not be opened; nothing was changed. */
export class StoreOpenFailed extends Error {
  override readonly name = 'StoreOpenFailed';
  readonly code: string;
  readonly dir: string;

  constructor(dir: string, cause: unknown) {
    super(`cannot open the store in ${dir}: ${storeErrorText(cause)}`, { cause });
    this.code = storeErrorCode(cause);
    this.dir = dir;
  }
}

/** A read or write of an open store failed. */
export class StoreFailed extends Error {
  override readonly name = 'StoreFailed';
  readonly code: string;

  constructor(doing: string, cause: unknown) {
    super(`the store failed to ${doing}: ${storeErrorText(cause)}`, { cause });
    this.code = storeErrorCode(cause);
  }
}
