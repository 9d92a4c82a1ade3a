/**
 * What a hostile or confused client may send, and what it gets: the commands before the error, and
 * the error as Redis words it (FAULTS section 4, line 9). Limits are the parser's defaults.
 */

export interface HostileCase {
  readonly name: string;
  readonly sent: Buffer;
  /** Arguments of the commands that are complete. */
  readonly commands: readonly (readonly string[])[];
  /** Null: no error, the parser waits for more. */
  readonly error: string | null;
  /**
   * Redis 7.0 does something else with the same bytes: it waits for a line end before it looks,
   * skips two bytes unseen, has another limit (and looks at it only when no line end has come), or
   * hangs up on a command of the web. test/e2e/resp-corpus.test.ts holds the rest against it.
   */
  readonly unlikeRedis?: 'waits' | 'skips' | 'limit' | 'hangs up';
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const COUNT = 'Protocol error: invalid multibulk length';
const LENGTH = 'Protocol error: invalid bulk length';
const QUOTES = 'Protocol error: unbalanced quotes in request';
const INLINE = 'Protocol error: too big inline request';
const expected = (got: string): string => `Protocol error: expected '$', got '${got}'`;

const refused = (
  name: string,
  sent: string | Buffer,
  error: string,
  unlikeRedis?: HostileCase['unlikeRedis'],
): HostileCase => ({
  name,
  sent: typeof sent === 'string' ? latin1(sent) : sent,
  commands: [],
  error,
  ...(unlikeRedis === undefined ? {} : { unlikeRedis }),
});

const taken = (
  name: string,
  sent: string | Buffer,
  ...commands: readonly (readonly string[])[]
): HostileCase => ({
  name,
  sent: typeof sent === 'string' ? latin1(sent) : sent,
  commands,
  error: null,
});

const COUNTS: readonly HostileCase[] = [
  refused('a count without digits', '*\r\n', COUNT),
  refused('a count of letters', '*abc\r\n', COUNT),
  refused('a count with a letter behind it', '*3x\r\n', COUNT),
  refused('a count with a plus sign', '*+3\r\n', COUNT),
  refused('a count with a leading zero', '*01\r\n', COUNT),
  refused('a count with a space', '* 1\r\n', COUNT),
  refused('a count of minus alone', '*-\r\n', COUNT),
  refused('a count of minus zero', '*-0\r\n', COUNT),
  refused('a count with a fraction', '*1.5\r\n', COUNT),
  refused('a count above the limit', '*1048577\r\n', COUNT, 'limit'),
  refused('a count above 31 bits', '*2147483648\r\n', COUNT),
  refused('a count above 64 bits', '*18446744073709551617\r\n', COUNT),
  refused('a count below 64 bits', '*-18446744073709551617\r\n', COUNT),
  refused('a count of a thousand digits', `*1${'0'.repeat(1000)}\r\n`, COUNT),
  refused('NUL behind the star', '*\x00\r\n', COUNT, 'waits'),
  refused('NUL behind the star and no line end', '*\x00payloadpayload', COUNT, 'waits'),
  refused('a count with CR and no LF', '*1\rX$4\r\nPING\r\n', COUNT, 'skips'),
  refused('a count with LF alone', '*1\n$4\nPING\n', COUNT, 'waits'),
  taken('a negative count', '*-5\r\n'),
  taken('the least count of 64 bits', '*-9223372036854775808\r\n'),
  taken('empty arrays between commands', '*0\r\n*1\r\n$4\r\nPING\r\n*-1\r\n', ['PING']),
];

const LENGTHS: readonly HostileCase[] = [
  refused('no dollar', '*1\r\nPING\r\n', expected('P')),
  refused('an array inside the array', '*1\r\n*1\r\n$4\r\nPING\r\n', expected('*')),
  refused('an integer inside the array', '*2\r\n$3\r\nGET\r\n:1\r\n', expected(':')),
  refused('a line end for the dollar', '*1\r\n\r\n', expected(' ')),
  refused('NUL for the dollar', '*1\r\n\x00\r\n', expected(' '), 'waits'),
  refused('a length without digits', '*1\r\n$\r\n', LENGTH),
  refused('a length of letters', '*1\r\n$abc\r\n', LENGTH),
  refused('a negative length', '*1\r\n$-1\r\n', LENGTH),
  refused('a length of minus zero', '*1\r\n$-0\r\n\r\n', LENGTH),
  refused('a length with a plus sign', '*1\r\n$+4\r\nPING\r\n', LENGTH),
  refused('a length with a leading zero', '*1\r\n$04\r\nPING\r\n', LENGTH),
  refused('a length above the limit', '*1\r\n$536870913\r\n', LENGTH),
  refused('a length above 31 bits', '*1\r\n$2147483648\r\n', LENGTH),
  refused('a length of 63 bits', '*1\r\n$9223372036854775807\r\n', LENGTH),
  refused('a length above 64 bits', '*1\r\n$99999999999999999999\r\n', LENGTH),
  refused('NUL behind the dollar', '*1\r\n$\x00\r\n', LENGTH, 'waits'),
  refused('a length with CR and no LF', '*1\r\n$4\rXPING\r\n', LENGTH, 'skips'),
  refused('a body longer than its length', '*1\r\n$4\r\nPINGX\r\n', LENGTH, 'skips'),
  refused('a body without CR LF', '*2\r\n$4\r\nECHOxx$1\r\na\r\n', LENGTH, 'skips'),
  taken('an announcement alone', '*1048576\r\n$67108864\r\nabc'),
  taken('an empty name', '*1\r\n$0\r\n\r\n', ['']),
];

const INLINES: readonly HostileCase[] = [
  refused('an open double quote', 'get "a b\r\n', QUOTES),
  refused('an open single quote', "get 'a b\r\n", QUOTES),
  refused('a letter behind a closing quote', 'get "a"b\r\n', QUOTES),
  refused('a letter behind a closing single quote', "get 'a'b\r\n", QUOTES),
  refused('an escape that swallows the quote', 'get "a\\"\r\n', QUOTES),
  refused('a line of 64 KiB and a byte', latin1(`${'A'.repeat(65_537)}\n`), INLINE, 'limit'),
  refused('100 KiB without a line end', Buffer.alloc(100 * 1024, 'A'), INLINE),
  refused(
    'NUL and no line end',
    Buffer.concat([Buffer.alloc(1), Buffer.alloc(70_000, 'p')]),
    INLINE,
  ),
  refused('a dollar for the star, NUL', latin1(`$\x00${'payload'.repeat(10_000)}`), INLINE),
  taken('64 KiB of blanks', latin1(`${' '.repeat(65_535)}\r\n`)),
  taken('a line of 64 KiB', latin1(`${'A'.repeat(65_536)}\n`), ['A'.repeat(65_536)]),
  taken('a quote within a word', 'get fo"o b"\r\n', ['get', 'foo b']),
  {
    name: 'a request for a web page',
    sent: latin1('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    commands: [
      ['GET', '/', 'HTTP/1.1'],
      ['Host:', 'x'],
    ],
    error: null,
    unlikeRedis: 'hangs up',
  },
  taken('line feeds alone', 'ping\n\n\nping\n', ['ping'], ['ping']),
  taken('a hello of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'),
];

export const HOSTILE: readonly HostileCase[] = [
  ...COUNTS,
  ...LENGTHS,
  ...INLINES,
  {
    name: 'rubbish behind a command',
    sent: latin1('*1\r\n$4\r\nPING\r\n*x\r\n*1\r\n$4\r\nPING\r\n'),
    commands: [['PING']],
    error: COUNT,
  },
];
