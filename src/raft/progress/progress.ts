/**
 * What a leader knows of one member, and how it may send to it. Three states, each owning its
 * fields: `probe` looks for the point where the logs agree, one message at a time; `replicate`
 * pipelines optimistically inside a window; `snapshot` waits until one has been installed.
 *
 * Promise: `match < next`, and `match` never falls while this leader leads.
 */
import { assert } from '../../base/assert.js';
import type { LogIndex, ReplicaId } from '../../base/ids.js';
import { Inflight } from './inflight.js';

export type ProgressState =
  | { readonly kind: 'probe'; next: LogIndex /** A probe is out. */; waiting: boolean }
  | { readonly kind: 'replicate'; next: LogIndex; readonly inflight: Inflight }
  | { readonly kind: 'snapshot' /** Index of the snapshot on its way. */; pending: LogIndex };

export interface Progress {
  readonly replica: ReplicaId;
  /** Known to be durable there, and equal to the leader's log. */
  match: LogIndex;
  state: ProgressState;
  /** Heard from since the last check of the quorum. */
  active: boolean;
  /** The host is fetching bytes for this member: no appends meanwhile. */
  paused: boolean;
  /** The newest commit index an append or a heartbeat took there. */
  commitSent: LogIndex;
  /** An append is to be sent even if empty: answers may have been lost. */
  nudge: boolean;
  /** `match` as of the last heartbeat answer; no move since means something was lost. */
  matchSeen: LogIndex;
  /** The newest round this member has answered. */
  round: number;
  /** The round whose heartbeat told this member that the leader's removal is committed. */
  told: number | null;
}

interface Limits {
  readonly maxInflightMessages: number;
  readonly maxInflightBytes: number;
}

const after = (index: LogIndex): LogIndex => (index + 1) as LogIndex;

export function newProgress(replica: ReplicaId, last: LogIndex): Progress {
  const none = 0 as LogIndex;
  return {
    replica,
    match: none,
    state: { kind: 'probe', next: after(last), waiting: false },
    active: false,
    paused: false,
    commitSent: none,
    nudge: false,
    matchSeen: none,
    round: 0,
    told: null,
  };
}

/**
 * From a snapshot on its way the probe goes on above it; if that failed, from the match, but only
 * once the member has shown itself again, or snapshots would follow one another.
 */
export function becomeProbe(progress: Progress, snapshot: 'installed' | 'failed' = 'failed'): void {
  const { state, match } = progress;
  const pending = state.kind === 'snapshot' && snapshot === 'installed' ? state.pending : match;
  const next = after(Math.max(pending, match) as LogIndex);
  progress.state = { kind: 'probe', next, waiting: state.kind === 'snapshot' && pending === match };
}

export function becomeReplicate(progress: Progress, limits: Limits): void {
  const inflight = new Inflight({
    maxMessages: limits.maxInflightMessages,
    maxBytes: limits.maxInflightBytes,
  });
  progress.state = { kind: 'replicate', next: after(progress.match), inflight };
}

export function becomeSnapshot(progress: Progress, pending: LogIndex): void {
  progress.state = { kind: 'snapshot', pending };
}

/** The member holds everything up to `match`. Says whether that was news. */
export function onMatch(progress: Progress, match: LogIndex, limits: Limits): boolean {
  const news = match > progress.match;
  if (news) progress.match = match;
  const { state } = progress;
  switch (state.kind) {
    case 'probe':
      // Also an answer that repeats the match ends probing: the logs agree there.
      if (news || match === progress.match) becomeReplicate(progress, limits);
      break;
    case 'replicate':
      if (state.next <= match) state.next = after(match);
      state.inflight.freeTo(match);
      break;
    case 'snapshot':
      if (match >= state.pending) becomeReplicate(progress, limits);
      break;
  }
  return news;
}

/**
 * The member refused an append after `rejected`; the logs may agree at `hint` (§5.3). Says whether
 * the refusal was of use: late ones, of messages before the last one, are not.
 */
export function onReject(progress: Progress, rejected: LogIndex, hint: LogIndex): boolean {
  const { state } = progress;
  switch (state.kind) {
    case 'replicate':
      if (rejected <= progress.match) return false;
      becomeProbe(progress);
      return true;
    case 'probe': {
      if (state.next - 1 !== rejected) return false;
      const next = Math.max(Math.min(rejected, hint + 1), progress.match + 1) as LogIndex;
      assert(next > progress.match, 'probing stays above the match');
      progress.state = { kind: 'probe', next, waiting: false };
      return true;
    }
    case 'snapshot':
      return false;
  }
}

/** Whether entries may be sent now. */
export function mayAppend(progress: Progress): boolean {
  if (progress.paused) return false;
  const { state } = progress;
  if (state.kind === 'probe') return !state.waiting;
  return state.kind === 'replicate' && !state.inflight.full;
}
