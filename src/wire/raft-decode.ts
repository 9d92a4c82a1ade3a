/**
 * Raft messages on their way in: every number passes its gate, so that what the core sees is in
 * range, and what is not throws a `WireError` that ends the connection. Payloads are copied into
 * memory of their own (`slab.ts`).
 */

import type { LogIndex, ReplicaId, Term } from '../base/ids.js';
import { groupId, logIndex, replicaId, term as termGate } from '../base/ids.js';
import type { EntryKind, EntryMeta, Members, Message } from '../raft/types.js';
import { rkv } from './generated/peer.js';
import type { GroupMessage, WireMessage } from './raft-encode.js';
import { keep } from './slab.js';
import { received, receivedCount, WireError } from './wire-error.js';

type Num = number | null | undefined;
type Bytes = Uint8Array | null | undefined;

const NO_BYTES = Buffer.alloc(0);
const NO_PAYLOADS: readonly Uint8Array[] = [];
const { EntryKind: Kind } = rkv.raft;

const index = (value: Num): LogIndex => received(logIndex, value);
const term = (value: Num): Term => received(termGate, value);
const replica = (value: Num): ReplicaId => received(replicaId, value);
const payload = (bytes: Bytes): Uint8Array => (bytes?.length ? keep(bytes) : NO_BYTES);

interface Head {
  readonly from: ReplicaId;
  readonly to: ReplicaId;
  readonly term: Term;
}

function entryKind(kind: Num): EntryKind {
  switch (kind ?? Kind.NORMAL) {
    case Kind.NORMAL:
      return 'normal';
    case Kind.NOOP:
      return 'noop';
    case Kind.CONFIG:
      return 'config';
    default:
      throw new WireError(`unknown kind of entry: ${kind}`);
  }
}

function decodeAppend(
  head: Head,
  wire: rkv.raft.Append.$Properties,
): { readonly message: Message; readonly payloads: readonly Uint8Array[] } {
  const prevIndex = index(wire.prevIndex);
  const entries: EntryMeta[] = [];
  const payloads: Uint8Array[] = [];
  for (const entry of wire.entries ?? []) {
    const bytes = payload(entry.payload);
    entries.push({
      index: index(prevIndex + 1 + entries.length),
      term: term(entry.term),
      kind: entryKind(entry.kind),
      size: bytes.length,
    });
    payloads.push(bytes);
  }
  const message: Message = {
    ...head,
    kind: 'append',
    prevIndex,
    prevTerm: term(wire.prevTerm),
    entries,
    commit: index(wire.commit),
    round: receivedCount('round', wire.round),
  };
  return { message, payloads };
}

function decodeAppendReply(head: Head, wire: rkv.raft.AppendReply.$Properties): Message {
  const round = receivedCount('round', wire.round);
  const { rejection } = wire;
  if (rejection) {
    const result = {
      ok: false as const,
      rejected: index(rejection.rejected),
      hintIndex: index(rejection.hintIndex),
      hintTerm: term(rejection.hintTerm),
    };
    return { ...head, kind: 'append-reply', result, round };
  }
  if (wire.match === undefined || wire.match === null) {
    throw new WireError('a reply to an append says neither yes nor no');
  }
  return { ...head, kind: 'append-reply', result: { ok: true, match: index(wire.match) }, round };
}

function decodeMembers(wire: rkv.raft.Members.$Properties): Members {
  return {
    voters: (wire.voters ?? []).map(replica),
    outgoing: (wire.outgoing ?? []).map(replica),
    learners: (wire.learners ?? []).map(replica),
    learnersNext: (wire.learnersNext ?? []).map(replica),
    autoLeave: wire.autoLeave ?? false,
  };
}

function decodeSnapshot(head: Head, wire: rkv.raft.Snapshot.$Properties): Message {
  const floor = { index: index(wire.floorIndex), term: term(wire.floorTerm) };
  return { ...head, kind: 'snapshot', floor, members: decodeMembers(wire.members ?? {}) };
}

function decodeVoteLike(head: Head, wire: WireMessage): Message | null {
  if (wire.preVote) {
    const { lastIndex, lastTerm, hint } = wire.preVote;
    const log = { lastIndex: index(lastIndex), lastTerm: term(lastTerm) };
    return { ...head, kind: 'pre-vote', ...log, hint: hint ?? false };
  }
  if (wire.vote) {
    const { lastIndex, lastTerm, forced } = wire.vote;
    const log = { lastIndex: index(lastIndex), lastTerm: term(lastTerm) };
    return { ...head, kind: 'vote', ...log, forced: forced ?? false };
  }
  if (wire.preVoteReply) {
    return { ...head, kind: 'pre-vote-reply', granted: wire.preVoteReply.granted ?? false };
  }
  if (wire.voteReply)
    return { ...head, kind: 'vote-reply', granted: wire.voteReply.granted ?? false };
  return null;
}

function decodeOther(head: Head, wire: WireMessage): Message {
  if (wire.appendReply) return decodeAppendReply(head, wire.appendReply);
  if (wire.heartbeat) {
    const { commit, round } = wire.heartbeat;
    const sent = { commit: index(commit), round: receivedCount('round', round) };
    return { ...head, kind: 'heartbeat', ...sent };
  }
  if (wire.heartbeatReply) {
    const round = receivedCount('round', wire.heartbeatReply.round);
    return { ...head, kind: 'heartbeat-reply', round };
  }
  if (wire.readIndex) {
    const context = receivedCount('context', wire.readIndex.context);
    return { ...head, kind: 'read-index', context };
  }
  if (wire.readIndexReply) {
    const context = receivedCount('context', wire.readIndexReply.context);
    return { ...head, kind: 'read-index-reply', context, index: index(wire.readIndexReply.index) };
  }
  if (wire.snapshot) return decodeSnapshot(head, wire.snapshot);
  if (wire.timeoutNow) return { ...head, kind: 'timeout-now' };
  if (wire.quiesce) return { ...head, kind: 'quiesce', commit: index(wire.quiesce.commit) };
  const vote = decodeVoteLike(head, wire);
  if (vote === null) throw new WireError('a message of no known kind');
  return vote;
}

/** Throws a `WireError` for what is out of range, incomplete or of no known kind. */
export function decodeMessage(wire: WireMessage): GroupMessage {
  const group = received(groupId, wire.group);
  const head = { from: replica(wire.from), to: replica(wire.to), term: term(wire.term) };
  if (wire.append) return { group, ...decodeAppend(head, wire.append) };
  return { group, message: decodeOther(head, wire), payloads: NO_PAYLOADS };
}
