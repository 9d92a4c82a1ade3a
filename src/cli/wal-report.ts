/** What the `wal` commands say of a log that no node would start on. */
import { RkvError } from '../kv/errors.js';

export function corruptLog(problems: readonly string[], dir: string): RkvError {
  const more = problems.length - 1;
  const rest = more > 0 ? ` (and ${more} more)` : '';
  return new RkvError('CORRUPT', `${problems[0] ?? 'no reason given'}${rest}`, {
    hint: `rkv wal dump ${dir}`,
  });
}
