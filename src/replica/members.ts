/**
 * Changes of a replica's members on their way into the log and out of it. In: whatever cannot be
 * carried out is refused before anything is appended. Out: the entry that was applied changes the
 * core's configuration and the descriptor in one step, so that a restarted replica stands where
 * its applied index does, also in the middle of a joint change (Ongaro 2014, chapter 4).
 */
import type { LogIndex, ReplicaId, Term } from '../base/ids.js';
import type { ConfigChange, Proposal, Raft } from '../raft/types.js';
import type { Descriptor } from '../shard/descriptor.js';
import { applyConfigToDescriptor, type Placed } from '../shard/members.js';
import { encodeEntry } from '../wire/entry/codec.js';
import type { EntryPayload } from '../wire/entry/types.js';

/** Hands over the bytes of the config entry that was appended. */
type KeepConfig = (index: LogIndex, term: Term, bytes: Uint8Array, payload: EntryPayload) => void;

/**
 * Appends the entry that carries `change`; `placed` names the nodes of replicas that are no members
 * yet. What comes of it shows when it is applied: another leader may overwrite it.
 */
export function proposeMembers(
  core: Raft,
  descriptor: Descriptor,
  change: ConfigChange,
  placed: readonly Placed[],
  keep: KeepConfig,
): Proposal {
  if (!isPlaced(descriptor, change, placed)) return { ok: false, reason: 'config-invalid' };
  const payload: EntryPayload = { kind: 'config', change, placed };
  const bytes = encodeEntry(payload);
  const proposal = core.proposeConfig(change, bytes.length);
  if (proposal.ok) keep(proposal.index, proposal.term, bytes, payload);
  return proposal;
}

/**
 * Who is added is a member, or new under a ReplicaId that was never given out, on a node that holds
 * no replica of this group: every replica that applies the entry relies on it.
 */
function isPlaced(
  { members, nextReplica }: Descriptor,
  change: ConfigChange,
  placed: readonly Placed[],
): boolean {
  const known = new Set<ReplicaId>(members.map(({ replica }) => replica));
  const nodes = new Set(members.map(({ node }) => node));
  for (const { replica, node } of placed) {
    if (replica < nextReplica || known.has(replica) || nodes.has(node)) return false;
    known.add(replica);
    nodes.add(node);
  }
  if (change.kind === 'leave') return placed.length === 0;
  return change.steps.every(({ replica }) => known.has(replica));
}

/** The entry at `index` is applied: the core first, then what the descriptor says of it. */
export function applyMembers(
  core: Raft,
  descriptor: Descriptor,
  payload: EntryPayload | null,
  index: LogIndex,
): Partial<Descriptor> {
  const config = payload?.kind === 'config' ? payload : null;
  const members = core.applyConfig(config?.change ?? { kind: 'leave' }, index);
  return applyConfigToDescriptor(descriptor, { placed: config?.placed ?? [] }, members);
}
