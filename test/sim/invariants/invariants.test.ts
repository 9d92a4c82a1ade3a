/** Each invariant is shown what must not be, and has to name itself. */
import { describe, expect, it } from 'vitest';
import {
  type GroupId,
  groupId,
  type LogIndex,
  type NodeId,
  nodeId,
  type ReplicaId,
  type Term,
} from '../../../src/base/ids.js';
import type { TraceEvent } from '../../../src/raft/types.js';
import type { Log, LogRecord } from '../../../src/replica/ports.js';
import type { Outcome } from '../load/client.js';
import { contentOf } from '../load/operation.js';
import { LogMirror } from '../node/log-mirror.js';
import type { Applied } from '../node/observer.js';
import { AcknowledgedIsDurable } from './acknowledged-is-durable.js';
import { AtMostOnce } from './at-most-once.js';
import { Deadlines } from './deadlines.js';
import { ElectionSafety } from './election-safety.js';
import { EqualDigests } from './equal-digests.js';
import { Violation } from './invariant.js';
import { LeaderCompleteness } from './leader-completeness.js';
import { Linearizability } from './linearizability.js';
import { LogMatching } from './log-matching.js';
import { NothingRegresses } from './nothing-regresses.js';
import { mustHaveProgressed } from './progress.js';
import { SlotsOwnedOnce } from './slots-owned-once.js';
import { StateMachineSafety } from './state-machine-safety.js';
import { Transactions } from './transactions.js';
import { WholeReads } from './whole-reads.js';

const [one, two, three] = [nodeId(1), nodeId(2), nodeId(3)];
const group: GroupId = groupId(1);
const leads = (term: number): TraceEvent => ({
  kind: 'role',
  role: 'leader',
  term: term as Term,
  at: 0 as never,
});
const commits = (index: number, term: number): TraceEvent => ({
  kind: 'commit',
  index: index as LogIndex,
  term: term as Term,
});
const append = (index: number, term: number, bytes = `${index}/${term}`): LogRecord => ({
  kind: 'append',
  group,
  replica: 1 as ReplicaId,
  entries: [
    {
      index: index as LogIndex,
      term: term as Term,
      kind: 'normal',
      bytes: Buffer.from(bytes),
    },
  ],
});
const hardState = (term: number, vote: number | null, commit = 0): LogRecord => ({
  kind: 'hard-state',
  group,
  replica: 1 as ReplicaId,
  state: { term: term as Term, vote: vote as ReplicaId | null, commit: commit as LogIndex },
});
const restored = (entries: readonly { index: number; term: number }[]): Log =>
  ({
    restored: {
      groups: new Map([
        [
          group,
          {
            floor: { index: 0, term: 0 },
            entries,
            hardState: { term: 9, vote: null, commit: 9 },
            snapshot: null,
          },
        ],
      ]),
    },
  }) as unknown as Log;

const applied = (index: number, term: number, more: Partial<Applied['result']> = {}): Applied =>
  ({
    entry: { index, term, kind: 'normal', bytes: Buffer.from(`${index}/${term}`) },
    result: { outcomes: [], payload: null, ...more },
    machine: {
      state: {
        digest: () => `${index}`,
        descriptor: {
          members: [one, two, three].map((node) => ({ node, role: 'voter' })),
          range: { first: 0, last: 63 },
          rangeEpoch: 1,
        },
      },
    },
    host: null,
  }) as unknown as Applied;

const commandsOf = (sequence: number, value: bigint): Partial<Applied['result']> =>
  ({
    outcomes: [{ kind: 'reply', reply: { kind: 'integer', value } }],
    payload: { kind: 'commands', commands: [{ stamp: { session: 's', sequence } }] },
  }) as unknown as Partial<Applied['result']>;

/** The name of the invariant that was broken; '' when none was. */
function broken(run: () => void): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Violation) return error.invariant;
    throw error;
  }
  return '';
}

describe('invariants of elections and logs', () => {
  it('two leaders in one term', () => {
    const invariant = new ElectionSafety();
    invariant.onTrace(one, group, leads(7));
    expect(broken(() => invariant.onTrace(two, group, leads(8)))).toBe('');
    expect(broken(() => invariant.onTrace(two, group, leads(7)))).toBe('election safety');
  });

  it('other bytes at the same index and term, or another entry before it', () => {
    const mirror = new LogMirror();
    const invariant = new LogMatching(mirror);
    const write = (node: NodeId, record: LogRecord): void => {
      mirror.onWrite(node, [record]);
      invariant.onWrite(node, [record]);
    };
    for (const node of [one, two]) write(node, append(1, 1));
    expect(broken(() => write(three, append(1, 1, 'other')))).toBe('log matching');
    write(one, append(2, 3));
    write(two, append(1, 2));
    expect(broken(() => write(two, append(2, 3)))).toBe('log matching');
  });

  it('a leader without what was committed before its term', () => {
    const mirror = new LogMirror();
    const invariant = new LeaderCompleteness(mirror);
    for (const node of [one, two]) mirror.onWrite(node, [append(1, 1)]);
    invariant.onTrace(one, group, leads(1));
    invariant.onTrace(one, group, commits(1, 1));
    expect(broken(() => invariant.onTrace(two, group, leads(2)))).toBe('');
    expect(broken(() => invariant.onTrace(three, group, leads(3)))).toBe('leader completeness');
  });

  it('two entries applied at one index', () => {
    const invariant = new StateMachineSafety();
    invariant.onApplied(one, group, applied(5, 1));
    expect(broken(() => invariant.onApplied(two, group, applied(5, 2)))).toBe(
      'state machine safety',
    );
  });
});

describe('invariants of durability', () => {
  it('a term, a commit index, an applied index that goes back; a second vote', () => {
    const back = (first: LogRecord, then: LogRecord): string => {
      const invariant = new NothingRegresses();
      invariant.onDurable(one, [first]);
      invariant.onStart(one);
      return broken(() => invariant.onDurable(one, [then]));
    };
    expect(back(hardState(5, 1), hardState(6, 2))).toBe('');
    expect(back(hardState(5, 1), hardState(4, 1))).toBe('nothing regresses');
    expect(back(hardState(5, 1), hardState(5, 2))).toBe('nothing regresses');
    expect(back(hardState(5, 1, 8), hardState(5, 1, 7))).toBe('nothing regresses');
    const invariant = new NothingRegresses();
    invariant.onTrace(one, group, commits(9, 1));
    expect(broken(() => invariant.onTrace(one, group, commits(8, 1)))).toBe('nothing regresses');
    invariant.onApplied(one, group, applied(4, 1));
    expect(broken(() => invariant.onApplied(one, group, applied(4, 1)))).toBe('nothing regresses');
  });

  it('what was durable is gone after a restart', () => {
    const mirror = new LogMirror();
    const invariant = new AcknowledgedIsDurable({ mirror, onDisk: () => true });
    mirror.onWrite(one, [append(1, 1), append(2, 1)]);
    mirror.onDurable(one, [append(1, 1)]);
    expect(broken(() => invariant.onRestored(one, restored([{ index: 1, term: 1 }])))).toBe('');
    expect(broken(() => invariant.onRestored(one, restored([])))).toBe('acknowledged is durable');
  });

  it('an acknowledged write on fewer disks than a majority', () => {
    const outcome = {
      result: 'ok',
      client: 100,
      stamp: { session: 's', sequence: 1, mark: 1, firstAttempt: 0 },
    } as unknown as Outcome;
    const acknowledge = (durableOn: readonly NodeId[], onDisk: boolean): string => {
      const mirror = new LogMirror();
      const invariant = new AcknowledgedIsDurable({ mirror, onDisk: () => onDisk });
      for (const node of durableOn) {
        mirror.onWrite(node, [append(1, 1)]);
        mirror.onDurable(node, [append(1, 1)]);
      }
      invariant.onApplied(one, group, applied(1, 1, commandsOf(1, 1n)));
      return broken(() => invariant.onOutcome(outcome));
    };
    expect(acknowledge([one, two], true)).toBe('');
    expect(acknowledge([one], true)).toBe('acknowledged is durable');
    expect(acknowledge([one, two], false)).toBe('acknowledged is durable');
  });
});

describe('invariants of the state', () => {
  it('two digests at one applied index', () => {
    const invariant = new EqualDigests();
    invariant.onApplied(one, group, applied(7, 1, { digest: 'a' }));
    expect(broken(() => invariant.onApplied(two, group, applied(7, 1, { digest: 'b' })))).toBe(
      'equal digests',
    );
  });

  it('a bucket with two owners in one epoch, or with none', () => {
    const invariant = new SlotsOwnedOnce();
    invariant.onApplied(one, group, applied(1, 1));
    const other = groupId(2);
    expect(broken(() => invariant.onApplied(two, other, applied(1, 1)))).toBe(
      'slots are owned once',
    );
    expect(broken(() => invariant.mustCover([{ first: 0, last: 254 }]))).toBe(
      'slots are owned once',
    );
  });

  it('a request of a session that ran twice', () => {
    const invariant = new AtMostOnce();
    invariant.onApplied(one, group, applied(3, 1, commandsOf(1, 5n)));
    invariant.onApplied(two, group, applied(3, 1, commandsOf(1, 5n)));
    expect(broken(() => invariant.onApplied(one, group, applied(8, 1, commandsOf(1, 6n))))).toBe(
      'at most once',
    );
  });
});

describe('invariants of what clients see', () => {
  const outcome = (more: object): Outcome =>
    ({ client: 100, stamp: null, code: null, result: 'ok', ...more }) as unknown as Outcome;
  const ttlWrite = (call: number, ttlMs: number): Outcome =>
    outcome({
      call,
      return: call + 1,
      reply: { kind: 'written', applied: true },
      operation: { lines: [], dues: [{ kind: 'write', key: 't', value: 'v', ttlMs }] },
    });
  const ttlRead = (call: number, found: boolean): Outcome =>
    outcome({
      call,
      return: call + 1,
      reply: found ? { kind: 'item', value: Buffer.from('v') } : { kind: 'null' },
      operation: { lines: [], dues: [{ kind: 'read', key: 't', seen: contentOf }] },
    });
  const judged = (outcomes: readonly Outcome[], leadMs = 0): string => {
    const invariant = new Deadlines();
    for (const each of outcomes) invariant.onOutcome(each);
    return broken(() => invariant.check(leadMs));
  };

  it('a key that is gone before its time, and one that comes back', () => {
    expect(judged([ttlWrite(0, 9_000), ttlRead(8_900, false)])).toBe('');
    expect(judged([ttlWrite(0, 9_000), ttlRead(3_000, false)])).toBe('deadlines');
    expect(judged([ttlWrite(0, 9_000), ttlRead(3_000, false)], 4_000)).toBe('');
    expect(judged([ttlWrite(0, 500), ttlRead(900, false), ttlRead(950, true)])).toBe('deadlines');
    expect(judged([ttlWrite(0, 500), ttlRead(3_000, true)])).toBe('');
    expect(judged([ttlWrite(0, 500), ttlRead(9_000, true)])).toBe('deadlines');
  });

  it('a field whose deadline was taken away and that goes; one that was deleted may', () => {
    const forEver = ttlWrite(1_000, Number.POSITIVE_INFINITY);
    expect(judged([forEver, ttlRead(60_000, true)])).toBe('');
    expect(judged([ttlWrite(0, 500), forEver, ttlRead(60_000, false)])).toBe('deadlines');
    const gone = { kind: 'write', key: 't', value: null, ttlMs: 0 };
    const deleted = outcome({ call: 2_000, return: 2_001, operation: { dues: [gone] } });
    expect(judged([forEver, deleted, ttlRead(2_100, false)])).toBe('');
    const back = [forEver, deleted, ttlRead(2_100, false), ttlRead(2_200, true)];
    expect(judged(back)).toBe('deadlines');
  });

  it('a hash of which a read shows some fields, or numbers that are not equal', () => {
    const see = (torn: string | null): string =>
      broken(() => {
        const operation = { name: 'hgetall', torn: () => torn };
        new WholeReads().onOutcome(outcome({ return: 1, reply: { kind: 'null' }, operation }));
      });
    expect(see(null)).toBe('');
    expect(see('3 of 9 fields')).toBe('reads are of one instant');
  });

  it('a transaction that is seen by halves', () => {
    const step = (kind: string, key: string, is: string | readonly string[] | null) =>
      kind === 'append' ? { kind, key, element: is } : { kind, key, list: is };
    const judge = (second: readonly string[], aborted = false): string => {
      const invariant = new Transactions();
      const run = (call: number, steps: readonly object[], gone: boolean): void =>
        invariant.onOutcome(
          outcome({
            call,
            return: call + 1,
            reply: { kind: 'list', items: [] },
            operation: { lists: () => ({ steps, aborted: gone }) },
          }),
        );
      run(1, [step('append', 'a', '1'), step('append', 'b', '1')], aborted);
      run(3, [step('read', 'a', ['1']), step('read', 'b', second)], false);
      return broken(() => invariant.check());
    };
    expect(judge(['1'])).toBe('');
    expect(judge([])).toBe('transactions are in one order');
    expect(judge(['1'], true)).toBe('transactions are in one order');
  });

  it('a read that no order of the writes explains', () => {
    const invariant = new Linearizability();
    const line = (op: string, args: string[], out: object) => ({
      op,
      key: 'k',
      args,
      out: () => out,
    });
    const step = (call: number, op: string, args: string[], out: object): void =>
      invariant.onOutcome(
        outcome({
          call,
          return: call + 1,
          reply: { kind: 'null' },
          operation: { lines: [line(op, args, out)] },
        }),
      );
    step(1, 'set', ['a'], { applied: true });
    step(3, 'get', [], { value: 'a' });
    expect(broken(() => invariant.check())).toBe('');
    step(5, 'get', [], { value: null });
    expect(broken(() => invariant.check())).toBe('linearizability');
  });

  it('a cluster that does not come to rest', () => {
    expect(broken(() => mustHaveProgressed('group 1 has no leader'))).toBe(
      'progress after healing',
    );
  });
});
