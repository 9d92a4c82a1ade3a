/** What a command that this node answers by itself is given (`LocalRow.handle`). */
import type { Command } from '../../../kv/request.js';
import type { RoutedAnswer } from '../../../router/types.js';
import type { Client } from '../client.js';
import type { DoorContext } from '../context.js';
import type { Args, ReplyOut } from './row.js';

export interface LocalCall {
  readonly args: Args;
  /** The connection; `database` is the one chosen with SELECT, 0 to 15. */
  readonly client: Client;
  readonly door: DoorContext;
  /** Where the answer goes; in MULTI the place of this command in the answer to EXEC. */
  readonly out: ReplyOut;
  /** One command of the catalogue through the router, with the door's deadline. */
  execute(command: Command): Promise<RoutedAnswer>;
}
