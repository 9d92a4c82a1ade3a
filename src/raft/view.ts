/** The core as status and the host's decisions see it; a copy, nothing in it is alive. */
import { type Core, leaderOf } from './state.js';
import type { MemberView, RaftView } from './types.js';

export function viewOf(core: Core): RaftView {
  const { role, log, members } = core;
  return {
    role: role.name,
    term: core.term,
    leader: leaderOf(core),
    commit: log.committed,
    applied: log.applied,
    lastIndex: log.last,
    floor: log.floor,
    members,
    quiesced: core.resting,
    transferTo: role.name === 'leader' ? (role.transfer?.to ?? null) : null,
    progress: role.name === 'leader' ? memberViews(core) : [],
  };
}

function memberViews(core: Core): MemberView[] {
  const { role, members, self } = core;
  if (role.name !== 'leader') return [];
  return [...role.progress.values()].map(({ replica, state, match, active }) => ({
    replica,
    role:
      members.voters.includes(replica) || members.outgoing.includes(replica) ? 'voter' : 'learner',
    state: replica === self ? 'replicate' : state.kind,
    match,
    active: active || replica === self,
  }));
}
