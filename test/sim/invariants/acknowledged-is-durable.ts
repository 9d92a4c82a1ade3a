/**
 * What a log has told to be durable is there after any crash; what a client was told to be written
 * is on the disks of a majority at that moment, of both halves of a joint configuration.
 * Source: Ongaro 2014 (thesis), section 3.8 and 10.2.1; issue 3, "acknowledged is durable".
 */
import type { GroupId, NodeId } from '../../../src/base/ids.js';
import type { Machine } from '../../../src/machine/types.js';
import type { TraceEvent } from '../../../src/raft/types.js';
import type { Log } from '../../../src/replica/ports.js';
import type { Outcome } from '../load/client.js';
import type { LogMirror } from '../node/log-mirror.js';
import type { Applied } from '../node/observer.js';
import { type Invariant, mustHold } from './invariant.js';
import { isQuorum, VotingHistory } from './voting.js';

interface Entry {
  readonly group: GroupId;
  readonly index: number;
  readonly term: number;
  readonly bytes: Uint8Array;
  readonly voters: readonly NodeId[];
}

export interface DurabilityParts {
  readonly mirror: LogMirror;
  /** Whether a node's disk would show these bytes of the log after a power cut now. */
  readonly onDisk: (node: NodeId, bytes: Uint8Array) => boolean;
}

/** Disks are searched for one acknowledgement in so many. */
const SAMPLE = 8;
const KEPT = 4096;

export class AcknowledgedIsDurable implements Invariant {
  readonly name = 'acknowledged is durable';
  checks = 0;
  readonly #parts: DurabilityParts;
  readonly #entries = new Map<string, Entry[]>();
  readonly #voting = new VotingHistory();
  #acknowledged = 0;

  constructor(parts: DurabilityParts) {
    this.#parts = parts;
  }

  onStart(node: NodeId): void {
    this.#voting.onStart(node);
  }

  onOpened(node: NodeId, group: GroupId, machine: Machine): void {
    this.#voting.onOpened(node, group, machine);
  }

  onTrace(node: NodeId, group: GroupId, event: TraceEvent): void {
    this.#voting.onTrace(node, group, event);
  }

  /** Runs before the mirror takes over what was restored. */
  onRestored(node: NodeId, log: Log): void {
    for (const [group, held] of log.restored.groups) {
      const mirror = this.#parts.mirror.of(node, group);
      const terms = new Map(held.entries.map((entry) => [entry.index as number, entry.term]));
      for (const [index, { term }] of mirror.durable) {
        if (index <= held.floor.index) continue;
        this.checks++;
        mustHold(this.name, terms.get(index) === term, () => {
          const found = terms.get(index) ?? 'nothing';
          return (
            `node ${node} told that index ${index} of group ${group} in term ${term} was ` +
            `durable; after its restart it holds ${found}`
          );
        });
      }
    }
  }

  onApplied(_node: NodeId, group: GroupId, { entry, result, machine }: Applied): void {
    const { payload } = result;
    if (payload?.kind !== 'commands') return;
    const { members } = machine.state.descriptor;
    const voters = members.filter((one) => one.role === 'voter').map((one) => one.node);
    const { index, term, bytes } = entry;
    for (const { stamp } of payload.commands) {
      const key = keyOf(stamp);
      const entries = this.#entries.get(key) ?? [];
      if (entries.some((one) => one.group === group && one.index === index)) continue;
      entries.push({ group, index, term, bytes, voters });
      this.#entries.set(key, entries);
    }
    if (this.#entries.size <= KEPT) return;
    for (const key of [...this.#entries.keys()].slice(0, KEPT / 2)) this.#entries.delete(key);
  }

  onOutcome({ result, stamp, client }: Pick<Outcome, 'result' | 'stamp' | 'client'>): void {
    if (result !== 'ok' || stamp === null) return;
    const sampled = this.#acknowledged++ % SAMPLE === 0;
    for (const entry of this.#entries.get(keyOf(stamp)) ?? []) {
      this.checks++;
      const { group, index, voters } = entry;
      const voting = this.#voting.at(group, index) ?? { voters, outgoing: [] };
      const holds = (node: NodeId): boolean => this.#holds(node, entry, sampled);
      mustHold(this.name, isQuorum(voting, holds), () => {
        const both = [...new Set([...voting.voters, ...voting.outgoing])];
        const outgoing = voting.outgoing.length > 0 ? ` and [${voting.outgoing}]` : '';
        return (
          `client ${client} was told that ${stamp.sequence} is written (group ${group}, index ` +
          `${index}), but only nodes [${both.filter(holds)}] of [${voting.voters}]${outgoing} hold it`
        );
      });
    }
  }

  #holds(node: NodeId, { group, index, term, bytes }: Entry, sampled: boolean): boolean {
    const mirror = this.#parts.mirror.of(node, group);
    if (index <= mirror.floor) return true;
    if (mirror.durable.get(index)?.term !== term) return false;
    return !sampled || this.#parts.onDisk(node, bytes);
  }
}

const keyOf = ({ session, sequence }: { session: string; sequence: number }): string =>
  `${session}/${sequence}`;
