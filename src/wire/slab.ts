/**
 * Own memory for received payloads. A decoded bytes field is a view of the whole gRPC message,
 * which may in turn be a view of a pool shared with anything; log caches keep payloads for long. So
 * they are copied here, one behind the other into slabs that hold nothing else: what a payload pins
 * is its neighbours in time, which live about as long.
 */
const SLAB_BYTES = 64 * 1024;
/** Larger ones get memory of their own; a slab wastes at most this at its end. */
const LARGE_BYTES = 8 * 1024;

let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
let used = 0;

/** A copy of `bytes` in memory that is never written again. */
export function keep(bytes: Uint8Array): Buffer {
  const { length } = bytes;
  if (length > LARGE_BYTES) {
    const own = Buffer.allocUnsafeSlow(length);
    own.set(bytes);
    return own;
  }
  if (length > SLAB_BYTES - used) {
    slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    used = 0;
  }
  const own = slab.subarray(used, used + length);
  own.set(bytes);
  used += length;
  return own;
}
