// Stands for `rkv serve` in tests of the launcher: binds its client port, reports over IPC, ends as
// a node does. FAKE_SERVE (JSON, by node id) makes a node misbehave:
//   {"2": {"exit": 8, "code": "CORRUPT", "message": "…", "times": 1, "hang": true, "deaf": true}}
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const flag = (name) => process.argv.find((word) => word.startsWith(`--${name}=`))?.split('=')[1];
const id = Number(flag('node-id'));
const dir = flag('data-dir');
const behaviour = JSON.parse(process.env.FAKE_SERVE ?? '{}')[id] ?? {};
const report = (message) => new Promise((done) => process.send(message, () => done()));

process.on('disconnect', () => process.exit(0));
process.on('SIGTERM', () => {
  if (!behaviour.deaf) process.exit(0);
});

// Counts orders as hits, and keeps the last one where a test can read it.
let orders = 0;
process.on('message', (message) => {
  if (message.kind !== 'faults' || !process.argv.includes('--inject-faults')) return;
  writeFileSync(join(dir, 'faults.new'), JSON.stringify(message.faults));
  renameSync(join(dir, 'faults.new'), join(dir, 'faults'));
  orders += 1;
  void report({ kind: 'faults', order: message.order, hits: { disk: orders, clock: orders * 10 } });
});

mkdirSync(dir, { recursive: true });
const starts = join(dir, 'starts');
appendFileSync(starts, 'x');
if (!existsSync(join(dir, 'node.json'))) {
  writeFileSync(join(dir, 'node.json'), JSON.stringify({ clusterId: flag('cluster-id') }));
}
const count = readFileSync(starts).length;
process.stdout.write(`fake node ${id}, start ${count}, argv ${process.argv.slice(2).join(' ')}\n`);

const misbehaves = count <= (behaviour.times ?? Number.POSITIVE_INFINITY);
if (behaviour.exit !== undefined && misbehaves) {
  if (behaviour.code)
    await report({ kind: 'failed', code: behaviour.code, message: behaviour.message });
  process.exit(behaviour.exit);
}

const port = Number(flag('listen-grpc').split(':')[1]);
const server = createServer((socket) => socket.end());
server.on('error', async () => {
  await report({ kind: 'failed', code: 'PORT_TAKEN', message: `port ${port} is taken` });
  process.exit(7);
});
server.listen(port, '127.0.0.1', () => {
  if (behaviour.hang) return;
  const grpc = `127.0.0.1:${port}`;
  const peer = flag('listen-peer');
  const addresses = { grpc, redis: null, http: null, peer, redisCluster: null };
  void report({ kind: 'ready', nodeId: id, addresses });
});
