/**
 * What clients send on a new connection and to discover a cluster, in their order, written down
 * from what is known of Jedis, Lettuce, go-redis and redis-py: not recorded from running clients,
 * and replayed without them. Beside each command what the client needs from the reply to go on.
 */
export interface Said {
  readonly words: readonly string[];
  /** The raw reply, latin1; null: the client takes any reply, an error too. */
  readonly needs: RegExp | null;
}

export interface Transcript {
  readonly client: string;
  readonly said: readonly Said[];
}

const say = (line: string, needs: RegExp | null): Said => ({ words: line.split(' '), needs });

const OK = /^\+OK\r\n$/;
/** A map with what Lettuce keeps (id, mode, version, role) and Jedis needs (proto). */
const HELLO =
  /^%7\r\n(?=[\s\S]*server)(?=[\s\S]*version)(?=[\s\S]*proto\r\n:3)(?=[\s\S]*id\r\n:\d)(?=[\s\S]*mode)(?=[\s\S]*role\r\n\$6\r\nmaster)/;
/** Ranges with an address each: first slot, last slot, [host, port, id …]. */
const SLOTS = /^\*\d+\r\n\*\d+\r\n:0\r\n:\d+\r\n\*4\r\n\$\d+\r\n127\.0\.0\.1\r\n:\d+\r\n\$40\r\n/;
const NODES =
  /^=\d+\r\ntxt:[0-9a-f]{40} 127\.0\.0\.1:\d+@\d+ (myself,)?master - 0 0 \d+ connected \d+-\d+/;
const COMMAND = /^\*\d+\r\n\*10\r\n/;

export const TRANSCRIPTS: readonly Transcript[] = [
  {
    client: 'Jedis',
    said: [
      say('HELLO 3 SETNAME app', HELLO),
      say('CLIENT SETINFO LIB-NAME jedis', OK),
      say('CLIENT SETINFO LIB-VER 6.0.0', OK),
      say('SELECT 0', OK),
      say('CLUSTER SLOTS', SLOTS),
      say('READONLY', OK),
      say('PING', /^\+PONG\r\n$/),
    ],
  },
  {
    client: 'Lettuce',
    said: [
      say('HELLO 3 SETNAME app', HELLO),
      say('CLIENT MAINT_NOTIFICATIONS ON moving-endpoint-type internal-ip', null),
      say('CLIENT SETINFO lib-name Lettuce', OK),
      say('CLIENT SETINFO lib-ver 6.5.0.RELEASE', OK),
      say('CLUSTER NODES', NODES),
      say(
        'INFO',
        /^=\d+\r\ntxt:# Server\r\n(?=[\s\S]*connected_clients:\d)(?=[\s\S]*master_repl_offset:\d)/,
      ),
      say('READONLY', OK),
    ],
  },
  {
    client: 'go-redis',
    said: [
      say('HELLO 3', HELLO),
      say('CLIENT SETINFO LIB-NAME go-redis(,go1.24.0)', OK),
      say('CLIENT SETINFO LIB-VER 9.7.0', OK),
      say('CLIENT MAINT_NOTIFICATIONS ON', null),
      say('CLUSTER SLOTS', SLOTS),
      say('COMMAND', COMMAND),
      say('READONLY', OK),
    ],
  },
  {
    client: 'redis-py 8',
    said: [
      say('HELLO 3', HELLO),
      say('CLIENT MAINT_NOTIFICATIONS ON', null),
      say('CLIENT SETNAME app', OK),
      say('CLIENT SETINFO LIB-NAME redis-py', OK),
      say('CLIENT SETINFO LIB-VER 8.0.0', OK),
      say('SELECT 0', OK),
      say('CLUSTER SLOTS', SLOTS),
      say('COMMAND', COMMAND),
      say('COMMAND GETKEYS MSET a 1 b 2', /^\*2\r\n\$1\r\na\r\n\$1\r\nb\r\n$/),
      say('PING', /^\+PONG\r\n$/),
    ],
  },
  {
    client: 'a client that knows RESP2 only',
    said: [
      say('HELLO 9', /^-NOPROTO /),
      say('NOSUCH', /^-ERR unknown command/),
      say('CLIENT SETNAME app', OK),
      say('CLUSTER SHARDS', /^\*\d+\r\n\*4\r\n\$5\r\nslots\r\n/),
      say('CONFIG GET maxmemory-policy', /noeviction/),
      say('ECHO hello', /^\$5\r\nhello\r\n$/),
    ],
  },
];
