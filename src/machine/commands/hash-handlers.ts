/** Who runs the rows of hashes. */
import { hgetall, hkeys, hrandfield, hscan, hvals } from './hash-reads.js';
import { hexpire, hpersist, hpexpiretime, hpttl } from './hash-times.js';
import {
  hdel,
  hexists,
  hget,
  hgetdel,
  hgetex,
  hincrby,
  hincrbyfloat,
  hlen,
  hmget,
  hset,
  hsetex,
  hsetnx,
  hstrlen,
} from './hashes.js';

export const HASH_HANDLERS = {
  hset,
  hsetnx,
  hget,
  hmget,
  hgetall,
  hkeys,
  hvals,
  hdel,
  hlen,
  hexists,
  hstrlen,
  hincrby,
  hincrbyfloat,
  hscan,
  hrandfield,
  hgetdel,
  hgetex,
  hsetex,
  hexpire,
  hpttl,
  hpexpiretime,
  hpersist,
};
