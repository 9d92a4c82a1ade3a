/** Power cuts and hanging disks, on loop devices. */
import { pause } from '../proof/cluster.mjs';
import { must, TAKE_OVER_MS } from './bed.mjs';

const NEEDS = ['root', 'losetup', 'mkfs.ext4'];

/** The power of these nodes goes, at one moment as far as a machine can. */
async function cutPower(bed, ids) {
  for (const id of ids) bed.nodes.signal(id, 'SIGSTOP');
  const copies = [];
  for (const id of ids) copies.push(await bed.disks[id - 1].copy());
  await bed.nodes.kill(...ids);
  for (const [i, id] of ids.entries()) await bed.disks[id - 1].replaceBy(copies[i]);
}

async function cutAgainAndAgain(bed, times, choose) {
  for (let round = 0; round < times; round++) {
    const ids = await choose(round);
    await cutPower(bed, ids);
    await bed.nodes.start(...ids);
    must((await bed.serves()) !== null, `all shards serve after cut ${round + 1}`);
    await pause(700 + 300 * round);
  }
  const { unknown, refused } = await bed.caller.ask('counts');
  return `${times} cuts, ${await bed.finish()} (${unknown} unknown, ${refused} refused)`;
}

export const POWER_FAULTS = [
  {
    name: 'power-cut-one',
    what: 'one node after the other loses its power under load',
    needs: NEEDS,
    async run(bed) {
      await bed.up(3, { ownDisks: true });
      return cutAgainAndAgain(bed, 6, (round) => [1 + (round % 3)]);
    },
  },
  {
    name: 'power-cut-leaders',
    what: 'the leader of most shards loses its power, again and again',
    needs: NEEDS,
    async run(bed) {
      await bed.up(3, { ownDisks: true });
      return cutAgainAndAgain(bed, 5, async () => [await bed.leader()]);
    },
  },
  {
    name: 'power-cut-all',
    what: 'all nodes lose their power at once',
    needs: NEEDS,
    async run(bed) {
      await bed.up(3, { ownDisks: true });
      return cutAgainAndAgain(bed, 4, () => [1, 2, 3]);
    },
  },
  {
    name: 'power-cut-alone',
    what: 'a cluster of one loses its power under load',
    needs: NEEDS,
    async run(bed) {
      await bed.up(1, { ownDisks: true });
      return cutAgainAndAgain(bed, 6, () => [1]);
    },
  },
  {
    name: 'power-cut-and-pauses',
    what: 'two of five are paused, a third loses its power, then two others are paused',
    needs: NEEDS,
    async run(bed) {
      await bed.up(5, { ownDisks: true });
      for (const id of [1, 2]) bed.nodes.signal(id, 'SIGSTOP');
      await pause(1_000);
      await cutPower(bed, [3]);
      await bed.nodes.launch(3);
      await pause(2_000);
      for (const id of [1, 2]) bed.nodes.signal(id, 'SIGCONT');
      for (const id of [4, 5]) bed.nodes.signal(id, 'SIGSTOP');
      const took = await bed.serves([4, 5]);
      must(took !== null, 'three of five serve');
      for (const id of [4, 5]) bed.nodes.signal(id, 'SIGCONT');
      return `three of five served after ${took} ms; ${await bed.finish()}`;
    },
  },
  {
    name: 'hanging-disk',
    what: "fsfreeze of the leader's file system, 60 s",
    needs: [...NEEDS, 'fsfreeze'],
    async run(bed, { seconds }) {
      await bed.up(3, { ownDisks: true });
      const leader = await bed.leader();
      await bed.caller.ask('counts');
      await bed.disks[leader - 1].freeze();
      const took = await bed.serves([leader]);
      must(took !== null && took <= TAKE_OVER_MS, `others lead within ${TAKE_OVER_MS} ms: ${took}`);
      await pause(seconds * 1000 - took);
      const during = await bed.caller.ask('counts');
      await bed.disks[leader - 1].thaw();
      must(during.longestGapMs <= TAKE_OVER_MS, `the gap was ${during.longestGapMs} ms`);
      must((await bed.serves()) !== null, 'all shards serve afterwards');
      const figures = `others led after ${took} ms, gap ${during.longestGapMs} ms`;
      return `${figures} in ${seconds} s, ${during.ok} writes meanwhile, ${await bed.finish()}`;
    },
  },
];
