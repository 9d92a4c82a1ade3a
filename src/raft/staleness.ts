/** How a message's term stands to ours: the one place where terms of messages are compared. */
import type { Core } from './state.js';
import type { Message } from './types.js';

/**
 * `local`: from this replica itself, which never comes by `step`. `stale`: of a term that is over.
 * `newer`: of a term we have not seen; for pre-votes and granted pre-vote replies that is a term
 * somebody would like to begin, which changes nothing here.
 */
export type Staleness = 'local' | 'stale' | 'current' | 'newer';

export function staleness(core: Core, message: Message): Staleness {
  if (message.from === core.self) return 'local';
  if (message.term < core.term) return 'stale';
  return message.term === core.term ? 'current' : 'newer';
}
