/** Whether two replies to one command are equal, as far as they can be. */
import { DIFFERENCES } from '../../scripts/redis/differences.mjs';
import type { Words } from './raw-client.js';
import { isNear, shapeOf, sorted, withSortedSets } from './reply.js';

/**
 * `set` and `pairs`: items, or items and values, in any order. `near`: integers may differ by as
 * much as the two servers got the command apart; in milliseconds or seconds. `shape`: types alone.
 * `random`: a choice of the server's.
 */
type Rule =
  | 'random'
  | 'exact'
  | 'set'
  | 'pairs'
  | 'page'
  | 'pages'
  | 'near'
  | 'near-seconds'
  | 'shape';

const RULES: Readonly<Record<string, Rule>> = {
  keys: 'set',
  hkeys: 'set',
  hvals: 'set',
  hgetall: 'pairs',
  scan: 'page',
  hscan: 'pages',
  hrandfield: 'random',
  ttl: 'near-seconds',
  expiretime: 'near-seconds',
  pttl: 'near',
  pexpiretime: 'near',
  httl: 'near-seconds',
  hexpiretime: 'near-seconds',
  hpttl: 'near',
  hpexpiretime: 'near',
};

/** What the servers may be apart before the way of a command is counted. */
const CLOSE_MS = 50;

export interface Exchange {
  readonly name: string;
  readonly words: Words;
  readonly protocol: 2 | 3;
  readonly ours: string;
  readonly theirs: string;
  /** The longest that an answer took on either side. */
  readonly tookMs: number;
}

function equal(rule: Rule, { ours, theirs, tookMs, words, protocol }: Exchange): boolean {
  switch (rule) {
    case 'exact':
      return withSortedSets(ours) === withSortedSets(theirs);
    case 'set':
      return sorted(ours, 1) === sorted(theirs, 1);
    case 'pairs':
      return sorted(ours, 2) === sorted(theirs, 2);
    case 'page':
      return page(ours, 1) === page(theirs, 1);
    case 'pages':
      return page(ours, 2) === page(theirs, 2);
    case 'near':
      return isNear(ours, theirs, CLOSE_MS + tookMs);
    case 'near-seconds':
      return isNear(ours, theirs, 1 + tookMs / 1000);
    case 'random': {
      // so many were asked for that all come; one alone is the server's choice
      const width = words.length > 3 && protocol === 2 ? 2 : 1;
      if (words.length === 2) return shapeOf(ours) === shapeOf(theirs);
      return sorted(ours, width) === sorted(theirs, width);
    }
    case 'shape':
      return shapeOf(ours) === shapeOf(theirs);
  }
}

/** A cursor and what came with it. */
function page(reply: string, width: 1 | 2): string {
  const head = /^\*2\r\n\$\d+\r\n(\d+)\r\n/.exec(reply);
  if (head === null) return reply;
  return `${head[1]} ${sorted(reply.slice(head[0].length), width)}`;
}

/** Null: equal, or different in a way that scripts/redis/differences.mjs tells. */
export function mismatch(exchange: Exchange): string | null {
  const { name, words, ours, theirs } = exchange;
  if (ours === theirs || equal(RULES[name] ?? 'exact', exchange)) return null;
  for (const { commands, rule, covers } of DIFFERENCES) {
    if (!commands.includes(name) && !commands.includes('*')) continue;
    if (rule !== undefined && equal(rule, exchange)) return null;
    if (covers?.({ ...exchange, words })) return null;
  }
  return `${JSON.stringify(words)}\n  rkv   ${show(ours)}\n  Redis ${show(theirs)}`;
}

const LONGEST = 1_000;
const show = (reply: string): string => JSON.stringify(reply).slice(0, LONGEST);
