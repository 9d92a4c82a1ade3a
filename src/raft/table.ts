/**
 * Role × message kind: who handles what. The compiler checks that no pair is missing; a pair that
 * is ignored says why, and the trace shows it. Messages get here when their term is ours (or, for
 * pre-votes, when it does not matter); `step` has settled the rest.
 */
import { maybeCampaign, onPreVoteReply, onVoteReply, onVoteRequest } from './election.js';
import { onAppend, onHeartbeat, onSnapshot } from './follow.js';
import { onQuiesce } from './quiesce.js';
import { onReadIndex, onReadIndexReply } from './read-index.js';
import { onAppendReply, onHeartbeatReply } from './replication.js';
import type { Core, RoleOf } from './state.js';
import type { Message, MessageKind, MessageOf, RoleName } from './types.js';

export type Handler<R extends RoleName, K extends MessageKind> = (
  core: Core,
  role: RoleOf<R>,
  message: MessageOf<K>,
) => void;

type Table = { readonly [R in RoleName]: { readonly [K in MessageKind]: Handler<R, K> } };

export function noteIgnored(core: Core, message: Message, why: string): void {
  core.trace({ kind: 'ignored', message: message.kind, role: core.role.name, why });
}

const ignore = (why: string) => (core: Core, _role: unknown, message: Message) =>
  noteIgnored(core, message, why);

const fromLeader = {
  append: (core, _, message) => onAppend(core, message),
  heartbeat: (core, _, message) => onHeartbeat(core, message),
  snapshot: (core, _, message) => onSnapshot(core, message),
  quiesce: (core, _, message) => onQuiesce(core, message),
} satisfies { [K in MessageKind]?: Handler<RoleName, K> };

const asked = {
  vote: (core, _, message) => onVoteRequest(core, message),
  'pre-vote': (core, _, message) => onVoteRequest(core, message),
} satisfies { [K in MessageKind]?: Handler<RoleName, K> };

const toLeader = {
  'append-reply': ignore('only a leader counts acknowledgements'),
  'heartbeat-reply': ignore('only a leader asks for signs of life'),
  'read-index': ignore('only a leader knows the commit index; the asker asks again'),
} satisfies { [K in MessageKind]?: Handler<RoleName, K> };

const twoLeaders = ignore('a term has one leader, and it is this one');

const table = {
  follower: {
    ...fromLeader,
    ...asked,
    ...toLeader,
    'pre-vote-reply': ignore('this campaign is over'),
    'vote-reply': ignore('this campaign is over'),
    'read-index-reply': onReadIndexReply,
    'timeout-now': (core) => void maybeCampaign(core, { hint: false, forced: true }),
  },
  'pre-candidate': {
    ...fromLeader,
    ...asked,
    ...toLeader,
    'pre-vote-reply': onPreVoteReply,
    'vote-reply': ignore('no vote was asked for yet'),
    'read-index-reply': ignore('these reads were given back'),
    'timeout-now': (core) => void maybeCampaign(core, { hint: false, forced: true }),
  },
  candidate: {
    ...fromLeader,
    ...asked,
    ...toLeader,
    'pre-vote-reply': ignore('the pre-vote is won already'),
    'vote-reply': onVoteReply,
    'read-index-reply': ignore('these reads were given back'),
    'timeout-now': ignore('already campaigning'),
  },
  leader: {
    ...asked,
    append: twoLeaders,
    heartbeat: twoLeaders,
    snapshot: twoLeaders,
    quiesce: twoLeaders,
    'append-reply': onAppendReply,
    'heartbeat-reply': onHeartbeatReply,
    'read-index': onReadIndex,
    'pre-vote-reply': ignore('already elected'),
    'vote-reply': ignore('already elected'),
    'read-index-reply': ignore('these reads were given back'),
    'timeout-now': ignore('already leading'),
  },
} satisfies Table & Record<RoleName, Record<MessageKind, unknown>>;

/** Hands `message` to the handler of the present role. */
export function dispatch(core: Core, message: Message): void {
  const { role } = core;
  // The table's type pairs role and kind; indexing by both at once is beyond the compiler.
  const handler = table[role.name][message.kind] as unknown as (
    core: Core,
    role: unknown,
    message: Message,
  ) => void;
  handler(core, role, message);
}
