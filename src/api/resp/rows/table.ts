/** Every row of the Redis door. A row stands here only when its command works. */
import { BIT_DOOR_ROWS } from './bits.js';
import { CLIENT_DOOR_ROWS } from './client.js';
import { CLUSTER_DOOR_ROWS } from './cluster.js';
import { COMMAND_DOOR_ROWS } from './command.js';
import { CONNECTION_DOOR_ROWS } from './connection.js';
import { DEBUG_DOOR_ROWS } from './debug.js';
import { HASH_TIME_DOOR_ROWS } from './hash-times.js';
import { HASH_DOOR_ROWS } from './hashes.js';
import { HYPERLOGLOG_DOOR_ROWS } from './hyperloglog.js';
import { INFO_DOOR_ROWS } from './info.js';
import { KEY_DOOR_ROWS } from './keys.js';
import { KEYSPACE_DOOR_ROWS } from './keyspace.js';
import { MEMORY_DOOR_ROWS } from './memory.js';
import type { DoorRow } from './row.js';
import { SERVER_DOOR_ROWS } from './server.js';
import { SLOW_DOOR_ROWS } from './slow.js';
import { STRING_DOOR_ROWS } from './strings.js';
import { TRANSACTION_DOOR_ROWS } from './transactions.js';
import { VALUE_DOOR_ROWS } from './values.js';

export const ROWS: readonly DoorRow[] = [
  ...CONNECTION_DOOR_ROWS,
  ...COMMAND_DOOR_ROWS,
  ...CLIENT_DOOR_ROWS,
  ...CLUSTER_DOOR_ROWS,
  ...INFO_DOOR_ROWS,
  ...SERVER_DOOR_ROWS,
  ...SLOW_DOOR_ROWS,
  ...MEMORY_DOOR_ROWS,
  ...DEBUG_DOOR_ROWS,
  ...TRANSACTION_DOOR_ROWS,
  ...STRING_DOOR_ROWS,
  ...KEY_DOOR_ROWS,
  ...KEYSPACE_DOOR_ROWS,
  ...BIT_DOOR_ROWS,
  ...HYPERLOGLOG_DOOR_ROWS,
  ...VALUE_DOOR_ROWS,
  ...HASH_DOOR_ROWS,
  ...HASH_TIME_DOOR_ROWS,
];
