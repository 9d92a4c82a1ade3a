/** What clients send on connect and ask of a connection: REDIS.md section 1. */
import { afterEach, describe, expect, it } from 'vitest';
import { ROWS } from '../../../src/api/resp/rows/table.js';
import { type FakeDoor, startFakeDoor } from './support/fake-door.js';
import { type Plain, RespClient } from './support/resp-client.js';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(debugCommand = false) {
  const fake = await startFakeDoor(undefined, {}, debugCommand);
  ends.push(() => fake.door.close(0));
  return { fake, client: await connect(fake) };
}

async function connect({ address }: FakeDoor): Promise<RespClient> {
  const client = await RespClient.connect(address);
  ends.push(() => client.close());
  return client;
}

async function table(commands: readonly (readonly [readonly string[], Plain | RegExp])[]) {
  const { client } = await open();
  for (const [words, expected] of commands) {
    const reply = await client.ask(...words);
    if (expected instanceof RegExp) expect(reply, words.join(' ')).toMatch(expected);
    else expect(reply, words.join(' ')).toEqual(expected);
  }
}

describe('HELLO', () => {
  it('chooses the protocol and names the server', async () => {
    const { client } = await open();
    const hello = (await client.ask(
      'HELLO',
      '3',
      'AUTH',
      'default',
      'x',
      'SETNAME',
      'me',
    )) as Plain[];
    expect(new Map(hello as [string, Plain][])).toEqual(
      new Map<string, Plain>([
        ['server', 'redis'],
        ['version', expect.stringMatching(/^\d+\.\d+\.\d+$/) as unknown as string],
        ['proto', 3],
        ['id', expect.any(Number) as unknown as number],
        ['mode', 'standalone'],
        ['role', 'master'],
        ['modules', []],
      ]),
    );
    expect(await client.ask('CLIENT', 'GETNAME')).toBe('me');
    client.send('GET nothing\r\n');
    expect(await client.next()).toEqual({ kind: 'null' });
    const again = (await client.ask('HELLO', '2')) as Plain[];
    expect(again.slice(4, 6)).toEqual(['proto', 2]);
  });

  it.each([
    [['HELLO', '4'], /^-NOPROTO unsupported protocol version$/],
    [['HELLO', 'x'], /^-ERR Protocol version is not an integer or out of range$/],
    [['HELLO', '3', 'AUTH', 'nobody', 'x'], /^-WRONGPASS /],
    [['HELLO', '3', 'WHAT'], /^-ERR Syntax error in HELLO option/],
    [['HELLO', '3', 'SETNAME', 'a b'], /^-ERR Client names cannot contain spaces/],
  ])('%j', async (words, error) => {
    const { client } = await open();
    expect(await client.ask(...words)).toMatch(error);
    client.send('GET nothing\r\n');
    expect((await client.next()).kind).toBe('null');
  });
});

describe('the connection', () => {
  it('answers as Redis does', () =>
    table([
      [['ping'], '+PONG'],
      [['PiNg', 'a'], 'a'],
      [['PING', 'a', 'b'], "-ERR wrong number of arguments for 'ping' command"],
      [['ECHO', 'x'], 'x'],
      [['AUTH', 'x'], /^-ERR AUTH <password> called without any password configured/],
      [['AUTH', 'default', 'x'], '+OK'],
      [['AUTH', 'nobody', 'x'], /^-WRONGPASS /],
      [['SELECT', '15'], '+OK'],
      [['SELECT', '16'], '-ERR DB index is out of range'],
      [['SELECT', 'x'], '-ERR value is not an integer or out of range'],
      [['CLIENT', 'SETINFO', 'LIB-NAME', 'lib'], '+OK'],
      [['CLIENT', 'SETINFO', 'lib-ver', '1.2'], '+OK'],
      [['CLIENT', 'SETINFO', 'what', '1.2'], "-ERR Unrecognized option 'what'"],
      [['CLIENT', 'SETNAME', 'me'], '+OK'],
      [['CLIENT', 'LIST'], / name=me .* db=15 .*cmd=client\|list .*lib-name=lib lib-ver=1\.2\n$/],
      [['CLIENT', 'MAINT_NOTIFICATIONS', 'ON'], /^-ERR unknown subcommand 'MAINT_NOTIFICATIONS'/],
      [['CLIENT'], "-ERR wrong number of arguments for 'client' command"],
      [['CLIENT', 'KILL', 'ADDR', '1.1.1.1:1'], 0],
      [['CLIENT', 'KILL', '1.1.1.1:1'], '-ERR No such client'],
      [['CLIENT', 'NO-EVICT', 'ON'], '+OK'],
      [['CLIENT', 'NO-TOUCH', 'maybe'], '-ERR syntax error'],
      [['CLIENT', 'TRACKING', 'ON'], /^-ERR/],
      [['CLIENT', 'UNBLOCK', '99'], 0],
      [['NOSUCH', 'a', 'b'], "-ERR unknown command 'NOSUCH', with args beginning with: 'a' 'b' "],
      [['GET'], "-ERR wrong number of arguments for 'get' command"],
      [['RESET'], '+RESET'],
      [['CLIENT', 'GETNAME'], null],
    ]));

  it('CLIENT REPLY leaves answers out and counts on', async () => {
    const { client } = await open();
    const words = [
      ['CLIENT', 'REPLY', 'OFF'],
      ['SET', 'a', '1'],
      ['PING'],
      ['NOSUCH'],
      ['CLIENT', 'REPLY', 'ON'],
      ['INCR', 'a'],
      ['CLIENT', 'REPLY', 'SKIP'],
      ['INCR', 'a'],
      ['GET', 'a'],
    ];
    client.send(words.map((one) => `${one.join(' ')}\r\n`).join(''));
    expect(await client.pipeline([['ECHO', 'end']])).toEqual(['+OK']);
    expect([(await client.next()).kind, await client.next(), await client.next()]).toMatchObject([
      'integer',
      { kind: 'bulk', bytes: Buffer.from('3') },
      { kind: 'bulk', bytes: Buffer.from('end') },
    ]);
  });

  it('CLIENT KILL ends another connection, QUIT its own', async () => {
    const { fake, client } = await open();
    const other = await connect(fake);
    const id = await other.ask('CLIENT', 'ID');
    expect(await client.ask('CLIENT', 'KILL', 'ID', `${id}`)).toBe(1);
    await other.whenClosed();
    expect(await client.ask('QUIT')).toBe('+OK');
    await client.whenClosed();
  });

  it('CLIENT PAUSE holds writes of all connections until it is over', async () => {
    const { fake, client } = await open();
    const other = await connect(fake);
    expect(await client.ask('CLIENT', 'PAUSE', '60000', 'WRITE')).toBe('+OK');
    const write = other.ask('SET', 'a', '1');
    expect(await client.ask('GET', 'a')).toBeNull();
    expect(fake.router.executed).toBe(1);
    expect(await client.ask('CLIENT', 'UNPAUSE')).toBe('+OK');
    expect(await write).toBe('+OK');
  });

  it('MONITOR shows what others ask, quoted', async () => {
    const { fake, client } = await open();
    const other = await connect(fake);
    expect(await client.ask('MONITOR')).toBe('+OK');
    await other.ask('SET', 'a\n"', Buffer.from([0xff]));
    const line = await client.next();
    expect(line.kind === 'simple' && line.text).toMatch(
      /^\d+\.\d{6} \[0 127\.0\.0\.1:\d+\] "SET" "a\\n\\"" "\\xff"$/,
    );
  });
});

describe('the server', () => {
  it('tells what frameworks ask for', async () => {
    const { client } = await open();
    const info = String(await client.ask('INFO'));
    for (const line of [
      'loading:0',
      'role:master',
      'maxmemory_policy:noeviction',
      'cluster_enabled:0',
      'redis_mode:standalone',
      'db0:keys=3,expires=1,avg_ttl=0',
      'rkv_forwarded_requests:5',
    ]) {
      expect(info).toContain(`\r\n${line}`);
    }
    const version = /redis_version:(\d+)\.(\d+)/.exec(info);
    expect(Number(version?.[1]) * 100 + Number(version?.[2])).toBeGreaterThanOrEqual(702);
    const stats = String(await client.ask('INFO', 'commandstats'));
    expect(stats).toMatch(/^# Commandstats\r\ncmdstat_info:calls=1,/);
  });

  it('CONFIG says how it is and takes what makes sense', () =>
    table([
      [
        ['CONFIG', 'GET', 'maxmemory-policy'],
        ['maxmemory-policy', 'noeviction'],
      ],
      [
        ['CONFIG', 'GET', 'SAVE', 'data*'],
        ['save', '', 'databases', '16'],
      ],
      [['CONFIG', 'SET', 'notify-keyspace-events', 'KEA'], '+OK'],
      [
        ['CONFIG', 'GET', 'notify-keyspace-events'],
        ['notify-keyspace-events', 'AKE'],
      ],
      [['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru'], /^-ERR CONFIG SET failed/],
      [['CONFIG', 'SET', 'nosuch', '1'], /^-ERR Unknown option or number of arguments/],
      [['CONFIG', 'SET', 'databases', '17'], /can't set immutable config$/],
      [['CONFIG', 'RESETSTAT'], '+OK'],
      [['CONFIG', 'REWRITE'], '-ERR The server is running without a config file'],
    ]));

  it.each(['CLIENT', 'CLUSTER', 'COMMAND', 'CONFIG', 'LATENCY', 'MEMORY', 'OBJECT', 'SLOWLOG'])(
    '%s HELP names its rows and no others',
    async (name) => {
      const { client } = await open();
      const lines = (await client.ask(name, 'HELP')) as string[];
      expect(lines[0]).toBe(`+${name} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`);
      const told = lines.slice(1).filter((line) => !line.startsWith('+    '));
      const row = ROWS.find((one) => one.name === name.toLowerCase());
      if (row?.kind !== 'container') throw new Error(`${name} is no container`);
      const named = told.map((line) => line.slice(1).split(' ', 1)[0]?.toLowerCase());
      expect(named).toEqual(row.subcommands.map((sub) => sub.name));
      // whoever takes more words says which
      for (const [i, { arity }] of row.subcommands.entries()) {
        expect([told[i], told[i]?.includes(' ')]).toEqual([told[i], arity !== 2]);
      }
      expect(lines.at(-1)).toBe('+    Prints this help.');
      expect(await client.ask(name, 'HELP', 'x')).toMatch(/^-ERR wrong number of arguments/);
    },
  );

  it('DEBUG HELP is for those who may', async () => {
    const { client } = await open(true);
    const lines = (await client.ask('DEBUG', 'HELP')) as string[];
    expect(lines).toContain('+SLEEP <seconds>');
    const { client: other } = await open();
    expect(await other.ask('DEBUG', 'HELP')).toMatch(/^-ERR DEBUG command not allowed/);
  });

  it('SLOWLOG and LATENCY tell what was slow', async () => {
    const { client } = await open();
    await client.ask('CONFIG', 'SET', 'slowlog-log-slower-than', '0', 'slowlog-max-len', '2');
    await client.ask('SET', 'a', 'b');
    await client.ask('GET', 'a');
    const [newest] = (await client.ask('SLOWLOG', 'GET')) as Plain[][];
    expect(newest?.slice(3)).toEqual([['get', 'a'], expect.any(String), '']);
    expect(await client.ask('SLOWLOG', 'LEN')).toBe(2);
    expect(await client.ask('SLOWLOG', 'RESET')).toBe('+OK');
    expect(await client.ask('LATENCY', 'LATEST')).toEqual([]);
  });

  it('TIME, ROLE, WAIT and DEBUG', async () => {
    const { client } = await open();
    const [seconds] = (await client.ask('TIME')) as string[];
    expect(Math.abs(Number(seconds) - Date.now() / 1000)).toBeLessThan(5);
    expect(await client.ask('ROLE')).toEqual(['master', 7, []]);
    // two of three: the leader and one more
    expect(await client.ask('WAIT', '2', '0')).toBe(1);
    expect(await client.ask('WAITAOF', '1', '1', '0')).toEqual([1, 1]);
    expect(await client.ask('DEBUG', 'SLEEP', '0')).toMatch(/^-ERR DEBUG command not allowed/);
    const { client: tester } = await open(true);
    expect(await tester.ask('DEBUG', 'SLEEP', '0.01')).toBe('+OK');
    expect(await tester.ask('DEBUG', 'OBJECT', 'a')).toBe('-ERR no such key');
    await tester.ask('SET', 'a', 'value');
    expect(await tester.ask('DEBUG', 'OBJECT', 'a')).toMatch(/encoding:raw serializedlength:5 /);
    expect(await tester.ask('MEMORY', 'USAGE', 'a', 'SAMPLES', '5')).toBe(49);
    expect(await tester.ask('MEMORY', 'USAGE', 'none')).toBeNull();
    expect(await tester.ask('MEMORY', 'USAGE', 'a', 'SAMPLES')).toBe('-ERR syntax error');
    const stars = `${'a*'.repeat(30)}b`;
    expect(await tester.ask('DEBUG', 'STRINGMATCH-LEN', '10000', stars)).toBe('+OK');
  });

  it('COMMAND describes every row', async () => {
    const { client } = await open();
    const all = (await client.ask('COMMAND')) as Plain[][];
    expect(await client.ask('COMMAND', 'COUNT')).toBe(all.length);
    const get = all.find(([name]) => name === 'get');
    expect(get?.slice(0, 6)).toEqual(['get', 2, ['+readonly', '+fast'], 1, 1, 1]);
    expect(await client.ask('COMMAND', 'GETKEYS', 'MSET', 'a', '1', 'b', '2')).toEqual(['a', 'b']);
    expect(await client.ask('COMMAND', 'GETKEYS', 'PING')).toBe(
      '-ERR The command has no key arguments',
    );
    expect(await client.ask('COMMAND', 'INFO', 'nosuch')).toEqual([null]);
    const subs = (await client.ask(
      'COMMAND',
      'LIST',
      'FILTERBY',
      'PATTERN',
      'client|set*',
    )) as Plain[];
    expect(subs).toEqual(['client|setname', 'client|setinfo']);
    const docs = (await client.ask('COMMAND', 'DOCS', 'client|id')) as Plain[];
    expect(docs[0]).toBe('client|id');
  });
});
