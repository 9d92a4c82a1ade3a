import { describe, expect, it } from 'vitest';
import { type EpochMs, epoch, groupId, nodeId } from '../../src/base/ids.js';
import { codeOf } from '../../src/kv/catalog/catalog.js';
import type { Forward, RouteAnswer } from '../../src/kv/forward.js';
import { PeerCalls } from '../../src/node/peer-calls.js';
import type { CallFailure, Transport } from '../../src/replica/ports.js';
import { encodeAnswer } from '../../src/wire/forward-codec.js';

const command = { code: codeOf('get'), database: 0, args: [Buffer.from('k')] };
const stamp = { session: 's'.repeat(16), sequence: 1, mark: 1, firstAttempt: 1 as EpochMs };
const group = groupId(1);
const READ: Forward = { kind: 'read', group, command, mode: 'confirmed' };
const WRITE: Forward = { kind: 'write', group, write: { command, stamp, rangeEpoch: epoch(1) } };

/** What becomes of a forward whose request ends so. */
function answerTo(forward: Forward, failure: CallFailure | null, body: Buffer = Buffer.alloc(0)) {
  const request: Transport['request'] = (_to, _method, _bytes, _timeoutMs, done) =>
    done(failure, body);
  const given: RouteAnswer[] = [];
  const calls = new PeerCalls({ request } as unknown as Transport);
  calls.forward(nodeId(2), forward, 1000, (answer) => void given.push(answer));
  expect(given).toHaveLength(1);
  return given[0];
}

describe('a forward', () => {
  it('gives the answer of the other node', () => {
    const answer: RouteAnswer = { kind: 'reply', reply: { kind: 'integer', value: 7n } };
    expect(answerTo(WRITE, null, encodeAnswer(answer))).toEqual(answer);
  });

  it('that was lost may have been applied, unless it was never sent or only reads', () => {
    expect(answerTo(WRITE, { outcome: 'not-sent' })).toEqual({ kind: 'unreachable' });
    expect(answerTo(WRITE, { outcome: 'unknown' })).toEqual({ kind: 'dropped' });
    expect(answerTo(READ, { outcome: 'unknown' })).toEqual({ kind: 'unreachable' });
  });

  it('whose answer cannot be read counts as lost', () => {
    for (const bytes of [[], [99], [0, 99], [0, 3, 200], [1, 3, 65, 66, 67]]) {
      expect(answerTo(WRITE, null, Buffer.from(bytes))).toEqual({ kind: 'dropped' });
      expect(answerTo(READ, null, Buffer.from(bytes))).toEqual({ kind: 'unreachable' });
    }
  });
});
