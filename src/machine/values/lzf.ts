/** LZF (Marc Lehmann), as Redis packs strings in dumps: runs, and copies of what came before. */

/** Null: the input is none, or does not come to `length` bytes, which the caller has limited. */
export function decompress(input: Uint8Array, length: number): Buffer | null {
  const out = Buffer.alloc(length);
  let at = 0;
  let to = 0;
  while (at < input.length) {
    const control = input[at++] as number;
    if (control < 32) {
      const end = at + control + 1;
      if (end > input.length || to + control + 1 > length) return null;
      out.set(input.subarray(at, end), to);
      to += control + 1;
      at = end;
      continue;
    }
    let run = control >> 5;
    if (run === 7) run += input[at++] ?? 0;
    const from = to - ((control & 0x1f) << 8) - (input[at++] ?? 0) - 1;
    if (at > input.length || from < 0 || to + run + 2 > length) return null;
    for (let i = 0; i < run + 2; i++) out[to + i] = out[from + i] as number;
    to += run + 2;
  }
  return to === length ? out : null;
}
