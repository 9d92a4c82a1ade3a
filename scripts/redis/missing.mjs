/**
 * Commands of Redis 7.0 that rkv does not have, and what brings them. `commands` are names; a
 * container stands for its subcommands. The differential test asks a real Redis for its commands,
 * and fails when one is neither a row of the door nor named here.
 */

/** @type {{ commands: string[], brings: string }[]} */
export const MISSING = [
  {
    commands: [
      ...['blmove', 'blmpop', 'blpop', 'brpop', 'brpoplpush', 'lindex', 'linsert', 'llen', 'lmove'],
      ...['lmpop', 'lpop', 'lpos', 'lpush', 'lpushx', 'lrange', 'lrem', 'lset', 'ltrim', 'rpop'],
      ...['rpoplpush', 'rpush', 'rpushx'],
    ],
    brings: 'the issue of lists and blocking pops',
  },
  {
    commands: [
      ...['sadd', 'scard', 'sdiff', 'sdiffstore', 'sinter', 'sintercard', 'sinterstore'],
      ...['sismember', 'smembers', 'smismember', 'smove', 'spop', 'srandmember', 'srem', 'sscan'],
      ...['sunion', 'sunionstore'],
    ],
    brings: 'the issue of sets',
  },
  {
    commands: [
      ...['bzmpop', 'bzpopmax', 'bzpopmin', 'geoadd', 'geodist', 'geohash', 'geopos', 'georadius'],
      ...['georadius_ro', 'georadiusbymember', 'georadiusbymember_ro', 'geosearch'],
      ...['geosearchstore', 'zadd', 'zcard', 'zcount', 'zdiff', 'zdiffstore', 'zincrby', 'zinter'],
      ...['zintercard', 'zinterstore', 'zlexcount', 'zmpop', 'zmscore', 'zpopmax', 'zpopmin'],
      ...['zrandmember', 'zrange', 'zrangebylex', 'zrangebyscore', 'zrangestore', 'zrank', 'zrem'],
      ...['zremrangebylex', 'zremrangebyrank', 'zremrangebyscore', 'zrevrange', 'zrevrangebylex'],
      ...['zrevrangebyscore', 'zrevrank', 'zscan', 'zscore', 'zunion', 'zunionstore'],
    ],
    brings: 'the issue of sorted sets',
  },
  {
    commands: [
      ...['xack', 'xadd', 'xautoclaim', 'xclaim', 'xdel', 'xgroup', 'xinfo', 'xlen', 'xpending'],
      ...['xrange', 'xread', 'xreadgroup', 'xrevrange', 'xsetid', 'xtrim'],
    ],
    brings: 'the issue of streams',
  },
  {
    commands: [
      ...['psubscribe', 'publish', 'pubsub', 'punsubscribe', 'spublish', 'ssubscribe', 'subscribe'],
      ...['sunsubscribe', 'unsubscribe'],
    ],
    brings: 'the issue of pub/sub',
  },
  {
    commands: [
      ...['eval', 'eval_ro', 'evalsha', 'evalsha_ro', 'fcall', 'fcall_ro', 'function', 'script'],
    ],
    brings: 'the issue of scripts',
  },
  { commands: ['acl'], brings: 'the issue of users' },
  {
    commands: [
      ...['latency|graph', 'latency|histogram', 'memory|malloc-stats', 'memory|purge', 'lolwut'],
      'swapdb',
    ],
    brings: 'nothing planned',
  },
  {
    commands: [
      ...['bgrewriteaof', 'bgsave', 'failover', 'migrate', 'module', 'pfdebug', 'pfselftest'],
      ...['psync', 'replconf', 'replicaof', 'restore-asking', 'save', 'shutdown', 'slaveof'],
      'sync',
    ],
    brings: 'never: every write is on disks already, and the cluster replicates by itself',
  },
];

/** What of it no row of the door has come to serve. */
export function stillMissing(names) {
  const rows = new Set(names);
  return MISSING.map(({ commands, brings }) => ({
    brings,
    commands: commands.filter((name) => !rows.has(name)),
  })).filter(({ commands }) => commands.length > 0);
}
