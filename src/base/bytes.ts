/** Byte strings as map keys: latin1 keeps all 256 values apart and costs one byte a character. */
export type ByteKey = string;

const asBuffer = (bytes: Uint8Array): Buffer =>
  Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

export const toByteKey = (bytes: Uint8Array): ByteKey => asBuffer(bytes).toString('latin1');
export const fromByteKey = (key: ByteKey): Buffer => Buffer.from(key, 'latin1');

/** A copy of its own memory: what outlives a turn must not pin a socket's or a stream's buffer. */
export const ownCopy = (bytes: Uint8Array): Buffer => Buffer.from(bytes);

export { asBuffer };

export const EMPTY_BYTES: Uint8Array = new Uint8Array(0);
