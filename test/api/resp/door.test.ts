/** Strangers, bounds and hostile bytes at the Redis door: FAULTS section 3 rows 97, 99, 101. */
import { once } from 'node:events';
import { connect as connectSocket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { RkvError } from '../../../src/kv/errors.js';
import { MAX_VALUE_BYTES } from '../../../src/kv/limits.js';
import { type Answering, type FakeDoor, startFakeDoor } from './support/fake-door.js';
import { plain, RespClient } from './support/resp-client.js';

const MIB = 1024 * 1024;
const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(
  answering?: Answering,
  limits: Parameters<typeof startFakeDoor>[1] = {},
): Promise<{ fake: FakeDoor; client: RespClient }> {
  const fake = await startFakeDoor(answering, limits);
  ends.push(() => fake.door.close(0));
  return { fake, client: await connect(fake) };
}

async function connect({ address }: FakeDoor): Promise<RespClient> {
  const client = await RespClient.connect(address);
  ends.push(() => client.close());
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the Redis door', () => {
  it('says which port another process has', async () => {
    const { fake } = await open();
    const { startRespDoor } = await import('../../../src/api/resp/door.js');
    const options = { listen: fake.address, listenCluster: null } as Parameters<
      typeof startRespDoor
    >[0];
    await expect(startRespDoor({ ...options, ...(await parts(fake)) })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
    });
  });

  it('takes so many connections and tells one more that there is no room', async () => {
    const { fake, client } = await open(undefined, { connections: 2 });
    const second = await connect(fake);
    expect(await second.ask('PING')).toBe('+PONG');
    const third = await connect(fake);
    expect(plain(await third.next())).toBe('-ERR max number of clients reached');
    await third.whenClosed();
    client.close();
    await until(() => client.closed);
    let fourth = await connect(fake);
    fourth.send('PING\r\n');
    while (plain(await fourth.next()) !== '+PONG') fourth = await connect(fake);
  });

  it.each([
    ['*1\r\n$-5\r\n', '-ERR Protocol error: invalid bulk length'],
    ['*99999999999\r\n', '-ERR Protocol error: invalid multibulk length'],
    ['*1\r\n:3\r\n', "-ERR Protocol error: expected '$', got ':'"],
    ['GET "open\r\n', '-ERR Protocol error: unbalanced quotes in request'],
  ])('%j is answered, and the connection closed', async (bytes, error) => {
    const { client } = await open();
    client.send(`PING\r\n${bytes}`);
    expect(plain(await client.next())).toBe('+PONG');
    expect(plain(await client.next())).toBe(error);
    await client.whenClosed();
  });

  it('a client that keeps its half open after that loses its place all the same', async () => {
    const { fake, client } = await open();
    const stubborn = connectSocket({
      port: Number(fake.address.split(':')[1]),
      host: '127.0.0.1',
      allowHalfOpen: true,
    });
    ends.push(() => void stubborn.destroy());
    stubborn.resume();
    stubborn.write('*1\r\n:3\r\n');
    await once(stubborn, 'end');
    const clients = async (): Promise<number> =>
      String(await client.ask('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    while ((await clients()) > 1) await new Promise((resolve) => setImmediate(resolve));
  });

  it('CONFIG SET timeout closes who is idle', async () => {
    const { fake, client } = await open();
    const idle = await connect(fake);
    await client.ask('CONFIG', 'SET', 'timeout', '1');
    while (!idle.closed) {
      expect(await client.ask('PING')).toBe('+PONG');
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(await client.ask('CONFIG', 'SET', 'timeout', '0')).toBe('+OK');
  });

  it('an error in the bytes is told behind the answers of what came before', async () => {
    const { fake, client } = await open('by-hand');
    client.send('SET a 1\r\nGET a\r\n*1\r\n:3\r\n');
    await until(() => fake.router.held.length === 1);
    fake.router.held[0]?.finish();
    await until(() => fake.router.held.length === 1);
    fake.router.held[0]?.finish();
    expect(plain(await client.next())).toBe('+OK');
    expect(plain(await client.next())).toBe('1');
    expect(plain(await client.next())).toMatch(/^-ERR Protocol error/);
    await client.whenClosed();
  });

  it('keeps keys of any bytes apart, the names of JavaScript objects too', async () => {
    const { client } = await open();
    const keys: (string | Buffer)[] = ['', '__proto__', 'constructor', 'a\r\nb'];
    for (let byte = 0; byte < 256; byte++) keys.push(Buffer.from([byte]));
    keys.push(Buffer.from([0xff, 0xfe]), Buffer.from([0xff, 0xfd]));
    await client.pipeline(keys.map((key, i) => ['SET', key, `${i}`]));
    const values = await client.pipeline(keys.map((key) => ['GET', key]));
    expect(values).toEqual(keys.map((_, i) => `${i}`));
  });

  it('a value over the limit is refused and the connection goes on, 64 MB too', async () => {
    const { client, fake } = await open();
    const exact = Buffer.alloc(MAX_VALUE_BYTES, 7);
    expect(await client.ask('SET', 'k', exact)).toBe('+OK');
    expect(await client.ask('SET', 'k', Buffer.alloc(MAX_VALUE_BYTES + 1))).toMatch(
      /^-ERR .*limit/,
    );
    expect(await client.ask('SET', 'k', Buffer.alloc(64 * MIB))).toMatch(/^-ERR .*limit/);
    const value = await client.ask('GET', 'k');
    expect(Buffer.from(value as string, 'latin1').equals(exact)).toBe(true);
    expect(fake.router.executed).toBe(2);
  });

  it('200,000 arguments are one command', async () => {
    const { client } = await open();
    const pairs = Array.from({ length: 200_000 }, (_, i) => `k${i}`);
    expect(await client.askAll(['MSET', ...pairs])).toBe('+OK');
    expect(await client.askAll(['DEL', ...pairs])).toBe(100_000);
    expect(await client.askAll(['NOSUCH', ...pairs])).toMatch(/^-ERR unknown command 'NOSUCH'/);
  });

  it('a client that goes while its answers are under way is no event', async () => {
    const { fake, client } = await open('by-hand');
    client.send('SET a 1\r\nGET b\r\nGET a\r\n');
    await until(() => fake.router.held.length === 2);
    client.socket.resetAndDestroy();
    await until(() => client.closed);
    const other = await connect(fake);
    const clients = async (): Promise<number> =>
      String(await other.ask('CLIENT', 'LIST'))
        .trim()
        .split('\n').length;
    while ((await clients()) > 1) await new Promise((resolve) => setImmediate(resolve));
    for (const held of [...fake.router.held]) held.finish();
    expect(await other.ask('PING')).toBe('+PONG');
  });

  it('a client that does not read is not read from, and loses nothing', async () => {
    const { fake, client } = await open(undefined, { unsentBytes: MIB });
    expect(await client.ask('SET', 'big', Buffer.alloc(256 * 1024, 1))).toBe('+OK');
    client.socket.pause();
    const wanted = 400;
    client.send('GET big\r\n'.repeat(wanted));
    // as many as fit the sockets' own buffers and the limit, then nothing more is asked
    let before = -1;
    while (before !== fake.router.executed) {
      before = fake.router.executed;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(before).toBeLessThan(wanted);
    client.socket.resume();
    for (let i = 0; i < wanted; i++) {
      const value = await client.next();
      expect(value.kind === 'bulk' && value.bytes.length).toBe(256 * 1024);
    }
  });

  it('a client whose answers pile up beyond the limit is closed', async () => {
    const { fake, client } = await open('by-hand', { unsentBytes: MIB, outputBytes: 8 * MIB });
    const watcher = await connect(fake);
    client.socket.pause();
    client.send('GET a\r\n'.repeat(64));
    await until(() => fake.router.held.length === 16);
    const value = Buffer.alloc(MIB);
    for (const held of [...fake.router.held].reverse()) {
      held.answer({ kind: 'bytes', bytes: value });
    }
    const stats = async (): Promise<string> => String(await watcher.ask('INFO', 'stats'));
    expect(await stats()).toContain('client_output_buffer_limit_disconnections:1');
    expect(fake.router.executed).toBe(16);
  });

  it('stops: what is in flight is answered, what comes later is not taken', async () => {
    const { fake, client } = await open('by-hand');
    client.send('SET a 1\r\n');
    await until(() => fake.router.held.length === 1);
    const closed = fake.door.close(5000);
    client.send('SET b 1\r\n');
    fake.router.held[0]?.finish();
    expect(plain(await client.next())).toBe('+OK');
    await client.whenClosed();
    await closed;
    expect(fake.router.executed).toBe(1);
    expect(client.unasked).toBe(0);
  });
});

describe('bad news', () => {
  it.each([
    [
      new RkvError('NO_LEADER', 'shard 3 has no leader', { shard: 3 }),
      /^-CLUSTERDOWN .*nothing was changed$/,
    ],
    [
      new RkvError('OVERLOADED', 'too much is waiting already'),
      /^-TRYAGAIN .*nothing was changed$/,
    ],
    [new RkvError('FULL', 'free disk space is below the reserve'), /^-OOM .*nothing was changed$/],
    [new RkvError('CROSS_SHARD', 'keys of several shards: the transaction layer'), /^-CROSSSLOT /],
    [new RkvError('OUTCOME_UNKNOWN', 'the deadline passed'), /^-UNKNOWNOUTCOME .*may or may not/],
    [{ kind: 'failed', code: 'WRONG_TYPE' } as const, /^-WRONGTYPE Operation against a key/],
    [{ kind: 'failed', code: 'OVERFLOW' } as const, /^-ERR increment or decrement would overflow$/],
    [{ kind: 'applied' } as const, /^-ERR the command was applied once/],
  ])('%o', async (answer, text) => {
    const { fake, client } = await open('by-hand');
    const reply = client.ask('INCR', 'a');
    await until(() => fake.router.held.length === 1);
    fake.router.held[0]?.answer(answer);
    expect(await reply).toMatch(text);
    expect(await client.ask('PING')).toBe('+PONG');
  });

  it('line ends of a user’s bytes never end an error', async () => {
    const { client } = await open();
    client.send('*2\r\n$8\r\nNO\r\nSUCH\r\n$8\r\na\r\n+OK\r\n\r\n');
    expect(plain(await client.next())).toMatch(/^-ERR unknown command 'NO {2}SUCH', with args/);
    expect(await client.ask('PING')).toBe('+PONG');
  });
});

async function parts({ router }: FakeDoor) {
  const { createGate } = await import('../../../src/api/gate/gate.js');
  const { systemClock } = await import('../../../src/base/clock.js');
  const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    router,
    gate: createGate(),
    clock: systemClock,
    logger: quiet,
    node: {} as never,
    debugCommand: false,
  };
}
