/** MEMORY: what a key takes in the store, and what this process takes. */
import { codeOf } from '../../../kv/catalog/catalog.js';
import type { Command } from '../../../kv/request.js';
import { admin, container } from './admin.js';
import { unexpected } from './answers.js';
import type { LocalCall } from './local-call.js';
import { NOT_AN_INTEGER, optionWord, SYNTAX_ERROR, safeInteger } from './parse.js';
import type { Args, ContainerRow, DataRow, ProperReply, ReplyOut } from './row.js';

const OBJECT = codeOf('object');
/** Where `object` says how many bytes the key takes. */
const STORED_AT = 3;

function memoryStats({ door, out }: LocalCall): void {
  const { rss, heapUsed, external, arrayBuffers } = process.memoryUsage();
  const { shards } = door.node.own();
  const keys = shards.reduce((sum, shard) => sum + shard.keys.reduce((a, b) => a + b, 0), 0);
  const fields: readonly (readonly [string, number])[] = [
    ['total.allocated', heapUsed + external],
    ['rss', rss],
    ['array.buffers', arrayBuffers],
    ['keys.count', keys],
    ['dataset.bytes', shards.reduce((sum, shard) => sum + shard.bytes, 0)],
    [
      'clients.normal',
      door.clients.all().reduce((sum, { control }) => sum + control.unread + control.unsent, 0),
    ],
  ];
  out.map(fields.length);
  for (const [name, value] of fields) {
    out.text(name);
    out.integer(value);
  }
}

/** MEMORY USAGE key [SAMPLES n]: nothing is sampled, all elements are counted by their head. */
function translateUsage(args: Args, database: number): Command | string {
  for (let i = 1; i < args.length; i += 2) {
    const samples = args[i + 1];
    if (optionWord(args[i]) !== 'SAMPLES' || samples === undefined) return SYNTAX_ERROR;
    const count = safeInteger(samples);
    if (count === null) return NOT_AN_INTEGER;
    if (count < 0) return SYNTAX_ERROR;
  }
  return { code: OBJECT, database, args: args.slice(0, 1) };
}

function answerUsage(reply: ProperReply, out: ReplyOut): void {
  if (reply.kind === 'null') {
    out.null();
    return;
  }
  const stored = reply.kind === 'list' ? reply.items[STORED_AT] : undefined;
  if (stored?.kind !== 'integer') unexpected(reply);
  out.integer(stored.value);
}

const USAGE: DataRow = {
  kind: 'data',
  group: 'server',
  name: 'usage',
  usage: '<key> [SAMPLES <count>]',
  arity: -3,
  flags: ['readonly'],
  keys: { first: 2, last: 2, step: 1, flags: ['RO'] },
  acl: ['@read', '@slow'],
  since: '4.0.0',
  complexity: 'O(1)',
  summary: 'Returns the bytes that a key takes in the store of each of its replicas.',
  differs:
    'Bytes of its rows in the store, of all elements whatever SAMPLES says; not compressed, and ' +
    'without what memory holds of it besides.',
  translate: translateUsage,
  answer: answerUsage,
};

export const MEMORY_DOOR_ROWS: readonly ContainerRow[] = [
  container({
    name: 'memory',
    since: '4.0.0',
    helpSince: '4.0.0',
    summary: 'A container for memory.',
    subcommands: [
      admin({
        name: 'doctor',
        arity: 2,
        since: '4.0.0',
        summary: 'Says whether memory is as planned.',
        handle: ({ out }) => {
          const mib = Math.round(process.memoryUsage().rss / 1024 / 1024);
          const text = `This node has ${mib} MiB of memory; nothing is evicted.\n`;
          out.verbatim('txt', Buffer.from(text));
        },
      }),
      admin({
        name: 'stats',
        arity: 2,
        since: '4.0.0',
        summary: 'Returns figures of memory.',
        handle: memoryStats,
      }),
      USAGE,
    ],
  }),
];
