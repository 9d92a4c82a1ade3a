/**
 * The shape of a catalogue row: pure data about one command, read by parser, gate, router,
 * prefetch, help and the coverage test. What a row does lives in machine/commands.
 */

/** An option word of a command (`PX 100`, `NX`); `takes` names the argument that follows. */
export interface OptionWord {
  readonly word: string;
  readonly takes?: 'integer' | 'bytes';
  /** Options of one group exclude each other. */
  readonly group?: string;
  readonly help: string;
}

/** A positional argument. `key` is a user key, `integer` a signed 64-bit decimal. */
export interface Positional {
  readonly name: string;
  readonly type: 'key' | 'bytes' | 'integer';
}

export interface CommandRow {
  readonly name: string;
  /** Number of the command in entries and on the wire; never reused. */
  readonly code: number;
  readonly access: 'read' | 'write';
  readonly positionals: readonly Positional[];
  /** How often the whole group of positionals may repeat (`mset k v k v`); default once. */
  readonly repeats?: boolean;
  readonly options?: readonly OptionWord[];
  /** one: a single key · keys: split by shard, merged · shards: asked of every shard in order */
  readonly routing: 'one' | 'keys' | 'shards';
  readonly merge: 'only' | 'sum' | 'in-order' | 'all-ok' | 'pages';
  /** What must be in memory before apply may run it. */
  readonly reads: 'header' | 'value' | 'range';
  /** Refused when the disk is nearly full. */
  readonly grows: boolean;
  readonly help: string;
}
