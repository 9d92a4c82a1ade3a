/**
 * The shape of a catalogue row: pure data about one command, read by parser, gate, router,
 * prefetch, help and the coverage test. What a row does lives in machine/commands.
 */

/** An option word of a command (`PX 100`, `NX`); `takes` names the argument that follows. */
export interface OptionWord {
  readonly word: string;
  /**
   * `integer`: a whole number from `min` to `max`, 2^53 − 1 unless it says less. `bytes`: a key or
   * a part of one. `value`: a whole value.
   */
  readonly takes?: 'integer' | 'bytes' | 'value';
  readonly min?: number;
  readonly max?: number;
  /** Options that share a group exclude each other. */
  readonly group?: string | readonly string[];
  /** The command needs the value when this word is there, whatever the row says. */
  readonly reads?: 'value';
  /** The number taken is the database of the second key, which else is the command's. */
  readonly names?: 'database';
  readonly help: string;
}

/**
 * A positional argument. `key` is a user key, `bound` an end of a key range (empty: open),
 * `integer` a signed 64-bit decimal, `word` one of `words`, `float` a decimal as C reads it into a
 * long double, `position` a place in a walk over a shard (`catalog/walk`), `element` the name of an
 * element of the collection.
 */
export interface Positional {
  readonly name: string;
  readonly type: 'key' | 'bound' | 'bytes' | 'integer' | 'float' | 'word' | 'position' | 'element';
  readonly words?: readonly string[];
}

export interface CommandRow {
  readonly name: string;
  /** Number of the command in entries and on the wire; never reused. */
  readonly code: number;
  readonly access: 'read' | 'write';
  /** A row has its key first, or none at all; only `together` rows have keys elsewhere too. */
  readonly positionals: readonly Positional[];
  /** Whether the group of positionals may repeat (`mset k v k v`); such a row has no options. */
  readonly repeats?: boolean;
  /** What follows the positionals, this group again and again; such a row has no options. */
  readonly tail?: readonly Positional[];
  /** How often the tail's group must be there at least; 1 unless said. */
  readonly tailMin?: number;
  readonly options?: readonly OptionWord[];
  /** Option groups of which one word must be there. */
  readonly requires?: readonly string[];
  /** Its arguments are commands of their own and keys that are watched (`kv/catalog/exec`). */
  readonly nests?: true;
  /**
   * one: a single key · keys: split by shard, merged · shards: asked of every shard in order ·
   * together: several keys of one shard, run once for all of them · bucket: a place in one bucket
   */
  readonly routing: 'one' | 'keys' | 'shards' | 'together' | 'bucket';
  readonly merge: 'only' | 'sum' | 'in-order' | 'pages' | 'random';
  /**
   * What must be in memory before apply may run it, beside the elements it names. `elements`: all
   * of a collection; a read goes through them page by page instead. `range` and `counts` are of
   * reads that look at no single key.
   */
  readonly reads: 'header' | 'value' | 'elements' | 'range' | 'counts';
  /** Of the first key it takes all: a collection with its elements. */
  readonly copies?: true;
  /** Refused when the disk is nearly full. */
  readonly grows: boolean;
  readonly help: string;
}
