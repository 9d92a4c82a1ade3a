/**
 * What an option is: a row of data. Flags, environment names, YAML keys, help, the reference file
 * and the `Options` type all derive from it, so an option exists in one place only.
 */

interface RowBase {
  /** One sentence for help and reference; says why one would change it. */
  readonly help: string;
  /** Fixed when the data directory is born and fingerprinted there; a mismatch refuses to start. */
  readonly hard?: true;
  /** Not in help, not in the reference file. */
  readonly hidden?: true;
}

export type Unit = 'bytes' | 'bytes/s' | 'ms' | 'MiB' | 'count';

export interface IntRow extends RowBase {
  readonly type: 'int';
  readonly unit: Unit;
  readonly min: number;
  readonly max: number;
  readonly default: number;
}

export interface BoolRow extends RowBase {
  readonly type: 'bool';
  readonly default: boolean;
}

export interface EnumRow extends RowBase {
  readonly type: 'enum';
  readonly values: readonly string[];
  readonly default: string;
}

/** `null` as default means "not given"; the help says what then happens. */
export interface TextRow extends RowBase {
  readonly type: 'text' | 'path';
  readonly default: string | null;
}

/** host:port; port 0 lets the system choose. */
export interface AddressRow extends RowBase {
  readonly type: 'address';
  readonly default: string | null;
  /** `off` is a value too: nobody listens. */
  readonly mayBeOff?: true;
}

/** The value of an address that nobody listens on. */
export const OFF = 'off';

export type OptionRow = IntRow | BoolRow | EnumRow | TextRow | AddressRow;
export type OptionValue = string | number | boolean | null;

export type ValueOf<R extends OptionRow> = R extends IntRow
  ? number
  : R extends BoolRow
    ? boolean
    : R extends EnumRow
      ? R['values'][number]
      : R['default'] extends null
        ? string | null
        : string;

/** nodeId → node-id: the flag without its dashes. */
export function flagOf(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** nodeId → RKV_NODE_ID. */
export function envOf(name: string): string {
  return `RKV_${name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()}`;
}
