/**
 * What a node asks of the kernel, and in which order: the syncs below its own ports. A tracer sees
 * every call of `rkv serve`; what a client was told by then, and what was thrown away, must have
 * been on the disk before. Skipped, with the reason, where strace is missing or may not trace.
 */
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { connect } from '../../src/client/connect.js';
import { damage, endOf, lastFrame } from './damage.js';
import {
  callsIn,
  durableAt,
  type SystemCall,
  TRACED_ENV,
  tracedPid,
  tracing,
  whyNot,
} from './strace.js';
import { kill, NO_REDIS, Sandbox } from './support.js';

const TIMEOUT_MS = 80_000;
const refused = await whyNot();

let sandbox: Sandbox;
beforeEach(async () => {
  sandbox = await Sandbox.create();
});
afterEach(() => sandbox.dispose());

const now = (): number => performance.timeOrigin + performance.now();

/** A node alone under a tracer; `end` stops it and gives its system calls. */
async function serve() {
  const file = sandbox.path('trace');
  const data = sandbox.path('data');
  const child = sandbox.start(
    [
      ...['serve', '--data-dir', data, '--listen-grpc', '127.0.0.1:0'],
      ...['--listen-peer', '127.0.0.1:0', ...NO_REDIS, '--segment-bytes', '2MiB'],
      ...['--disk-reserve-bytes', '64MiB', '--ballast-bytes', '16MiB'],
    ],
    { env: TRACED_ENV, under: tracing(file) },
  );
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (bytes: Buffer) => said.push(bytes));
  }
  const ended = once(child, 'close');
  const grpc = await new Promise<string>((resolve, reject) => {
    child.on('message', (message: { addresses?: { grpc: string } }) => {
      if (message.addresses) resolve(message.addresses.grpc);
    });
    ended.then(() => reject(new Error(`serve has ended: ${Buffer.concat(said)}`)), reject);
  });
  const client = await connect({ endpoints: [grpc], timeoutMs: 30_000 });
  const pid = await tracedPid(child.pid ?? 0);
  return {
    data,
    client,
    async end(signal: NodeJS.Signals): Promise<readonly SystemCall[]> {
      await client.close();
      kill(pid, signal);
      await ended;
      return callsIn(file);
    },
  };
}

const isSegment = (path: string): boolean => /\/wal\/\d{12}\.wal$/.test(path);
const isSync = ({ call }: SystemCall): boolean => /^f(data)?sync$/.test(call);

/** The first of these that began when `after` had ended. */
const nextOf = (
  calls: readonly SystemCall[],
  after: SystemCall,
  is: (one: SystemCall) => boolean,
) => calls.find((one) => one.began >= after.ended && is(one));

it('an acknowledged write was on the disk before its answer left', {
  timeout: TIMEOUT_MS,
}, async (test) => {
  if (refused !== null) return test.skip(refused);
  const node = await serve();
  const told: number[] = [];
  for (let i = 0; i < 20; i++) {
    await node.client.set('k', `<write ${i}>`);
    told.push(now());
  }
  const calls = await node.end('SIGTERM');
  for (const [i, at] of told.entries()) {
    const write = calls.find(({ call, path, text }) => {
      return call === 'pwrite64' && isSegment(path) && text.includes(`<write ${i}>`);
    });
    const durable = write === undefined ? null : durableAt(calls, write);
    expect(durable, `write ${i} was never synced`).not.toBeNull();
    // One clock, but read by two processes.
    expect(durable, `when write ${i} was on the disk`).toBeLessThan(at + 1);
  }
});

it("a new segment's name was on the disk before a frame was written into it", {
  timeout: TIMEOUT_MS,
}, async (test) => {
  if (refused !== null) return test.skip(refused);
  const node = await serve();
  for (let i = 0; i < 3; i++) await node.client.set(`k${i}`, Buffer.alloc(1024 * 1024, i));
  const calls = await node.end('SIGTERM');
  const named = calls.filter(({ call, path }) => call === 'rename' && isSegment(path));
  expect(named.length).toBeGreaterThan(1);
  for (const rename of named) {
    const frame = nextOf(calls, rename, (one) => {
      return one.call === 'pwrite64' && one.path === rename.path;
    });
    const sync = nextOf(calls, rename, (one) => isSync(one) && one.path.endsWith('/wal'));
    if (sync === undefined) expect.fail(`the name of ${rename.path} was never synced`);
    const limit = frame?.began ?? Number.POSITIVE_INFINITY;
    expect(sync.ended, `when ${rename.path} had its name`).toBeLessThanOrEqual(limit);
  }
});

it('the cut of a torn tail was on the disk before the next segment had its name', {
  timeout: TIMEOUT_MS,
}, async (test) => {
  if (refused !== null) return test.skip(refused);
  let node = await serve();
  await node.client.set('k', 'v');
  await node.end('SIGKILL');
  const { file, frame } = await lastFrame(node.data);
  await damage(file.path, (bytes) => bytes.fill('torn', endOf(frame), endOf(frame) + 100));
  node = await serve();
  expect((await node.client.get('k'))?.value.toString()).toBe('v');
  const calls = await node.end('SIGTERM');
  const cut = calls.find(({ call, path }) => call === 'ftruncate' && path === file.path);
  const named = calls.find(({ call, path }) => call === 'rename' && isSegment(path));
  if (cut === undefined || named === undefined) expect.fail('a start cuts, and makes a segment');
  const sync = nextOf(calls, cut, (one) => isSync(one) && one.path === file.path);
  if (sync === undefined) expect.fail('the cut of the tail was never synced');
  expect(sync.ended, 'when the tail was cut').toBeLessThanOrEqual(named.began);
});

it('a segment goes only when what it held was synced in the store', {
  timeout: TIMEOUT_MS,
}, async (test) => {
  if (refused !== null) return test.skip(refused);
  const node = await serve();
  for (let i = 0; i < 14; i++) await node.client.set(`k${i}`, Buffer.alloc(2 * 1024 * 1024, i));
  const calls = await node.end('SIGTERM');
  const gone = calls.filter(({ call, path }) => call === 'unlink' && isSegment(path));
  expect(gone.length).toBeGreaterThan(0);
  for (const unlink of gone) {
    const last = calls.findLast(({ call, path }) => call === 'pwrite64' && path === unlink.path);
    if (last === undefined) expect.fail(`${unlink.path} was written`);
    const sync = nextOf(calls, last, (one) => isSync(one) && /\/db\/\d+\.log$/.test(one.path));
    if (sync === undefined) expect.fail(`${unlink.path} went, and the store was never synced`);
    expect(sync.ended, `when the store was synced`).toBeLessThan(unlink.began);
  }
});
