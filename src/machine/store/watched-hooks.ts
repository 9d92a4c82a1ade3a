/**
 * The node's hooks as the store calls them: a failed write is told once, whoever meets it first,
 * and the groups with a wrong row are remembered, for those found before anybody listened.
 */
import type { GroupId } from '../../base/ids.js';
import type { NodeStateHooks } from '../types.js';

export function watchedHooks(hooks: NodeStateHooks, corrupt: Map<GroupId, string>): NodeStateHooks {
  let told = false;
  return {
    onFlushed: (groups) => hooks.onFlushed(groups),
    onDrained: () => hooks.onDrained(),
    onCorrupt(group, what) {
      if (!corrupt.has(group)) corrupt.set(group, what);
      hooks.onCorrupt(group, what);
    },
    onFatal(error) {
      if (told) return;
      told = true;
      hooks.onFatal(error);
    },
  };
}
