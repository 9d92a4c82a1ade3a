/**
 * The differential test (test/e2e/redis-differential.test.ts) at length: another seed each time,
 * printed, on one node and on three.
 */
import { afterAll, beforeAll, describe, it } from 'vitest';
import { Sandbox } from '../e2e/support.js';
import { mustAgree, STORIES, startAlone } from '../redis/differential.js';
import { REDIS_SERVER, RedisServer, WHY_SKIPPED } from '../redis/server.js';

const SEED = Number(process.env.RKV_SEED ?? Date.now() % 1_000_000_007);

describe.skipIf(!REDIS_SERVER)(REDIS_SERVER ? `seed ${SEED}` : WHY_SKIPPED.server, () => {
  let sandbox: Sandbox;
  let redis: RedisServer;
  const ours: Record<string, number> = {};

  beforeAll(async () => {
    process.stdout.write(`RKV_SEED=${SEED}\n`);
    sandbox = await Sandbox.create();
    redis = await RedisServer.start();
    ours['one node'] = (await startAlone(sandbox)).redis;
    const { nodes } = await sandbox.up(['-n', '3']);
    ours['three nodes'] = Number(nodes[1]?.addresses.redis?.split(':')[1]);
  });
  afterAll(async () => {
    await redis?.stop();
    await sandbox?.dispose();
  });

  for (const [title, stories] of Object.entries(STORIES)) {
    it.each([
      ['one node', 1_500],
      ['three nodes', 150],
    ] as const)(`${title} on %s`, async (where, numRuns) => {
      await mustAgree(
        stories,
        { ours: ours[where] as number, theirs: redis.port },
        {
          numRuns,
          seed: SEED,
        },
      );
    });
  }
});
