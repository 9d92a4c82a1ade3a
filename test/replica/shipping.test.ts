import { describe, expect, it } from 'vitest';
import {
  type LogIndex,
  type NodeId,
  type ReplicaId,
  type Term,
  ZERO_TERM,
} from '../../src/base/ids.js';
import type { Message, Raft } from '../../src/raft/types.js';
import { EntryCache } from '../../src/replica/entry-cache.js';
import type { LogEntry } from '../../src/replica/ports.js';
import { Shipping } from '../../src/replica/shipping.js';
import type { ReplicaHost } from '../../src/replica/types.js';

const entry = (index: number): LogEntry => ({
  index: index as LogIndex,
  term: 2 as Term,
  kind: 'normal',
  bytes: Buffer.from([index]),
});

const append = (from: number, to: number): Message =>
  ({
    kind: 'append',
    from: 1 as ReplicaId,
    to: 2 as ReplicaId,
    term: 2 as Term,
    previous: { index: (from - 1) as LogIndex, term: ZERO_TERM },
    commit: 0 as LogIndex,
    entries: Array.from({ length: to - from + 1 }, (_, i) => ({
      index: (from + i) as LogIndex,
      term: 2 as Term,
      kind: 'normal' as const,
      size: 1,
    })),
  }) as unknown as Message;

/** A member's messages out of a cache, a log's memory and a log's disk, with what was called. */
function ship(held: { cached?: LogEntry[]; recent?: LogEntry[] | null; disk?: LogEntry[] | null }) {
  const calls: string[] = [];
  const cache = new EntryCache();
  for (const one of held.cached ?? []) cache.put(one);
  const shipping = new Shipping({
    group: 3 as never,
    core: {
      pauseAppends: () => calls.push('pause'),
      resumeAppends: () => calls.push('resume'),
      reportUnreachable: () => calls.push('unreachable'),
    } as unknown as Raft,
    host: {
      send: (_group, _node, _message, payloads) =>
        calls.push(`send ${payloads.map((bytes) => bytes[0]).join(',')}`),
      wake: () => calls.push('wake'),
      onFatal: (_group, error) => calls.push(`fatal ${error}`),
    } as Partial<ReplicaHost> as ReplicaHost,
    cache,
    recentLog: () => held.recent ?? null,
    readLog: async () => held.disk ?? null,
    nodeOf: () => 2 as NodeId,
    compact: () => calls.push('compact'),
    stopped: () => false,
  });
  return { shipping, calls };
}

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('where the bytes of an append come from', () => {
  it('what is not applied yet comes from the cache, at once', () => {
    const { shipping, calls } = ship({ cached: [entry(5), entry(6)] });
    shipping.send(append(5, 6));
    expect(calls).toEqual(['send 5,6']);
  });

  it('what was applied comes from the log’s memory, at once', () => {
    const { shipping, calls } = ship({ cached: [entry(6)], recent: [entry(5), entry(6)] });
    shipping.send(append(5, 6));
    expect(calls).toEqual(['send 5,6']);
  });

  it('what is older comes from the disk, and the member’s progress waits for it', async () => {
    const { shipping, calls } = ship({ disk: [entry(5)] });
    shipping.send(append(5, 5));
    expect(calls).toEqual(['pause']);
    await settled();
    expect(calls).toEqual(['pause', 'send 5', 'resume', 'wake']);
  });

  it('what the log has let go of is let go of by the core too, which then sends a snapshot', async () => {
    const { shipping, calls } = ship({ disk: null });
    shipping.send(append(5, 5));
    await settled();
    expect(calls).toEqual(['pause', 'compact', 'unreachable', 'resume', 'wake']);
  });
});
