/** Order of one connection's commands: FAULTS section 3 row 88, as far as the door keeps it. */
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { RkvError } from '../../../src/kv/errors.js';
import { type Answering, type FakeDoor, Strings, startFakeDoor } from './support/fake-door.js';
import { type Plain, RespClient } from './support/resp-client.js';

const ends: (() => void | Promise<void>)[] = [];

afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

async function open(
  answering?: Answering,
  limits: Parameters<typeof startFakeDoor>[1] = {},
): Promise<{ fake: FakeDoor; client: RespClient }> {
  const fake = await startFakeDoor(answering, limits);
  const client = await RespClient.connect(fake.address);
  ends.push(() => fake.door.close(0));
  ends.push(() => client.close());
  return { fake, client };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const key = fc.constantFrom('a', 'b', 'c');
const value = fc.constantFrom('1', '2', 'x');
const command = fc.oneof(
  fc.tuple(fc.constant('GET'), key),
  fc.tuple(fc.constant('SET'), key, value),
  fc.tuple(fc.constant('INCR'), key),
  fc.tuple(fc.constant('APPEND'), key, value),
  fc.tuple(fc.constant('DEL'), key, key),
  fc.tuple(fc.constant('MGET'), key, key, key),
  fc.tuple(fc.constant('MSET'), key, value, key, value),
  fc.tuple(fc.constant('EXISTS'), key, key),
  fc.tuple(fc.constant('PING'), value),
  fc.tuple(fc.constant('NOSUCH'), key),
);

/** A router that answers whatever waits in a disorder of its own. */
const disorder = (seed: number): ((waiting: number) => number) => {
  let state = seed + 1;
  return (waiting) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state % waiting;
  };
};

describe('a pipeline', () => {
  it('answers what its commands answer one by one, however the shards take their time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 40 }), fc.nat(), async (commands, seed) => {
        const together = await open(disorder(seed));
        const alone = await open();
        const expected: Plain[] = [];
        for (const words of commands) expected.push(await alone.client.ask(...words));
        expect(await together.client.pipeline(commands)).toEqual(expected);
        for (const end of ends.splice(0).reverse()) await end();
      }),
      { numRuns: 60 },
    );
  });

  it('runs commands of different keys side by side, those of one key behind each other', async () => {
    const { fake, client } = await open('by-hand');
    const replies = client.pipeline([
      ['SET', 'a', '1'],
      ['SET', 'b', '1'],
      ['GET', 'a'],
      ['GET', 'c'],
      ['INCR', 'a'],
    ]);
    await until(() => fake.router.held.length === 3);
    const running = () => fake.router.held.map((held) => `${held.name} ${held.command.args[0]}`);
    expect(running()).toEqual(['set a', 'set b', 'get c']);
    fake.router.held[0]?.finish();
    await until(() => fake.router.held.length === 3);
    expect(running()).toEqual(['set b', 'get c', 'get a']);
    fake.router.held[2]?.finish();
    expect(running()).toEqual(['set b', 'get c', 'incr a']);
    while (fake.router.held.length > 0) fake.router.held[0]?.finish();
    expect(await replies).toEqual(['+OK', '+OK', '1', null, 2]);
  });

  it('reads of one key do not wait for each other', async () => {
    const { fake, client } = await open('by-hand');
    const replies = client.pipeline([
      ['GET', 'a'],
      ['GET', 'a'],
      ['MGET', 'a', 'b'],
    ]);
    await until(() => fake.router.held.length === 3);
    for (const held of [...fake.router.held].reverse()) held.finish();
    expect(await replies).toEqual([null, null, [null, null]]);
  });

  it('an error of one command is the answer of that one alone', async () => {
    const { fake, client } = await open('by-hand');
    const replies = client.pipeline([
      ['SET', 'a', '1'],
      ['SET', 'b', '1'],
      ['GET', 'a'],
    ]);
    await until(() => fake.router.held.length === 2);
    const [first, second] = fake.router.held;
    second?.finish();
    first?.answer(new RkvError('OUTCOME_UNKNOWN', 'the deadline passed'));
    await until(() => fake.router.held.length === 1);
    fake.router.held[0]?.finish();
    expect(await replies).toEqual([
      '-UNKNOWNOUTCOME the write may or may not be applied: the deadline passed',
      '+OK',
      null,
    ]);
  });

  it('10,000 commands: one answer each, in their order, with a bounded number under way', async () => {
    const { fake, client } = await open(disorder(7), { inFlight: 64 });
    const commands: string[][] = [];
    const model = new Map<string, number>();
    const expected: Plain[] = [];
    for (let i = 0; i < 10_000; i++) {
      const name = `k${(i * 7919) % 101}`;
      if (i % 5 === 0) {
        commands.push(['PING', `${i}`]);
        expected.push(`${i}`);
      } else {
        commands.push(['INCR', name]);
        model.set(name, (model.get(name) ?? 0) + 1);
        expected.push(model.get(name) ?? 0);
      }
    }
    expect(await client.pipeline(commands)).toEqual(expected);
    expect(fake.router.most).toBeLessThanOrEqual(64);
    expect(fake.router.most).toBeGreaterThan(8);
  });

  it('what was asked before the client said its last word is still answered', async () => {
    const { client } = await open(disorder(3));
    client.send('SET a 1\r\nGET a\r\nINCR a\r\n');
    client.socket.end();
    await client.whenClosed();
    expect(client.unasked).toBe(3);
  });
});

describe('the strings of these tests', () => {
  it('are those of Redis', () => {
    const strings = new Strings();
    expect(strings.run({ code: 1, database: 0, args: [Buffer.from('a')] })).toEqual({
      kind: 'null',
    });
  });
});
