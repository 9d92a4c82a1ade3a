/**
 * Raft messages as properties of the generated classes: the twin that the codec written by hand is
 * held against, byte for byte in meaning.
 */
import { assert, must, unreachable } from '../../src/base/assert.js';

import type { EntryKind, Members, MessageOf } from '../../src/raft/types.js';
import { rkv } from '../../src/wire/generated/peer.js';
import type { GroupMessage } from '../../src/wire/raft-encode.js';

type WireMessage = rkv.raft.RaftMessage.$Properties;

const { EntryKind: Kind } = rkv.raft;
const KIND: Readonly<Record<EntryKind, rkv.raft.EntryKind>> = {
  normal: Kind.NORMAL,
  noop: Kind.NOOP,
  config: Kind.CONFIG,
};

function encodeAppend(
  message: MessageOf<'append'>,
  payloads: readonly Uint8Array[],
): rkv.raft.Append.$Properties {
  const { prevIndex, prevTerm, commit, round } = message;
  assert(payloads.length === message.entries.length, 'an append carries the bytes of its entries');
  const entries = message.entries.map((entry, at) => {
    assert(entry.index === prevIndex + 1 + at, 'entries of an append follow its previous index');
    return { term: entry.term, kind: KIND[entry.kind], payload: must(payloads[at], 'payload') };
  });
  return { prevIndex, prevTerm, entries, commit, round };
}

function encodeAppendReply(message: MessageOf<'append-reply'>): rkv.raft.AppendReply.$Properties {
  const { result, round } = message;
  if (result.ok) return { match: result.match, round };
  const { rejected, hintIndex, hintTerm } = result;
  return { rejection: { rejected, hintIndex, hintTerm }, round };
}

function encodeMembers(members: Members): rkv.raft.Members.$Properties {
  return {
    voters: [...members.voters],
    outgoing: [...members.outgoing],
    learners: [...members.learners],
    learnersNext: [...members.learnersNext],
    autoLeave: members.autoLeave,
  };
}

function encodeSnapshot({ floor, members }: MessageOf<'snapshot'>): rkv.raft.Snapshot.$Properties {
  return { floorIndex: floor.index, floorTerm: floor.term, members: encodeMembers(members) };
}

export function propertiesOf({ group, message, payloads }: GroupMessage): WireMessage {
  const { from, to, term } = message;
  const head = { group, from, to, term };
  switch (message.kind) {
    case 'append':
      return { ...head, append: encodeAppend(message, payloads) };
    case 'append-reply':
      return { ...head, appendReply: encodeAppendReply(message) };
    case 'heartbeat':
      return { ...head, heartbeat: { commit: message.commit, round: message.round } };
    case 'heartbeat-reply':
      return { ...head, heartbeatReply: { round: message.round } };
    case 'read-index':
      return { ...head, readIndex: { context: message.context } };
    case 'read-index-reply':
      return { ...head, readIndexReply: { context: message.context, index: message.index } };
    case 'pre-vote': {
      const { lastIndex, lastTerm, hint } = message;
      return { ...head, preVote: { lastIndex, lastTerm, hint } };
    }
    case 'pre-vote-reply':
      return { ...head, preVoteReply: { granted: message.granted } };
    case 'vote': {
      const { lastIndex, lastTerm, forced } = message;
      return { ...head, vote: { lastIndex, lastTerm, forced } };
    }
    case 'vote-reply':
      return { ...head, voteReply: { granted: message.granted } };
    case 'snapshot':
      return { ...head, snapshot: encodeSnapshot(message) };
    case 'timeout-now':
      return { ...head, timeoutNow: {} };
    case 'quiesce':
      return { ...head, quiesce: { commit: message.commit } };
    default:
      return unreachable(message);
  }
}
