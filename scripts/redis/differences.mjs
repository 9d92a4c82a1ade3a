/**
 * Where rkv answers otherwise than Redis 7.0.15, on purpose. The differential test lets pass what a
 * row here covers and nothing else; docs/redis.md is generated from the same rows. `commands` are
 * full names of rows (`client|list`), or '*' for all. `rule: 'shape'` compares only the types of a
 * reply; `covers` gets both raw replies (latin1) and the words, and says whether this is the case
 * the row speaks of.
 */

const isError = (reply) => reply.startsWith('-');

/**
 * @typedef {object} Met
 * @property {readonly string[]} words
 * @property {string} ours
 * @property {string} theirs
 *
 * @typedef {object} Difference
 * @property {readonly string[]} commands
 * @property {string} what for docs/redis.md
 * @property {'shape'} [rule]
 * @property {(met: Met) => boolean} [covers]
 */

/** @type {readonly Difference[]} */
export const DIFFERENCES = [
  {
    commands: ['bitcount', 'bitpos'],
    what: 'Wrong words are an error also when the key is not there, as from Redis 7.2 on.',
    covers: ({ ours, theirs }) => isError(ours) && /^(:(0|-1)\r\n|-WRONGTYPE)/.test(theirs),
  },
  {
    commands: ['getex'],
    what: 'A wrong time is an error also when the key is not there.',
    covers: ({ ours, theirs }) => isError(ours) && /^(\$-1|_|-WRONGTYPE)/.test(theirs),
  },
  {
    commands: ['get', 'getdel', 'getex', 'getset', 'mget', 'dump', 'hget', 'set'],
    what: 'The last count of a HyperLogLog is not kept in its value (bytes 8 to 15).',
    covers: ({ ours, theirs }) =>
      ours.includes('HYLL') && withoutCounts(ours) === withoutCounts(theirs),
  },
  {
    commands: ['lcs'],
    what: 'Wrong words behind LEN and IDX are told before or after each other.',
    covers: ({ ours, theirs }) => isError(ours) && isError(theirs),
  },
  {
    commands: ['hello'],
    what: 'Own version and connection number.',
    covers: ({ ours, theirs }) => withoutIdentity(ours) === withoutIdentity(theirs),
  },
  {
    commands: ['client|id'],
    what: 'Own numbers.',
    rule: 'shape',
  },
  {
    commands: ['client|info', 'client|list'],
    what: 'Own numbers, addresses and sizes, and the fields of Redis 7.2 and later besides.',
    covers: ({ words, ours, theirs }) => {
      const [ourLines, theirLines] = [clientLines(ours), clientLines(theirs)];
      const isAlone = /info/i.test(words[1] ?? '');
      return ourLines.length > 0 && theirLines.length > 0 && isAlone
        ? sameClient(ourLines[0], theirLines[0])
        : ourLines.every((line) => sameNames(line, theirLines[0] ?? line));
    },
  },
  {
    commands: [
      ...['client|help', 'cluster|help', 'command|help', 'config|help', 'latency|help'],
      ...['memory|help', 'object|help', 'slowlog|help'],
    ],
    what: 'The subcommands that rkv has, in words of its own.',
    covers: ({ ours, theirs }) => heading(ours) === heading(theirs),
  },
  {
    commands: ['memory|usage'],
    what: 'Another number: each counts what it stores itself.',
    rule: 'shape',
  },
  {
    commands: ['client|list'],
    what: 'An id below 1 is an error.',
    covers: ({ ours }) => ours === '-ERR Invalid client ID\r\n',
  },
  {
    commands: ['command', 'command|count', 'command|docs', 'command|list'],
    what: 'The commands of rkv, with texts of its own, without arguments and history.',
    covers: ({ ours, theirs }) => ours[0] === theirs[0],
  },
  {
    commands: ['command|getkeys', 'command|getkeysandflags'],
    what: 'A command without arguments is looked at too, as from Redis 7.2 on.',
    covers: ({ words, ours, theirs }) => words.length === 3 && isError(ours) && isError(theirs),
  },
  {
    commands: ['client|kill', 'client|unblock', 'client|pause'],
    what: 'Some texts of errors differ behind their first word.',
    covers: ({ ours, theirs }) => isError(ours) && firstWord(ours) === firstWord(theirs),
  },
  {
    commands: ['config|get'],
    what: 'Names in small letters, in an order of its own; appendonly is yes.',
    covers: ({ ours, theirs }) => settingsOf(ours) === settingsOf(theirs),
  },
  {
    commands: ['info'],
    what: 'Own fields and figures, in the sections that Redis has; without Latencystats.',
    covers: ({ ours, theirs }) => ours[0] === theirs[0] && headings(ours) === headings(theirs),
  },
  {
    commands: ['lastsave'],
    what: 'Now, and not when a server began.',
    covers: ({ ours, theirs }) => ours[0] === ':' && theirs[0] === ':',
  },
  {
    commands: ['role'],
    what: 'The offset is the sum of what the shards here have applied.',
    covers: ({ ours, theirs }) => ours.replace(/:\d+/, ':0') === theirs.replace(/:\d+/, ':0'),
  },
  {
    commands: ['time'],
    what: 'The time of the cluster; the same as of a right clock.',
    covers: ({ ours, theirs }) => Math.abs(secondsOf(ours) - secondsOf(theirs)) < 1,
  },
  {
    commands: ['memory|stats', 'memory|doctor', 'latency|doctor'],
    what: 'Own fields, figures and texts.',
    covers: ({ ours, theirs }) => ours[0] === theirs[0],
  },
  {
    commands: ['slowlog|get', 'slowlog|len'],
    what: 'Times count from arrival to answer, so other commands are slow.',
    covers: ({ ours, theirs }) => ours[0] === theirs[0],
  },
  {
    commands: ['randomkey'],
    what: 'Another choice.',
    rule: 'shape',
  },
  {
    commands: ['object|encoding', 'object|idletime', 'object|refcount'],
    what: 'Plausible constants: values are stored otherwise, access times are not kept.',
    covers: ({ ours, theirs }) =>
      [
        /^\$\d+\r\n(int|embstr|raw)\r\n$/,
        /^\$\d+\r\n(listpack|hashtable)\r\n$/,
        /^:(0|1|2|3)\r\n$/,
        // integers that Redis shares
        /^:(1|2147483647)\r\n$/,
      ].some((kind) => kind.test(ours) && kind.test(theirs)),
  },
  {
    commands: ['restore'],
    what: 'A wrong time is an error also when the key is there.',
    covers: ({ ours, theirs }) => isError(ours) && theirs.startsWith('-BUSYKEY'),
  },
  {
    commands: ['dump'],
    what: 'Redis restores what rkv has dumped, and rkv what Redis has; deadlines of fields want 7.4.',
    covers: ({ ours, theirs }) => /^\$\d/.test(ours) && /^\$\d/.test(theirs),
  },
  {
    commands: ['dbsize'],
    what: 'A key whose deadline has passed counts until it is cleaned up, EXPIRE of 0 too.',
    covers: ({ ours, theirs }) => Number(ours.slice(1)) > Number(theirs.slice(1)),
  },
  {
    commands: ['scan'],
    what: 'Cursors of its own, up to 2^63; a page can be empty before the last.',
    covers: ({ ours, theirs }) => ours.startsWith('*2') && theirs.startsWith('*2'),
  },
  {
    commands: ['scan'],
    what: 'A cursor is a number without sign, looked at before other words.',
    covers: ({ ours }) => ours === '-ERR invalid cursor\r\n',
  },
  {
    commands: ['hscan'],
    what: 'A cursor that was never given out ends the scan; Redis begins with small hashes anew.',
    covers: ({ words, ours }) =>
      !/^\d+$/.test(words[2] ?? '') && ours === '*2\r\n$1\r\n0\r\n*0\r\n',
  },
  {
    commands: ['wait'],
    what: 'Copies that have the write: none where the replication factor is 1.',
    covers: ({ ours, theirs }) => ours[0] === ':' && theirs === ':0\r\n',
  },
  {
    commands: ['watch'],
    what: 'A write that sets what is there already is a change (SETBIT of the same bit).',
  },
  {
    commands: ['debug'],
    what: 'Refused with a text of its own unless the node was started for it.',
    covers: ({ ours, theirs }) => /^-ERR DEBUG/.test(ours) && /^-ERR DEBUG/.test(theirs),
  },
  {
    commands: ['cluster|slots', 'cluster|nodes', 'cluster|info', 'cluster|myid'],
    what: 'Own nodes, ids and epochs; a node can lead one shard and follow in another.',
    covers: ({ ours, theirs }) => withoutNodes(ours) === withoutNodes(theirs),
  },
  {
    commands: ['cluster|shards'],
    what: 'Own nodes, ids and figures; a node can lead one shard and follow in another.',
    rule: 'shape',
  },
  {
    commands: [
      ...['cluster|addslots', 'cluster|addslotsrange', 'cluster|bumpepoch', 'cluster|delslots'],
      ...['cluster|delslotsrange', 'cluster|failover', 'cluster|flushslots', 'cluster|forget'],
      ...['cluster|meet', 'cluster|replicate', 'cluster|reset', 'cluster|saveconfig'],
      ...['cluster|set-config-epoch', 'cluster|setslot'],
    ],
    what: 'Always an error that names what to use instead.',
    covers: ({ ours }) => isError(ours) && /not for rkv.* see rkv|wrong number/.test(ours),
  },
];

function withoutCounts(reply) {
  return reply.replace(/HYLL([\s\S]{4})[\s\S]{8}/g, 'HYLL$1');
}

/** HELLO without version and connection number. */
function withoutIdentity(reply) {
  return reply.replace(/(version\r\n)\$\d+\r\n[\d.]+/, '$1').replace(/(id\r\n):\d+/, '$1');
}

/** The first line of a HELP. */
function heading(reply) {
  return /^\*\d+\r\n(.*)\r\n/.exec(reply)?.[1] ?? reply;
}

const body = (reply) => reply.replace(/^[$=]\d+\r\n(txt:)?/, '');

/** Each line of CLIENT LIST as pairs of name and value. */
function clientLines(reply) {
  return body(reply)
    .split('\n')
    .filter((line) => line.startsWith('id='))
    .map((line) =>
      line
        .trim()
        .split(' ')
        .map((field) => field.split(/=(.*)/s)),
    );
}

/** Whether the first has all names of the second, in their order. */
function sameNames(ours, theirs) {
  const names = theirs.map(([name]) => name);
  return (
    String(ours.map(([name]) => name).filter((name) => names.includes(name))) === String(names)
  );
}

/** What two servers know alike of a connection. */
const SAME_OF_CLIENTS = ['name', 'db', 'sub', 'psub', 'multi', 'cmd', 'user', 'redir', 'resp'];

function sameClient(ours, theirs) {
  const [a, b] = [new Map(ours), new Map(theirs)];
  return sameNames(ours, theirs) && SAME_OF_CLIENTS.every((name) => a.get(name) === b.get(name));
}

/** Pairs of CONFIG GET in an order of their own, without what rkv never switches off. */
function settingsOf(reply) {
  const texts = [...reply.matchAll(/\$(\d+)\r\n([\s\S]*?)\r\n/g)].map(([, , text]) => text);
  const pairs = texts.flatMap((name, i) =>
    i % 2 === 0 && !/^appendonly$/i.test(name) ? [`${name.toLowerCase()}=${texts[i + 1]}`] : [],
  );
  return `${reply[0]}${pairs.sort()}`;
}

const headings = (reply) => String(reply.match(/^# (?!Latencystats).*$/gm));

const secondsOf = (reply) => Number(/\r\n(\d+)\r\n/.exec(reply)?.[1]);

/** Addresses, ids, epochs and counts of messages are the server's own. */
function withoutNodes(reply) {
  return body(reply)
    .replace(/\$\d+\r\n/g, '')
    .replace(/[0-9a-f]{40}/g, 'id')
    .replace(/(127\.0\.0\.1)?:\d+@\d+/g, 'address')
    .replace(/(127\.0\.0\.1)?\r\n:\d+\r\nid/g, '\r\nport id')
    .replace(/- 0 0 \d+/g, '- 0 0 epoch')
    .replace(/(_epoch|_messages_\w+):\d+/g, '$1');
}

function firstWord(reply) {
  return reply.split(' ', 1)[0];
}
