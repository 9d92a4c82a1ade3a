/**
 * One line for each thing the core speaks of, for logs, transcripts and test failures. Terse and
 * stable: transcripts in test/stories compare them literally. An entry is `index/term`, a message
 * `kind from>to t<term> …`.
 */
import type {
  ConfigChange,
  EntryMeta,
  HardState,
  LogFloor,
  Members,
  MemberView,
  Message,
  Proposal,
  RaftView,
  ReadState,
  Ready,
  SoftState,
  TraceEvent,
} from './types.js';

/** `5/2` a normal entry, `5/2!` a no-op, `5/2*` a config entry; `:12` its bytes, unless 0. */
export function describeEntry({ index, term, kind, size }: EntryMeta): string {
  const mark = { normal: '', noop: '!', config: '*' }[kind];
  return `${index}/${term}${mark}${size === 0 ? '' : `:${size}`}`;
}

export const describeEntries = (entries: readonly EntryMeta[]): string =>
  `[${entries.map(describeEntry).join(' ')}]`;

export const describeFloor = ({ index, term }: LogFloor): string => `${index}/${term}`;

/** `1 2 3`; a joint one `1 2 4 & 1 2 3`; learners, those to come, and auto-leave if there are. */
export function describeMembers(members: Members): string {
  const { voters, outgoing, learners, learnersNext, autoLeave } = members;
  let text = `(${voters.join(' ')})`;
  if (outgoing.length > 0) text += `&(${outgoing.join(' ')})`;
  if (learners.length > 0) text += ` learners=(${learners.join(' ')})`;
  if (learnersNext.length > 0) text += ` next=(${learnersNext.join(' ')})`;
  return autoLeave ? `${text} auto` : text;
}

export function describeChange(change: ConfigChange): string {
  if (change.kind === 'leave') return 'leave';
  const steps = change.steps.map(({ op, replica }) => `${op} ${replica}`).join(', ');
  return change.autoLeave ? `${steps}, auto` : steps;
}

export const describeHardState = ({ term, vote, commit }: HardState): string =>
  `t${term} vote=${vote ?? '-'} commit=${commit}`;

export const describeSoftState = ({ role, leader, term }: SoftState): string =>
  `${role} t${term} leader=${leader ?? '-'}`;

export function describeMessage(message: Message): string {
  const { kind, from, to, term } = message;
  const rest = describeBody(message);
  return `${kind} ${from}>${to} t${term}${rest === '' ? '' : ` ${rest}`}`;
}

function describeBody(message: Message): string {
  switch (message.kind) {
    case 'pre-vote':
      return `last=${message.lastIndex}/${message.lastTerm}${message.hint ? ' hint' : ''}`;
    case 'vote':
      return `last=${message.lastIndex}/${message.lastTerm}${message.forced ? ' forced' : ''}`;
    case 'pre-vote-reply':
    case 'vote-reply':
      return message.granted ? 'granted' : 'refused';
    case 'append': {
      const { prevIndex, prevTerm, entries, commit } = message;
      return (
        `prev=${prevIndex}/${prevTerm} ${describeEntries(entries)} commit=${commit}` +
        round(message.round)
      );
    }
    case 'append-reply': {
      const { result } = message;
      const body = result.ok
        ? `match=${result.match}`
        : `rejected=${result.rejected} hint=${result.hintIndex}/${result.hintTerm}`;
      return body + round(message.round);
    }
    case 'heartbeat':
      return `commit=${message.commit}${round(message.round)}`;
    case 'heartbeat-reply':
      return round(message.round).trimStart();
    case 'read-index':
      return `ctx=${message.context}`;
    case 'read-index-reply':
      return `ctx=${message.context} index=${message.index}`;
    case 'snapshot':
      return `${describeFloor(message.floor)} ${describeMembers(message.members)}`;
    case 'quiesce':
      return `commit=${message.commit}`;
    case 'timeout-now':
      return '';
  }
}

const round = (number: number): string => (number === 0 ? '' : ` round=${number}`);

export const describeRead = (read: ReadState): string =>
  read.outcome === 'ok' ? `ctx=${read.context} index=${read.index}` : `ctx=${read.context} lost`;

export const describeProposal = (proposal: Proposal): string =>
  proposal.ok ? `ok ${proposal.index}/${proposal.term}` : proposal.reason;

/** A Ready as lines, only what is there: `ready 3 sync`, then one line a part. */
export function describeReady(ready: Ready): string {
  const lines = [`ready ${ready.number}${ready.mustSync ? ' sync' : ''}`];
  if (ready.soft !== null) lines.push(`  soft ${describeSoftState(ready.soft)}`);
  if (ready.hardState !== null) lines.push(`  hard ${describeHardState(ready.hardState)}`);
  if (ready.snapshot !== null) {
    const { floor, members } = ready.snapshot;
    lines.push(`  snapshot ${describeFloor(floor)} ${describeMembers(members)}`);
  }
  if (ready.entries.length > 0) lines.push(`  entries ${describeEntries(ready.entries)}`);
  if (ready.committed !== null) {
    lines.push(`  committed ${ready.committed.from}..${ready.committed.to}`);
  }
  for (const read of ready.reads) lines.push(`  read ${describeRead(read)}`);
  for (const message of ready.messages) lines.push(`  now ${describeMessage(message)}`);
  for (const message of ready.messagesAfterPersist) {
    lines.push(`  after ${describeMessage(message)}`);
  }
  return lines.join('\n');
}

export const describeMember = ({ replica, role, state, match, active }: MemberView): string =>
  `${replica} ${role} ${state} match=${match}${active ? '' : ' silent'}`;

export function describeView(view: RaftView): string {
  const { role, term, leader, commit, applied, lastIndex, floor, members } = view;
  const rest = view.quiesced ? ' resting' : '';
  const transfer = view.transferTo === null ? '' : ` transfer>${view.transferTo}`;
  return (
    `${role} t${term} leader=${leader ?? '-'} log=${describeFloor(floor)}..${lastIndex} ` +
    `commit=${commit} applied=${applied} ${describeMembers(members)}${rest}${transfer}`
  );
}

export function describeTrace(event: TraceEvent): string {
  switch (event.kind) {
    case 'role':
      return `role ${event.role} t${event.term} at ${event.at}`;
    case 'vote': {
      const what = event.pre ? 'pre-vote' : 'vote';
      return `${what} t${event.term} for ${event.candidate} ${event.granted ? 'granted' : 'refused'}`;
    }
    case 'conflict':
      return `conflict at ${event.index}: t${event.oldTerm} gives way to t${event.newTerm}`;
    case 'commit':
      return `commit ${event.index}/${event.term}`;
    case 'config':
      return `config at ${event.index}: ${describeMembers(event.members)}`;
    case 'snapshot':
      return `snapshot ${event.step} ${event.replica} at ${event.index}`;
    case 'transfer':
      return `transfer ${event.step} >${event.to}${event.why === '' ? '' : `: ${event.why}`}`;
    case 'rest':
      return `${event.role} ${event.resting ? 'rests' : 'wakes'}`;
    case 'step-down':
      return `steps down: ${event.why}`;
    case 'campaign-refused':
      return `does not campaign: ${event.why}`;
    case 'ignored':
      return `ignored ${event.message} as ${event.role}: ${event.why}`;
  }
}
