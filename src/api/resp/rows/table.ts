/** Every row of the Redis door. A row stands here only when its command works. */
import { COMMAND_DOOR_ROWS } from './command.js';
import { CONNECTION_DOOR_ROWS } from './connection.js';
import { KEY_DOOR_ROWS } from './keys.js';
import type { DoorRow } from './row.js';
import { STRING_DOOR_ROWS } from './strings.js';

export const ROWS: readonly DoorRow[] = [
  ...CONNECTION_DOOR_ROWS,
  ...COMMAND_DOOR_ROWS,
  ...STRING_DOOR_ROWS,
  ...KEY_DOOR_ROWS,
];
