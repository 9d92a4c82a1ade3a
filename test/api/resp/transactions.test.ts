/** MULTI, EXEC, DISCARD, WATCH at the door; what a shard makes of `exec` is tested with machine. */
import { afterEach, describe, expect, it } from 'vitest';
import { RkvError } from '../../../src/kv/errors.js';
import { type Answering, type FakeDoor, startFakeDoor } from './support/fake-door.js';
import { RespClient } from './support/resp-client.js';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(answering?: Answering) {
  const fake = await startFakeDoor(answering);
  ends.push(() => fake.door.close(0));
  return { fake, client: await connect(fake) };
}

async function connect({ address }: FakeDoor): Promise<RespClient> {
  const client = await RespClient.connect(address);
  ends.push(() => client.close());
  return client;
}

const ABORTED = '-EXECABORT Transaction discarded because of previous errors.';

describe('MULTI', () => {
  it('queues, and EXEC answers all in order, what the node answers itself in its place', async () => {
    const { fake, client } = await open();
    const replies = await client.pipeline([
      ['SET', 'a', '5'],
      ['MULTI'],
      ['INCR', 'a'],
      ['PING'],
      ['GET', 'a'],
      ['SET', 'a', 'x', 'EX', '0'],
      ['APPEND', 'a', '!'],
      ['INCR', 'a'],
      ['EXEC'],
      ['GET', 'a'],
    ]);
    const queued = Array.from({ length: 6 }, () => '+QUEUED');
    expect(replies).toEqual([
      '+OK',
      '+OK',
      ...queued,
      [
        6,
        '+PONG',
        '6',
        "-ERR invalid expire time in 'set' command",
        2,
        '-ERR value is not an integer or out of range',
      ],
      '6!',
    ]);
    // SET, one exec, GET
    expect(fake.router.executed).toBe(3);
  });

  it('an empty one answers an empty array', async () => {
    const { client } = await open();
    expect(await client.pipeline([['MULTI'], ['EXEC']])).toEqual(['+OK', []]);
  });

  it.each([
    ['an unknown command', ['NOSUCH'], /^-ERR unknown command/],
    ['a wrong number of arguments', ['GET'], /^-ERR wrong number of arguments for 'get' command$/],
  ])('%s while queueing spoils it', async (_, words, error) => {
    const { fake, client } = await open();
    const replies = await client.pipeline([['MULTI'], ['SET', 'a', '1'], words, ['EXEC']]);
    expect(replies[2]).toMatch(error);
    expect(replies[3]).toBe(ABORTED);
    expect(fake.router.executed).toBe(0);
    expect(await client.ask('EXEC')).toBe('-ERR EXEC without MULTI');
  });

  it('nested, DISCARD and WATCH answer as Redis does', async () => {
    const { client } = await open();
    const commands = [['MULTI'], ['MULTI'], ['WATCH', 'a'], ['DISCARD'], ['DISCARD'], ['EXEC']];
    expect(await client.pipeline(commands)).toEqual([
      '+OK',
      '-ERR MULTI calls can not be nested',
      '-ERR WATCH inside MULTI is not allowed',
      '+OK',
      '-ERR DISCARD without MULTI',
      '-ERR EXEC without MULTI',
    ]);
  });

  it('keys of several shards, or an unknown outcome, are one error', async () => {
    for (const [error, text] of [
      [new RkvError('CROSS_SHARD', 'the transaction layer'), /^-CROSSSLOT /],
      [new RkvError('OUTCOME_UNKNOWN', 'the deadline passed'), /^-UNKNOWNOUTCOME /],
    ] as const) {
      const { fake, client } = await open('by-hand');
      const replies = client.pipeline([['MULTI'], ['SET', 'a', '1'], ['EXEC'], ['PING']]);
      while (fake.router.held.length === 0) await new Promise((done) => setImmediate(done));
      fake.router.held[0]?.answer(error);
      const [, , exec, ping] = await replies;
      expect(exec).toMatch(text);
      expect(ping).toBe('+PONG');
    }
  });
});

describe('WATCH', () => {
  it('EXEC runs when nothing has changed, and nothing when something has', async () => {
    const { fake, client } = await open();
    const other = await connect(fake);
    await client.ask('SET', 'a', '1');
    expect(
      await client.pipeline([['WATCH', 'a', 'b'], ['MULTI'], ['INCR', 'a'], ['EXEC']]),
    ).toEqual(['+OK', '+OK', '+QUEUED', [2]]);
    await client.pipeline([['WATCH', 'a'], ['MULTI'], ['INCR', 'a']]);
    await other.ask('SET', 'a', '2');
    expect(await client.ask('EXEC')).toBeNull();
    expect(await client.ask('GET', 'a')).toBe('2');
    // the watch is over with EXEC
    await other.ask('SET', 'a', '3');
    expect(await client.pipeline([['MULTI'], ['INCR', 'a'], ['EXEC']])).toEqual([
      '+OK',
      '+QUEUED',
      [4],
    ]);
  });

  it('a key watched twice keeps the revision it had first; UNWATCH forgets', async () => {
    const { fake, client } = await open();
    const other = await connect(fake);
    await client.ask('WATCH', 'a');
    await other.ask('SET', 'a', '1');
    await client.ask('WATCH', 'a');
    expect(await client.pipeline([['MULTI'], ['GET', 'a'], ['EXEC']])).toEqual([
      '+OK',
      '+QUEUED',
      null,
    ]);
    await client.ask('WATCH', 'a');
    await other.ask('SET', 'a', '2');
    await client.ask('UNWATCH');
    const [, , exec] = await client.pipeline([['MULTI'], ['GET', 'a'], ['EXEC']]);
    expect(exec).toEqual(['2']);
  });

  it('an EXEC with nothing to run still looks at what is watched', async () => {
    const { fake, client } = await open();
    const other = await connect(fake);
    await client.ask('WATCH', 'a');
    await other.ask('SET', 'a', '1');
    expect(await client.pipeline([['MULTI'], ['EXEC']])).toEqual(['+OK', null]);
  });
});
