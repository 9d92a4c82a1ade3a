import { describe, expect, it } from 'vitest';
import { type EpochMs, epoch, groupId, logIndex, type MonoMs } from '../../src/base/ids.js';
import { codeOf } from '../../src/kv/catalog/catalog.js';
import type { Machine } from '../../src/machine/types.js';
import type { Raft } from '../../src/raft/types.js';
import { Callers } from '../../src/replica/callers.js';
import type { ReplicaHost, ReplicaLimits, ShardAnswer } from '../../src/replica/types.js';

/** A leader whose host may not know the time of day yet. */
function leader(trusted: boolean) {
  const host = {
    clusterNow: () => 0 as EpochMs,
    clockTrusted: () => trusted,
    spaceLow: () => false,
  } as unknown as ReplicaHost;
  const machine = { clusterTime: 0 as EpochMs } as unknown as Machine;
  return new Callers({
    group: groupId(1),
    core: {} as Raft,
    host,
    limits: { maxWaitingRequests: 10, maxWaitingBytes: 1000 } as unknown as ReplicaLimits,
    standing: { leads: true, silent: false, applied: logIndex(10), machine },
    wake: () => undefined,
    fail: (error) => {
      throw error;
    },
  });
}

/** What a forwarded write is answered at once; null: it waits for its turn. */
function answerTo(callers: Callers, name: string, args: readonly string[]): ShardAnswer | null {
  const given: ShardAnswer[] = [];
  callers.write({
    write: {
      command: { code: codeOf(name), database: 0, args: args.map((arg) => Buffer.from(arg)) },
      stamp: { session: 's'.repeat(16), sequence: 1, mark: 1, firstAttempt: 1 as EpochMs },
      rangeEpoch: epoch(1),
    },
    deadline: 1000 as MonoMs,
    done: (answer) => void given.push(answer),
  });
  return given[0] ?? null;
}

describe('a write that reaches a leader', () => {
  it('gets no deadline from a clock that nobody trusts yet', () => {
    const callers = leader(false);
    expect(answerTo(callers, 'set', ['k', 'v', 'PX', '9000'])).toEqual({ kind: 'not-leader' });
    expect(answerTo(callers, 'set', ['k', 'v'])).toBeNull();
    expect(answerTo(callers, 'set', ['k', 'v', 'PXAT', '1800000000000'])).toBeNull();
  });

  it('gets its deadline from one that is trusted', () => {
    expect(answerTo(leader(true), 'set', ['k', 'v', 'PX', '9000'])).toBeNull();
  });
});
