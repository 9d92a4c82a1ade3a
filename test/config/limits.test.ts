/** Each relation between limits holds by default, and breaks when one side is pushed. */
import { describe, expect, it } from 'vitest';
import { checkLimits, NUMBERED_BATCH_BYTES, plannedMemoryBytes } from '../../src/config/limits.js';
import { defaultOptions, type Options } from '../../src/config/options.js';
import { NUMBERED_BYTES } from '../../src/machine/store/batch-writer.js';

const MIB = 1024 * 1024;

const PUSHED: readonly (readonly [string, Partial<Options>])[] = [
  ['replicas is odd', { replicas: 2 }],
  ['heartbeatMs is a multiple of tickMs', { heartbeatMs: 110 }],
  ['electionMs is a multiple of tickMs', { electionMs: 1010 }],
  ['5 heartbeats <= electionMs', { electionMs: 400 }],
  ['2 elections <= quiesceMs', { quiesceMs: 1900 }],
  ['2 elections <= requestTimeoutMs', { requestTimeoutMs: 1900 }],
  ['electionMs <= digestEveryMs', { digestEveryMs: 900 }],
  ['maxBatchBytes <= maxAppendBytes', { maxBatchBytes: 2 * MIB }],
  ['maxAppendBytes <= maxInflightBytes', { maxAppendBytes: 16 * MIB }],
  ['maxInflightBytes <= peerQueueBytes', { maxInflightBytes: 64 * MIB }],
  ['largest request <= peerQueueBytes', { peerQueueBytes: 8 * MIB }],
  ['largest request <= maxUncommittedBytes', { maxUncommittedBytes: 8 * MIB }],
  ['largest request <= grpcMessageBytes', { grpcMessageBytes: 4 * MIB }],
  ['maxAppendBytes <= grpcWindowBytes', { grpcWindowBytes: 64 * 1024 }],
  ['2 frames <= segmentBytes', { segmentBytes: MIB }],
  ['maxBatchBytes <= frameBytes', { frameBytes: 64 * 1024 }],
  ['flushBytes <= saturateBytes', { saturateBytes: MIB }],
  [
    '2 (levelWriteBufferBytes + saturateBytes) <= numbered batches',
    { levelWriteBufferBytes: 17 * MIB },
  ],
  ['saturateBytes <= logBytesPerGroup', { logBytesPerGroup: MIB }],
  ['logBytesPerGroup <= snapshotLogBytes', { logBytesPerGroup: 2048 * MIB }],
  ['2 ballasts <= diskReserveBytes', { ballastBytes: 256 * MIB }],
  ['reserved threads + 2 <= threadPoolSize', { threadPoolSize: 3 }],
  ['planned memory <= memoryGoalBytes', { headerCacheBytes: 64 * MIB }],
  ['largest request <= redisPipelineBytes', { redisPipelineBytes: MIB }],
  ['largest value <= redisUnsentBytes', { redisUnsentBytes: MIB }],
  ['2 redisUnsentBytes <= redisOutputBytes', { redisOutputBytes: 8 * MIB }],
  ['16 largest values <= redisOutputBytes', { redisOutputBytes: 64 * MIB }],
  ['redisPipelineRequests <= maxWaitingRequests', { maxWaitingRequests: 1000 }],
];

describe('limits', () => {
  it('all hold with the defaults', () => {
    expect(checkLimits(defaultOptions()).filter((limit) => !limit.holds)).toEqual([]);
  });

  it.each(PUSHED)('%s', (name, changes) => {
    const broken = checkLimits(defaultOptions(changes)).filter((limit) => !limit.holds);
    expect(broken.map((limit) => limit.name)).toContain(name);
    for (const limit of broken) expect(limit.reason).not.toBe('');
  });

  it('are each pushed by a case above, but for those between constants', () => {
    const names = checkLimits(defaultOptions()).map((limit) => limit.name);
    const constant = names.filter((name) => name.startsWith('MAX_'));
    expect(names.filter((name) => !constant.includes(name)).sort()).toEqual(
      PUSHED.map(([name]) => name).sort(),
    );
  });

  it('count as many numbered batches as the store keeps', () => {
    expect(NUMBERED_BATCH_BYTES).toBe(NUMBERED_BYTES);
  });

  it('plan less memory than the goal of 180 MB', () => {
    expect(plannedMemoryBytes(defaultOptions())).toBeLessThanOrEqual(180_000_000);
  });
});
