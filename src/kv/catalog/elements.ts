/** Which arguments of a command name elements of its collection: those of type `element`. */
import type { CommandRow, Positional } from './row.js';

const NONE: readonly Uint8Array[] = [];

/** In order, repeated ones too; `args` fit the row. */
export function elementsOf(
  { positionals, tail }: CommandRow,
  args: readonly Uint8Array[],
): readonly Uint8Array[] {
  const at = elementAt(positionals);
  if (at >= 0) return [args[at] as Uint8Array];
  if (tail === undefined) return NONE;
  const inTail = elementAt(tail);
  if (inTail < 0) return NONE;
  const elements: Uint8Array[] = [];
  for (let i = positionals.length + inTail; i < args.length; i += tail.length) {
    elements.push(args[i] as Uint8Array);
  }
  return elements;
}

/** Asked for every key of every entry: no closure. */
function elementAt(words: readonly Positional[]): number {
  for (let i = 0; i < words.length; i++) if (words[i]?.type === 'element') return i;
  return -1;
}
