/** Cuts between network namespaces: packets are lost in silence, in one direction or both. */
import { readFile } from 'node:fs/promises';
import { pause } from '../proof/cluster.mjs';
import { ELECTION_MS, must, TAKE_OVER_MS } from './bed.mjs';

const NEEDS = ['root', 'ip'];
const others = (id) => [1, 2, 3].filter((other) => other !== id);

async function termsOf(bed) {
  const { shards } = await bed.status();
  return shards.reduce((sum, { term }) => sum + term, 0);
}

async function mustTakeOver(bed, from) {
  const took = await bed.serves([from]);
  must(took !== null && took <= TAKE_OVER_MS, `others lead within ${TAKE_OVER_MS} ms: ${took}`);
  return took;
}

async function residentMebibytes(pid) {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)[1]) / 1024);
}

async function heal(bed) {
  await bed.network.heal();
  must((await bed.serves()) !== null, 'all shards serve afterwards');
}

/** Scenario 8: after the time to notice, at most two changes a minute, and 95 % of writes. */
async function mustStayCalm(bed, seconds) {
  await pause(8_000);
  const before = await termsOf(bed);
  await bed.caller.ask('counts');
  await pause(seconds * 1000);
  const { ok, refused, unknown } = await bed.caller.ask('counts');
  const changes = (await termsOf(bed)) - before;
  const good = Math.round((1000 * ok) / (ok + refused + unknown)) / 10;
  must(changes <= 2, `leaders stay: ${changes} changes of term`);
  must(good >= 95, `${good} % of the writes succeed`);
  return `${changes} changes of term in ${seconds} s, ${good} % of writes ok`;
}

export const PARTITION_FAULTS = [
  {
    name: 'full-partition',
    what: 'the leader is alone with one caller, who reads, and writes 10,000 times at once',
    needs: NEEDS,
    async run(bed) {
      await bed.upApart(3);
      const leader = await bed.leader();
      await bed.caller.ask('set', 'stale?', 'old', 5_000);
      const alone = await bed.newCaller(bed.network.namespace(101));
      await alone.ask('open', [bed.nodes.node(leader).grpc]);
      await alone.ask('get', 'stale?', 5_000);
      for (const other of others(leader)) {
        await bed.network.cutBoth(leader, other);
        await bed.network.cutBoth(101, other);
      }
      await bed.network.cutBoth(leader, 100);
      const took = await mustTakeOver(bed, leader);
      await bed.caller.ask('set', 'stale?', 'new', 10_000);
      const read = await alone.ask('get', 'stale?', 2_000).catch((error) => error.message);
      must(read !== 'old', 'the old leader answers no stale read');
      const ends = await alone.ask('flood', 10_000, 3_000);
      must(ends.ok === undefined, `nothing is acknowledged alone: ${JSON.stringify(ends)}`);
      const rss = await residentMebibytes(bed.nodes.pid(leader));
      must(rss < 700, `the cut-off leader has ${rss} MiB`);
      await heal(bed);
      return `others led after ${took} ms, no stale read, ${rss} MiB, ${await bed.finish()}`;
    },
  },
  {
    name: 'partial-partition',
    what: 'a leader and a follower do not reach each other; the third sees both, 60 s',
    needs: NEEDS,
    async run(bed, { seconds }) {
      await bed.upApart(3);
      const leader = await bed.leader();
      await bed.network.cutBoth(leader, others(leader)[0]);
      const figures = await mustStayCalm(bed, seconds);
      await heal(bed);
      return `${figures}, ${await bed.finish()}`;
    },
  },
  {
    name: 'partial-partition-of-five',
    what: '1, 2 and 3 reach each other, 4 reaches 2 alone, 5 reaches 3 alone, 60 s',
    needs: NEEDS,
    async run(bed, { seconds }) {
      await bed.upApart(5);
      for (const [a, b] of [
        [4, 1],
        [4, 3],
        [4, 5],
        [5, 1],
        [5, 2],
      ])
        await bed.network.cutBoth(a, b);
      const figures = await mustStayCalm(bed, seconds);
      await heal(bed);
      return `${figures}, ${await bed.finish()}`;
    },
  },
  {
    name: 'one-way-partition',
    what: 'the leader can only send, then the new one can only receive',
    needs: NEEDS,
    async run(bed) {
      await bed.upApart(3);
      const first = await bed.leader();
      for (const other of others(first)) await bed.network.cut(other, first);
      const deaf = await mustTakeOver(bed, first);
      await heal(bed);
      const second = await bed.leader();
      for (const other of others(second)) await bed.network.cut(second, other);
      const mute = await mustTakeOver(bed, second);
      await heal(bed);
      return `deaf: others led after ${deaf} ms, mute: ${mute} ms, ${await bed.finish()}`;
    },
  },
  {
    name: 'cut-off-follower',
    what: 'a node that leads nothing is cut off for 60 s and comes back',
    needs: NEEDS,
    async run(bed, { seconds }) {
      await bed.upApart(3);
      const cut = 3;
      for (const other of others(cut)) await bed.network.cutBoth(cut, other);
      must((await bed.serves([cut])) !== null, 'the others lead');
      await pause(seconds * 1000);
      const terms = await termsOf(bed);
      await bed.caller.ask('counts');
      await bed.network.heal();
      await pause(3_000);
      const { longestGapMs } = await bed.caller.ask('counts');
      const unrest = (await termsOf(bed)) - terms;
      must(unrest === 0, `terms stay: ${unrest} changes within 3 s`);
      must(longestGapMs < ELECTION_MS, `the gap was ${longestGapMs} ms`);
      return `no term changed after ${seconds} s, gap ${longestGapMs} ms, ${await bed.finish()}`;
    },
  },
];
