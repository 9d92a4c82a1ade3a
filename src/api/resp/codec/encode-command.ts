/** Requests as a client sends them; for tests, chaos and bench. */

export type Argument = string | number | bigint | Uint8Array;

const bytesOf = (arg: Argument): Uint8Array =>
  typeof arg === 'object' ? arg : Buffer.from(String(arg));

/** One command as an array of bulk strings; texts are UTF-8. */
export function encodeCommand(args: readonly Argument[]): Buffer {
  const parts: Uint8Array[] = [Buffer.from(`*${args.length}\r\n`)];
  for (const arg of args) {
    const bytes = bytesOf(arg);
    parts.push(Buffer.from(`$${bytes.length}\r\n`), bytes, Buffer.from('\r\n'));
  }
  return Buffer.concat(parts);
}
