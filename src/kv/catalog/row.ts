/**
 * The shape of a catalogue row: pure data about one command, read by parser, gate, router,
 * prefetch, help and the coverage test. What a row does lives in machine/commands.
 */

/** An option word of a command (`PX 100`, `NX`); `takes` names the argument that follows. */
export interface OptionWord {
  readonly word: string;
  /** `integer`: a whole number from `min` to 2^53 − 1. `bytes`: a key or a part of one. */
  readonly takes?: 'integer' | 'bytes';
  readonly min?: number;
  /** Options of one group exclude each other. */
  readonly group?: string;
  /** The command needs the value when this word is there, whatever the row says. */
  readonly reads?: 'value';
  readonly help: string;
}

/**
 * A positional argument. `key` is a user key, `bound` an end of a key range (empty: open),
 * `integer` a signed 64-bit decimal.
 */
export interface Positional {
  readonly name: string;
  readonly type: 'key' | 'bound' | 'bytes' | 'integer';
}

export interface CommandRow {
  readonly name: string;
  /** Number of the command in entries and on the wire; never reused. */
  readonly code: number;
  readonly access: 'read' | 'write';
  /** A row has its key first, or none at all. */
  readonly positionals: readonly Positional[];
  /** Whether the group of positionals may repeat (`mset k v k v`); such a row has no options. */
  readonly repeats?: boolean;
  readonly options?: readonly OptionWord[];
  /** Option groups of which one word must be there. */
  readonly requires?: readonly string[];
  /** one: a single key · keys: split by shard, merged · shards: asked of every shard in order */
  readonly routing: 'one' | 'keys' | 'shards';
  readonly merge: 'only' | 'sum' | 'in-order' | 'pages';
  /** What must be in memory before apply may run it. */
  readonly reads: 'header' | 'value' | 'range';
  /** Refused when the disk is nearly full. */
  readonly grows: boolean;
  readonly help: string;
}
