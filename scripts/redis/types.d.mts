/** What a row of differences.mjs is. */
export interface Met {
  /** The command with its name, latin1. */
  readonly words: readonly string[];
  /** Raw replies, latin1. */
  readonly ours: string;
  readonly theirs: string;
  readonly protocol: 2 | 3;
}

export interface Difference {
  /** Full names of rows, or '*'. */
  readonly commands: readonly string[];
  /** For docs/redis.md. */
  readonly what: string;
  readonly rule?: 'shape';
  readonly covers?: (met: Met) => boolean;
}
