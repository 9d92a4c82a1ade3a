/**
 * `node scripts/bench-resp.mjs`: what the Redis codec alone does on one core. Requests come in
 * chunks of 64 KiB, cut where they fall, as a socket delivers a pipeline; replies are taken once
 * per 64 KiB of requests. Prints operations a second by the processor's time of this process:
 * median and best of the rounds. `--rounds N`, `--only WORD`.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const CODEC = join(ROOT, 'src', 'api', 'resp', 'codec');
const CHUNK = 64 * 1024;
const { values: flags } = parseArgs({
  options: { rounds: { type: 'string', default: '7' }, only: { type: 'string', default: '' } },
});

/** The codec as it is in src/, in one module. */
async function loadCodec() {
  const folder = await mkdtemp(join(tmpdir(), 'rkv-bench-resp-'));
  const outfile = join(folder, 'codec.mjs');
  const modules = [
    'request-parser',
    'reply-writer',
    'reply-parser',
    'name-table',
    'encode-command',
  ];
  const contents = modules.map((name) => `export * from './${name}.ts';`).join('\n');
  try {
    await build({
      stdin: { contents, resolveDir: CODEC, loader: 'ts' },
      bundle: true,
      platform: 'node',
      format: 'esm',
      target: 'es2023',
      outfile,
      logLevel: 'error',
    });
    return await import(pathToFileURL(outfile).href);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const codec = await loadCodec();
const { RequestParser, ReplyWriter, ReplyParser, NameTable, encodeCommand } = codec;
const names = new NameTable(
  'GET SET DEL PING INCR HSET HGET MGET MSET EXPIRE TTL EXISTS HELLO CLIENT INFO MULTI EXEC'
    .split(' ')
    .map((name, i) => [name, i + 1]),
);
const key = (i) => `key:${String(i % 100_000).padStart(12, '0')}`;

/** `count` requests one behind the other, cut into chunks that own their memory. */
function chunksOf(count, requestOf) {
  const all = Buffer.concat(Array.from({ length: count }, (_, i) => encodeCommand(requestOf(i))));
  const chunks = [];
  for (let at = 0; at < all.length; at += CHUNK) {
    chunks.push(Buffer.from(all.subarray(at, at + CHUNK)));
  }
  return { chunks, count };
}

const set = (size, count) => chunksOf(count, (i) => ['SET', key(i), Buffer.alloc(size, 'x')]);
const sets3 = set(3, 200_000);
const sets256 = set(256, 100_000);
const gets = chunksOf(200_000, (i) => ['GET', key(i)]);
/** As a client without a pipeline sends them. */
const singles = {
  count: 100_000,
  chunks: Array.from({ length: 100_000 }, (_, i) => encodeCommand(['GET', key(i)])),
};
const value = Buffer.alloc(256, 'v');
let sink = 0;

/** Finds every request and its command; `use` sees each. */
function parse({ chunks, count }, use, endOfTurn) {
  const parser = new RequestParser();
  const { command } = parser;
  let seen = 0;
  for (const chunk of chunks) {
    parser.push(chunk);
    while (parser.next()) {
      sink += names.findArgument(command, 0);
      seen++;
      use(command);
    }
    endOfTurn();
  }
  if (seen !== count) throw new Error(`${seen} of ${count} requests: ${parser.error}`);
}

const nothing = () => undefined;
const takeKeyAndValue = (command) => {
  sink += command.latin1(1).length + command.arg(2).length;
};

function answered(load, reply) {
  const writer = new ReplyWriter(3);
  parse(
    load,
    () => reply(writer),
    () => {
      for (const part of writer.take()) sink += part.length;
      writer.rewind();
    },
  );
}

function readReplies(reply, count) {
  const writer = new ReplyWriter(3);
  for (let i = 0; i < count; i++) reply(writer);
  const all = Buffer.concat(writer.take());
  return () => {
    const parser = new ReplyParser();
    let seen = 0;
    for (let at = 0; at < all.length; at += CHUNK) {
      parser.push(all.subarray(at, at + CHUNK));
      while (parser.next() !== undefined) seen++;
    }
    if (seen !== count) throw new Error(`${seen} of ${count} replies`);
  };
}

const LOADS = [
  ['parse SET, 3-byte value', sets3.count, () => parse(sets3, nothing, nothing)],
  ['parse SET, 256-byte value', sets256.count, () => parse(sets256, nothing, nothing)],
  ['parse GET', gets.count, () => parse(gets, nothing, nothing)],
  [
    'parse SET 256, key and value taken',
    sets256.count,
    () => parse(sets256, takeKeyAndValue, nothing),
  ],
  ['parse SET 256, answer +OK', sets256.count, () => answered(sets256, (w) => w.ok())],
  [
    'one GET per chunk, answer an integer',
    singles.count,
    () => answered(singles, (w) => w.integer(1)),
  ],
  ['parse GET, answer 256 bytes', gets.count, () => answered(gets, (w) => w.bulk(value))],
  ['parse GET, answer an integer', gets.count, () => answered(gets, (w) => w.integer(123456))],
  ['read replies of 256 bytes', 100_000, readReplies((w) => w.bulk(value), 100_000)],
];

/** Operations per second of this process's processor time. */
function rate(count, run) {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (count * 1e6) / (user + system);
}

const millions = (x) => `${(x / 1e6).toFixed(2)} M/s`.padStart(11);
for (const [name, count, run] of LOADS) {
  if (!name.includes(flags.only)) continue;
  for (let i = 0; i < 3; i++) run();
  const rates = Array.from({ length: Number(flags.rounds) }, () => rate(count, run));
  rates.sort((a, b) => a - b);
  const median = rates[Math.floor(rates.length / 2)];
  const nanoseconds = `${Math.round(1e9 / median)} ns`.padStart(8);
  process.stdout.write(
    `${name.padEnd(38)} median ${millions(median)}${nanoseconds}, best ${millions(rates.at(-1))}\n`,
  );
}
if (sink === 0) throw new Error('nothing was read');
