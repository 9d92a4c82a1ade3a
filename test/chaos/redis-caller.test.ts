/** What a caller on the Redis door makes of answers and of their absence. */
import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { callersOf } from '../../src/chaos/callers.js';
import type { NextOperation } from '../../src/chaos/operations.js';
import { RedisCaller } from '../../src/chaos/redis-caller.js';
import type { Caller } from '../../src/chaos/via.js';
import { Workload } from '../../src/chaos/workload.js';
import { RkvError, toRkvError } from '../../src/kv/errors.js';
import type { ClusterView } from '../../src/launcher/view.js';
import type { HistoryOp } from '../../src/verify/history.js';

/** By the first words of a command; `close`: the connection ends instead; `silence`: nothing. */
type Script = Readonly<Record<string, string>>;

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

const GREETING: Script = { HELLO: '+OK\r\n', READONLY: '+OK\r\n' };

/** Commands as lists of words; a double for a door that reads whole requests. */
function wordsOf(text: string): string[][] {
  return text
    .split(/(?=\*\d+\r\n\$)/)
    .map((one) => one.split('\r\n').filter((_, at) => at > 0 && at % 2 === 0));
}

class FakeDoor {
  readonly asked: string[] = [];
  readonly #server: Server;
  script: Script;

  constructor(script: Script) {
    this.script = { ...GREETING, ...script };
    this.#server = createServer((socket) => this.#onSocket(socket));
    ends.push(() => this.#server.close());
  }

  async listen(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  #onSocket(socket: Socket): void {
    ends.push(() => socket.destroy());
    socket.on('error', () => undefined);
    socket.on('data', (bytes: Buffer) => {
      for (const words of wordsOf(bytes.toString('latin1'))) {
        this.asked.push(words.join(' '));
        const reply = this.script[words[0] ?? ''] ?? '+OK\r\n';
        if (reply === 'close') {
          socket.destroy();
          return;
        }
        if (reply !== 'silence') socket.write(reply, 'latin1');
      }
    });
  }
}

async function callerOn(script: Script, timeoutMs = 2_000): Promise<[Caller, FakeDoor]> {
  const door = new FakeDoor(script);
  const address = await door.listen();
  const caller = new RedisCaller([{ plain: address, cluster: address }], 0, timeoutMs);
  ends.push(() => caller.close());
  return [caller, door];
}

const SET: NextOperation = { op: 'set', key: 'k', args: ['v'] };
const CAS: NextOperation = { op: 'cas', key: 'k', args: ['old', 'new'] };
const GET: NextOperation = { op: 'get', key: 'k', args: [], follower: false };
const FOUND = { WATCH: '+OK\r\n', GET: '$3\r\nold\r\n', MULTI: '+OK\r\n', SET: '+QUEUED\r\n' };

/** `kind code` of what it rejects with, or what it answers. */
async function outcome(caller: Caller, next: NextOperation): Promise<unknown> {
  try {
    return await caller.ask(next);
  } catch (error) {
    const { kind, code } = toRkvError(error);
    return `${kind} ${code}`;
  }
}

describe('one command', () => {
  it.each<[NextOperation, Script, unknown]>([
    [SET, { SET: '+OK\r\n' }, { applied: true }],
    [SET, { SET: '-CLUSTERDOWN no leader; nothing was changed\r\n' }, 'refused NO_LEADER'],
    [SET, { SET: '-TRYAGAIN later\r\n' }, 'refused NOT_READY'],
    [SET, { SET: '-OOM disk\r\n' }, 'refused FULL'],
    [SET, { SET: '-UNKNOWNOUTCOME may be\r\n' }, 'unknown OUTCOME_UNKNOWN'],
    // no word vouches for it
    [SET, { SET: '-ERR what\r\n' }, 'unknown OUTCOME_UNKNOWN'],
    [SET, { SET: ':7\r\n' }, 'unknown OUTCOME_UNKNOWN'],
    [SET, { SET: 'HTTP/1.1 400\r\n' }, 'unknown OUTCOME_UNKNOWN'],
    [SET, { SET: 'close' }, 'unknown OUTCOME_UNKNOWN'],
    [SET, { HELLO: 'close' }, 'refused UNREACHABLE'],
    [GET, { GET: '$-1\r\n' }, { value: null }],
    [GET, { GET: '$2\r\n\xff1\r\n' }, { value: '\xff1' }],
    [
      { op: 'incr', key: 'k', args: ['3'] },
      { INCRBY: ':9007199254740993\r\n' },
      { value: '9007199254740993' },
    ],
    [{ op: 'append', key: 'k', args: ['x'] }, { APPEND: ':4\r\n' }, { length: 4 }],
    [{ op: 'del', key: 'k', args: [] }, { DEL: ':0\r\n' }, { applied: false }],
    [CAS, { SET: '$-1\r\n' }, { applied: false }],
    [CAS, { SET: '+OK\r\n' }, { applied: true }],
  ])('%j %j', async (next, script, expected) => {
    const [caller] = await callerOn(script);
    expect(await outcome(caller, next)).toEqual(expected);
  });

  it('that has no answer in time is unknown, and its late answer is nobody’s', async () => {
    const [caller, door] = await callerOn({ SET: 'silence' }, 60);
    expect(await outcome(caller, SET)).toBe('unknown OUTCOME_UNKNOWN');
    door.script = { ...door.script, GET: '$1\r\nx\r\n' };
    expect(await outcome(caller, GET)).toEqual({ value: 'x' });
    expect(door.asked.filter((words) => words.startsWith('HELLO'))).toHaveLength(2);
  });
});

describe('every other compare-and-set watches', () => {
  async function second(script: Script): Promise<[unknown, FakeDoor]> {
    const [caller, door] = await callerOn({ SET: '$-1\r\n' });
    await caller.ask(CAS);
    expect(door.asked.at(-1)).toBe('SET k new IFEQ old');
    door.script = { ...GREETING, ...script };
    return [await outcome(caller, CAS), door];
  }

  it.each<[string, Script, unknown]>([
    ['done', { ...FOUND, EXEC: '*1\r\n+OK\r\n' }, { applied: true }],
    ['somebody wrote it', { ...FOUND, EXEC: '*-1\r\n' }, { applied: false }],
    ['somebody wrote it, RESP3', { ...FOUND, EXEC: '_\r\n' }, { applied: false }],
    ['refused', { ...FOUND, EXEC: '-TRYAGAIN later\r\n' }, 'refused NOT_READY'],
    ['aborted', { ...FOUND, EXEC: '-EXECABORT no\r\n' }, 'refused NOT_READY'],
    ['unknown', { ...FOUND, EXEC: '-UNKNOWNOUTCOME may be\r\n' }, 'unknown OUTCOME_UNKNOWN'],
    ['closed at EXEC', { ...FOUND, EXEC: 'close' }, 'unknown OUTCOME_UNKNOWN'],
    ['closed before', { ...FOUND, WATCH: 'close' }, 'refused UNREACHABLE'],
    ['read refused', { ...FOUND, GET: '-CLUSTERDOWN no\r\n' }, 'refused NO_LEADER'],
    ['another value', { ...FOUND, GET: '$1\r\nx\r\n' }, { applied: false }],
    ['no value', { ...FOUND, GET: '_\r\n' }, { applied: false }],
  ])('%s', async (_title, script, expected) => {
    const [found, door] = await second(script);
    expect(found).toEqual(expected);
    const { GET: value = '', WATCH: watch } = script;
    expect(door.asked.includes('MULTI')).toBe(value.includes('old') && watch !== 'close');
  });
});

describe('connections', () => {
  it('go to the next node when one is over or none comes about', async () => {
    const doors = [new FakeDoor({}), new FakeDoor({})];
    const nodes = await Promise.all(doors.map((door) => door.listen()));
    const gone = await new FakeDoor({}).listen();
    for (const end of ends.splice(-1)) end();
    const all = [nodes[0], gone, nodes[1]].map((one) => ({ plain: one ?? '', cluster: one ?? '' }));
    const caller = new RedisCaller(all, 0, 2_000);
    ends.push(() => caller.close());
    const [first, second] = doors as [FakeDoor, FakeDoor];
    first.script = { ...GREETING, SET: 'close' };
    expect(await outcome(caller, SET)).toBe('unknown OUTCOME_UNKNOWN');
    expect(await outcome(caller, SET)).toBe('refused UNREACHABLE');
    expect(await outcome(caller, SET)).toEqual({ applied: true });
    expect(second.asked).toEqual(['HELLO 2', 'SET k v']);
  });

  it('speak RESP2 and RESP3, and read from followers on the listener for clusters', async () => {
    const door = new FakeDoor({ GET: '$-1\r\n' });
    const other = new FakeDoor({ GET: '$-1\r\n' });
    const nodes = [{ plain: await door.listen(), cluster: await other.listen() }];
    for (const index of [0, 1]) {
      const caller = new RedisCaller(nodes, index, 2_000);
      ends.push(() => caller.close());
      await caller.ask(GET);
      await caller.ask({ ...GET, follower: true });
    }
    expect(door.asked).toEqual(['HELLO 2', 'GET k', 'HELLO 3', 'GET k']);
    expect(other.asked).toEqual(['HELLO 2', 'READONLY', 'GET k', 'HELLO 3', 'READONLY', 'GET k']);
  });
});

describe('callers of a cluster', () => {
  const view = (redis: string | null): ClusterView => ({
    name: 'x',
    dir: '/',
    state: 'running',
    supervisor: null,
    nodes: [
      {
        id: 1,
        pid: 1,
        state: 'up',
        restarts: 0,
        lastExit: null,
        addresses: { grpc: null, redis, http: null, peer: null, redisCluster: redis },
        log: '',
      },
    ],
  });
  const settings = { connections: [], clients: 5, timeoutMs: 100 };

  it('are as many as asked for, or none where the door is off', () => {
    expect(callersOf('redis', { ...settings, view: view('127.0.0.1:1') })).toHaveLength(5);
    expect(() => callersOf('redis', { ...settings, view: view(null) })).toThrow(
      expect.objectContaining({ code: 'USAGE' }),
    );
  });
});

describe('the workload', () => {
  it('records what kind of news it is: a read that failed has changed nothing', async () => {
    const seen: HistoryOp[] = [];
    const kinds = ['OUTCOME_UNKNOWN', 'NO_LEADER', 'LIMIT'] as const;
    let asked = 0;
    const caller: Caller = {
      ask: async () => {
        throw new RkvError(kinds[asked++ % kinds.length] ?? 'LIMIT', 'no');
      },
      close: () => undefined,
    };
    const workload = new Workload({
      callers: [caller],
      opsPerSecond: 100_000,
      keys: 8,
      prefix: 'p:',
      seed: 3,
      nowUs: () => performance.now() * 1000,
      onDone: (op) => {
        seen.push(op);
        if (seen.length === 30) workload.stop();
      },
    });
    await workload.run();
    for (const { op, result, out } of seen) {
      const isUnknown = out.code === 'OUTCOME_UNKNOWN' && op !== 'get';
      expect([op, out.code, result]).toEqual([op, out.code, isUnknown ? 'unknown' : 'refused']);
    }
    expect(new Set(seen.map(({ result }) => result)).size).toBe(2);
  });
});
