/**
 * The codec's corpus and random inline lines against a real Redis, where one is installed: what we
 * call "as Redis words it" is what Redis says. Known differences are marked in the corpus.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ReplyParser } from '../../src/api/resp/codec/reply-parser.js';
import { RequestParser } from '../../src/api/resp/codec/request-parser.js';
import { type RespValue, toPlain } from '../../src/api/resp/codec/resp-value.js';
import { HOSTILE } from '../api/resp/corpus/hostile.js';

const installed = spawnSync('redis-server', ['--version']).status === 0;
const LAST = Buffer.from('*2\r\n$4\r\nECHO\r\n$9\r\nthe end 7\r\n');

let folder = '';
let redis: ChildProcess | null = null;
const socketPath = (): string => join(folder, 'redis.sock');

/** Replies to `sent`, until Redis hangs up or has answered what was sent last. */
async function ask(sent: Buffer, last: Buffer): Promise<RespValue[]> {
  const socket = connect(socketPath());
  const parser = new ReplyParser();
  const replies: RespValue[] = [];
  socket.on('data', (bytes) => {
    parser.push(bytes);
    for (let reply = parser.next(); reply !== undefined; reply = parser.next()) {
      replies.push(reply);
      if (reply.kind === 'bulk' && String(reply.bytes) === 'the end 7') socket.destroy();
    }
  });
  // Hanging up with our bytes unread resets the connection; what it had said has come.
  socket.on('error', () => undefined);
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(Buffer.concat([sent, last]));
  await closed;
  return replies;
}

beforeAll(async () => {
  if (!installed) return;
  folder = await mkdtemp(join(tmpdir(), 'rkv-corpus-'));
  const options = ['--port', '0', '--unixsocket', socketPath(), '--save', '', '--dir', folder];
  redis = spawn('redis-server', options, { stdio: ['ignore', 'pipe', 'ignore'] });
  let log = '';
  for await (const bytes of redis.stdout!) {
    log += String(bytes);
    if (log.includes('ready to accept connections')) break;
  }
  redis.stdout!.resume();
});

afterAll(async () => {
  if (redis !== null && redis.exitCode === null) {
    const gone = once(redis, 'exit');
    redis.kill('SIGKILL');
    await gone;
  }
  if (folder !== '') await rm(folder, { recursive: true, force: true });
});

describe.skipIf(!installed)('Redis', () => {
  const alike = HOSTILE.filter(({ unlikeRedis }) => unlikeRedis === undefined);

  it.each(alike.filter(({ error }) => error !== null))('refuses $name', async (row) => {
    const replies = await ask(row.sent, Buffer.alloc(0));
    expect(replies.at(-1)).toEqual({ kind: 'error', text: `ERR ${row.error}` });
    expect(replies).toHaveLength(row.commands.length + 1);
  });

  const complete = alike.filter(({ error, name }) => error === null && !name.includes('alone'));
  it.each(complete.filter(({ sent }) => sent.at(-1) === 10))('takes $name', async (row) => {
    const replies = await ask(row.sent, LAST);
    expect(replies).toHaveLength(row.commands.length + 1);
  });

  it('splits lines as we do', async () => {
    const part = fc.constantFrom('"', "'", '\\', 'x', '4', 'n', 'a', ' ', '\t', '\v', '\r', '\xff');
    const line = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { minLength: 1, maxLength: 20 }), async (lines) => {
        const sent = lines.map((text) => `eval "return ARGV" 0 ${text}\n`).join('');
        const bytes = Buffer.from(sent, 'latin1');
        const replies = (await ask(bytes, LAST)).map(toPlain);
        const ours = new RequestParser();
        ours.push(Buffer.concat([bytes, LAST]));
        for (const reply of replies.slice(0, -1)) {
          expect(ours.next()).toBe(true);
          expect(reply).toEqual(ours.command.args(3));
        }
        const found = ours.next();
        if (found) expect(replies.at(-1)).toEqual(ours.command.arg(1));
        else expect(replies.at(-1)).toHaveProperty('message', `ERR ${ours.error}`);
      }),
      { numRuns: 60 },
    );
  });
});
