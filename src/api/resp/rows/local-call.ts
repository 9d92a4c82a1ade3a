/** What a command that this node answers by itself is given (`LocalRow.handle`). */

import type { Command } from '../../../kv/request.js';
import type { RoutedAnswer } from '../../../router/types.js';
import type { Args, ReplyOut } from './row.js';

export interface LocalCall {
  readonly args: Args;
  /** The database chosen with SELECT, 0 to 15. */
  readonly database: number;
  /** Where the answer goes; in MULTI the place of this command in the answer to EXEC. */
  readonly out: ReplyOut;
  /** One command of the catalogue through the router, with the door's deadline. */
  readonly execute: (command: Command) => Promise<RoutedAnswer>;
}
