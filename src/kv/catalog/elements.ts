/** Which arguments of a command name elements of its collection: those of type `element`. */
import type { CommandRow } from './row.js';

const NONE: readonly Uint8Array[] = [];

/** In order, repeated ones too; `args` fit the row. */
export function elementsOf(
  { positionals, tail }: CommandRow,
  args: readonly Uint8Array[],
): readonly Uint8Array[] {
  const inTail = tail?.findIndex((one) => one.type === 'element') ?? -1;
  const at = positionals.findIndex((one) => one.type === 'element');
  if (at >= 0) return [args[at] as Uint8Array];
  if (tail === undefined || inTail < 0) return NONE;
  const elements: Uint8Array[] = [];
  for (let i = positionals.length + inTail; i < args.length; i += tail.length) {
    elements.push(args[i] as Uint8Array);
  }
  return elements;
}
