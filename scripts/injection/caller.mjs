/**
 * A process that calls the cluster, in whatever network namespace it was started: its parent orders
 * over IPC, `{ id, order, args }`, and hears `{ id, result }` or `{ id, error }`.
 */
import { connect } from '../../dist/src/client/connect.js';

const WRITE_TIMEOUT_MS = 5_000;
const VALUE = 'x'.repeat(200);

let client = null;
let running = [];
let stopped = false;
let next = 0;
const acknowledged = new Map();
const counts = { ok: 0, refused: 0, unknown: 0, longestGapMs: 0 };
let lastOkAt = performance.now();

async function write() {
  while (!stopped) {
    const key = `f:${next++}`;
    const value = `${key}:${VALUE}`;
    try {
      await client.set(key, value, { timeoutMs: WRITE_TIMEOUT_MS });
      acknowledged.set(key, value);
      counts.ok += 1;
      const now = performance.now();
      counts.longestGapMs = Math.max(counts.longestGapMs, Math.round(now - lastOkAt));
      lastOkAt = now;
    } catch (error) {
      if (error.kind === undefined) throw error;
      counts[error.kind === 'unknown' ? 'unknown' : 'refused'] += 1;
    }
  }
}

const ORDERS = {
  async open(endpoints) {
    await client?.close();
    client = await connect({ endpoints, timeoutMs: 10_000 });
  },
  async begin(callers) {
    stopped = false;
    lastOkAt = performance.now();
    running = Array.from({ length: callers }, write);
  },
  async end() {
    stopped = true;
    await Promise.all(running);
    return { ...counts, acknowledged: acknowledged.size };
  },
  /** What happened since the last time this was asked. */
  async counts() {
    const now = performance.now();
    const said = {
      ...counts,
      longestGapMs: Math.max(counts.longestGapMs, Math.round(now - lastOkAt)),
    };
    Object.assign(counts, { ok: 0, refused: 0, unknown: 0, longestGapMs: 0 });
    lastOkAt = now;
    return said;
  },
  /** Acknowledged keys that do not have their value. */
  async lost() {
    const missing = [];
    const all = [...acknowledged];
    for (let at = 0; at < all.length; at += 500) {
      const slice = all.slice(at, at + 500);
      const values = await client.mget(
        slice.map(([key]) => key),
        { timeoutMs: 20_000 },
      );
      slice.forEach(([key, value], i) => {
        if (values[i]?.value.toString() !== value) missing.push(key);
      });
    }
    return missing;
  },
  /** As this node sees it. */
  status: (node, timeoutMs) => client.admin.status({ node, timeoutMs }),
  set: (key, value, timeoutMs) => client.set(key, value, { timeoutMs }).then(() => true),
  get: async (key, timeoutMs) => (await client.get(key, { timeoutMs }))?.value.toString() ?? null,
  /** So many writes at once; how each ended. */
  async flood(count, timeoutMs) {
    const ends = {};
    const one = async (i) => {
      const end = await client.set(`flood:${i}`, VALUE, { timeoutMs }).then(
        () => 'ok',
        (error) => error.code ?? 'INTERNAL',
      );
      ends[end] = (ends[end] ?? 0) + 1;
    };
    await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
    return ends;
  },
};

process.on('message', async ({ id, order, args }) => {
  try {
    process.send({ id, result: await ORDERS[order](...args) });
  } catch (error) {
    process.send({ id, error: `${error.code ?? ''} ${error.message}`.trim() });
  }
});
process.on('disconnect', () => process.exit(0));
process.send({ id: 0, result: 'ready' });
