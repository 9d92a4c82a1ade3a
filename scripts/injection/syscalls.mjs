/** Faults of system calls, by strace: writes and syncs that fail, come late, or lie. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pause } from '../proof/cluster.mjs';
import { must } from './bed.mjs';
import { run } from './disks.mjs';

const NEEDS = ['root', 'strace'];
const VICTIM = 2;

async function newest(dir, ending) {
  const names = (await readdir(dir)).filter((name) => name.endsWith(ending)).sort();
  return join(dir, names.at(-1));
}

const dataOf = (bed, id) => join(bed.nodes.node(id).dir, 'data');

async function folderOf(bed, id, ending) {
  const data = dataOf(bed, id);
  for (const entry of await readdir(data, { withFileTypes: true, recursive: true })) {
    if (entry.isFile() && entry.name.endsWith(ending)) return entry.parentPath ?? entry.path;
  }
  throw new Error(`${data} holds no *${ending}`);
}

const segmentOf = async (bed, id) => newest(await folderOf(bed, id, '.wal'), '.wal');
const storeLogOf = async (bed, id) => newest(await folderOf(bed, id, '.log'), '.log');

/** The node ends with 8, the others serve, and it comes back whole. */
async function endsAndReturns(bed) {
  const code = await bed.nodes.ended(VICTIM, 30_000);
  must(code === 8, `the node ends with 8, not ${code}: ${bed.nodes.node(VICTIM).said}`);
  const took = await bed.serves([VICTIM]);
  must(took !== null, 'the other nodes serve');
  const { longestGapMs } = await bed.caller.ask('counts');
  await bed.nodes.start(VICTIM);
  return `exit 8, gap ${longestGapMs} ms, ${await bed.finish()}`;
}

export const SYSCALL_FAULTS = [
  {
    name: 'log-write-error',
    what: "EIO at a write of one node's log, once",
    needs: NEEDS,
    async run(bed) {
      await bed.up(3);
      await bed.inject(VICTIM, 'pwrite64', await segmentOf(bed, VICTIM), 'error=EIO:when=1');
      return endsAndReturns(bed);
    },
  },
  {
    name: 'store-sync-error',
    what: "EIO at a sync of one node's LevelDB, once",
    needs: NEEDS,
    async run(bed) {
      await bed.up(3);
      await bed.inject(VICTIM, 'fdatasync', await storeLogOf(bed, VICTIM), 'error=EIO:when=1');
      return endsAndReturns(bed);
    },
  },
  {
    name: 'slow-log-writes',
    what: "every write of one node's log takes 700 ms longer, for 8 s",
    needs: NEEDS,
    async run(bed) {
      await bed.up(3);
      const segment = await segmentOf(bed, VICTIM);
      const end = await bed.inject(VICTIM, 'pwrite64', segment, 'delay_enter=700000');
      await pause(8_000);
      await end();
      const { ok, longestGapMs } = await bed.caller.ask('counts');
      must(ok > 0 && longestGapMs < 5_000, `writes go on (${ok} ok, gap ${longestGapMs} ms)`);
      return `${ok} writes meanwhile, gap ${longestGapMs} ms, ${await bed.finish()}`;
    },
  },
  {
    name: 'phantom-write',
    what: 'a write of the log is reported and does not happen',
    needs: NEEDS,
    async run(bed) {
      await bed.up(3);
      const segment = await segmentOf(bed, VICTIM);
      const end = await bed.inject(VICTIM, 'pwrite64', segment, 'retval=5:when=1');
      await pause(3_000);
      await end();
      await bed.nodes.kill(VICTIM);
      bed.nodes.launch(VICTIM);
      const code = await bed.nodes.ended(VICTIM, 30_000);
      const { said } = bed.nodes.node(VICTIM);
      must(code === 8 && said.includes('.wal'), `exit 8 names the file, not ${code}: ${said}`);
      return `found at the next start, exit 8; ${await bed.finish()}`;
    },
  },
  {
    name: 'no-descriptors',
    what: 'a node may open no further file for 6 s',
    needs: ['root', 'prlimit'],
    async run(bed) {
      await bed.up(3);
      const pid = String(bed.nodes.pid(VICTIM));
      const open = (await readdir(`/proc/${pid}/fd`)).length;
      await run('prlimit', ['--pid', pid, `--nofile=${open}:4096`]);
      await pause(6_000);
      const { ok, longestGapMs } = await bed.caller.ask('counts');
      must(ok > 0, 'the cluster serves');
      const { code } = bed.nodes.node(VICTIM);
      if (code === null) await run('prlimit', ['--pid', pid, '--nofile=4096:4096']);
      else await bed.nodes.start(VICTIM);
      must((await bed.serves()) !== null, 'all shards serve afterwards');
      const end = code === null ? 'the node runs on' : `the node ends with ${code}`;
      return `${end}, gap ${longestGapMs} ms, ${await bed.finish()}`;
    },
  },
];
