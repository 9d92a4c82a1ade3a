/**
 * Keys and values between the shell and the wire: UTF-8 text as it is, anything else as hex going
 * in (`--hex`) and as base64 fields coming out (CLI contract, "Output").
 */
import { isUtf8 } from 'node:buffer';
import { asBuffer } from '../base/bytes.js';
import { RkvError } from '../kv/errors.js';

/** `{key: …}` when the bytes are UTF-8, else `{keyBase64: …}`. */
export function bytesField<Name extends string>(
  name: Name,
  bytes: Uint8Array,
): Record<Name | `${Name}Base64`, string> {
  const buffer = asBuffer(bytes);
  const field = isUtf8(buffer)
    ? { [name]: buffer.toString('utf8') }
    : { [`${name}Base64`]: buffer.toString('base64') };
  return field as Record<Name | `${Name}Base64`, string>;
}

/** A word of the command line as bytes; `hex` says how it is written. Throws USAGE. */
export function bytesOfWord(word: string, hex: boolean, what: string): Buffer {
  if (!hex) return Buffer.from(word, 'utf8');
  if (word.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(word)) {
    throw new RkvError('USAGE', `${what} '${word}' is not hex: pairs of 0-9 and a-f`);
  }
  return Buffer.from(word, 'hex');
}

/** What a line of plain output shows of a key or value. */
export const printable = (bytes: Uint8Array, hex: boolean): Buffer =>
  hex ? Buffer.from(asBuffer(bytes).toString('hex'), 'latin1') : asBuffer(bytes);

/** Text that may hold foreign bytes, safe for one line of a terminal or log. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
