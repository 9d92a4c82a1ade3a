/**
 * Silent divergence made loud: every replica tells its leader the digest of its state at one index,
 * and who differs from the majority of the voters is fenced (DESIGN section 6, "Integrity").
 */
import type { GroupId, LogIndex, ReplicaId } from '../base/ids.js';
import type { DigestReport } from './types.js';

export interface KnownDigest {
  readonly index: LogIndex;
  readonly value: string;
}

interface Round {
  readonly index: LogIndex;
  readonly digests: Map<ReplicaId, string>;
  /** Already said who differs. */
  readonly judged: Set<ReplicaId>;
}

export class Digests {
  readonly #rounds = new Map<GroupId, Round>();
  readonly #last = new Map<GroupId, Map<ReplicaId, KnownDigest>>();

  /** The newest digest each member has told. */
  of(group: GroupId, replica: ReplicaId): KnownDigest | null {
    return this.#last.get(group)?.get(replica) ?? null;
  }

  /**
   * Takes a report; returns the replicas that differ from what a majority of `voters` says at the
   * same index. Without a majority nobody differs.
   */
  onReport(report: DigestReport, voters: readonly ReplicaId[]): readonly ReplicaId[] {
    const { group, replica, index, digest } = report;
    const last = this.#last.get(group) ?? new Map<ReplicaId, KnownDigest>();
    this.#last.set(group, last);
    if ((last.get(replica)?.index ?? 0) <= index) last.set(replica, { index, value: digest });

    let round = this.#rounds.get(group);
    if (round === undefined || index > round.index) {
      round = { index, digests: new Map(), judged: new Set() };
      this.#rounds.set(group, round);
    }
    if (index < round.index) return [];
    round.digests.set(replica, digest);
    return this.#judge(round, voters);
  }

  #judge(round: Round, voters: readonly ReplicaId[]): ReplicaId[] {
    const counts = new Map<string, number>();
    for (const voter of voters) {
      const digest = round.digests.get(voter);
      if (digest !== undefined) counts.set(digest, (counts.get(digest) ?? 0) + 1);
    }
    const right = [...counts].find(([, count]) => count * 2 > voters.length)?.[0];
    if (right === undefined) return [];
    const differing = [...round.digests.entries()]
      .filter(([replica, digest]) => digest !== right && !round.judged.has(replica))
      .map(([replica]) => replica);
    for (const replica of differing) round.judged.add(replica);
    return differing;
  }

  forget(group: GroupId): void {
    this.#rounds.delete(group);
    this.#last.delete(group);
  }
}
