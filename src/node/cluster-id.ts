/**
 * The id of a cluster that is founded by `--bootstrap` without `--cluster-id`: each founder comes
 * to the same one from the same list, without having spoken to the others.
 */
import { createHash } from 'node:crypto';
import type { NodeId } from '../base/ids.js';

/** A UUID (version 8 of RFC 9562: made from a hash) of the name and the sorted list. */
export function bootstrapClusterId(
  clusterName: string,
  bootstrap: ReadonlyMap<NodeId, string>,
): string {
  const list = [...bootstrap].sort(([a], [b]) => a - b);
  const digest = createHash('sha256')
    .update(JSON.stringify([clusterName, list]))
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex', 0, 16);
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
