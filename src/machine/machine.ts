/**
 * The state machine of one replica, behind replica/: `prefetch` brings rows into memory, `apply`
 * runs an entry on them, synchronously and deterministically, `read` answers from what is applied.
 * Same entries, same rows, same replies on every replica; the descriptor's applied index, revision
 * counter, cluster time and session horizon change with the rows, in one batch.
 */
import { assert, must, unreachable } from '../base/assert.js';
import { fromByteKey } from '../base/bytes.js';
import type { EpochMs, LogIndex, MonoMs } from '../base/ids.js';
import type { Command } from '../kv/request.js';
import type { Due, EntryPayload } from '../wire/entry/types.js';
import { applyEffects, applyExpire } from './apply/evaluated.js';
import { applyExpireFields } from './apply/expire-fields.js';
import { type Prepared, prepareEntry, wantsOf } from './apply/prepare.js';
import { Run } from './apply/run.js';
import { applyWrite, type Shard } from './apply/write.js';
import { dueHashes } from './due-hashes.js';
import { Reader } from './reader.js';
import type { ScanLimits } from './scan.js';
import { SESSION_LIMITS, type SessionLimits, Sessions } from './sessions/sessions.js';
import type {
  AppliedEntry,
  CommittedEntry,
  Machine,
  MetaRunner,
  Outcome,
  Place,
  ReadResult,
  ShardState,
} from './types.js';

export interface MachineOptions {
  readonly state: ShardState;
  /** Of the meta group's machine alone. */
  readonly meta?: MetaRunner;
  readonly scan?: ScanLimits;
  /** Part of the replicated rules: the same on every replica. For tests of the bounds. */
  readonly sessions?: SessionLimits;
}

/** One page of one shard: fits a peer's message, and no longer than a turn may take. */
export const SCAN_LIMITS: ScanLimits = { maxKeys: 1000, maxBytes: 1024 * 1024, budgetMs: 5 };

const NO_OUTCOMES: readonly Outcome[] = [];

/** Loads the sessions; the machine then stands at `state.descriptor.applied`. */
export async function createMachine(options: MachineOptions): Promise<ShardMachine> {
  const sessions = await Sessions.open(options.state, options.sessions ?? SESSION_LIMITS);
  return new ShardMachine(options, sessions);
}

export class ShardMachine implements Machine {
  readonly state: ShardState;
  readonly sessions: Sessions;
  readonly #meta: MetaRunner | null;
  readonly #run: Run;
  readonly #reader: Reader;
  /** Prefetched and not yet applied. */
  readonly #prepared = new Map<LogIndex, Prepared>();

  constructor(options: MachineOptions, sessions: Sessions) {
    this.state = options.state;
    this.sessions = sessions;
    this.#meta = options.meta ?? null;
    this.#run = new Run(options.state);
    this.#reader = new Reader(options.state, this.#run, options.scan ?? SCAN_LIMITS, () =>
      this.#maybeEndRun(),
    );
  }

  get clusterTime(): EpochMs {
    return this.#run.time;
  }

  /** Throws UnknownEntry, or RkvError CORRUPT, when the entry cannot be read. */
  prefetch(entry: CommittedEntry): Promise<void> | undefined {
    const prepared = prepareEntry(entry);
    this.#prepared.set(entry.index, prepared);
    const wants = wantsOf(prepared, this.state.descriptor.range);
    return wants.length === 0 ? undefined : this.state.load(wants);
  }

  apply(entry: CommittedEntry): AppliedEntry {
    const { applied } = this.state.descriptor;
    assert(entry.index === applied.index + 1, 'entries are applied one after the other');
    assert(entry.term >= applied.term, 'terms never go back along a log');
    const prepared = this.#prepared.get(entry.index) ?? prepareEntry(entry);
    this.#prepared.delete(entry.index);
    const { payload } = prepared;
    if (payload !== null && payload.kind !== 'config') {
      this.#run.advance(payload.stamp);
      this.sessions.advance(this.#run.time);
    }
    this.#run.beginEntry(prepared.wholes);
    const result = this.#applyPayload(entry, prepared);
    this.state.update({
      applied: { index: entry.index, term: entry.term },
      revision: this.#run.revision,
      clusterTime: this.#run.time,
      sessionHorizon: this.sessions.horizon,
    });
    this.#maybeEndRun();
    return result;
  }

  read(
    command: Command,
    now: EpochMs,
    settled: boolean,
    deadline?: MonoMs,
  ): ReadResult | Promise<ReadResult> {
    return this.#reader.read(command, now, settled, deadline);
  }

  async due(now: EpochMs, count: number): Promise<EntryPayload | null> {
    const next = this.state.nextDeadline();
    if (next === null || next > now) return null;
    const rows = await this.state.due(now, count);
    if (rows.length === 0) return null;
    // Headers tell what is due, the key or fields of it; apply wants them next.
    await this.state.load(rows.map(({ place }) => ({ ...place, need: 'header' })));
    const due: Due[] = [];
    const wakes: Place[] = [];
    for (const { place, deadline } of rows) {
      const header = this.state.header(place);
      if (header?.deadline === deadline) {
        due.push({ database: place.database, key: fromByteKey(place.key), deadline });
      } else if (header) wakes.push(place);
    }
    this.#maybeEndRun();
    // What has waited longest goes first, or keys could keep fields waiting for ever.
    if (due.length > 0 && rows[0]?.deadline === due[0]?.deadline) {
      return { kind: 'expire', stamp: now, due };
    }
    const hashes = await dueHashes(this.state, wakes, now, count);
    this.#maybeEndRun();
    if (hashes.length > 0) return { kind: 'expireFields', stamp: now, hashes };
    return due.length === 0 ? null : { kind: 'expire', stamp: now, due };
  }

  #applyPayload(entry: CommittedEntry, { payload, calls, places }: Prepared): AppliedEntry {
    if (payload === null) return { outcomes: NO_OUTCOMES, payload };
    const shard: Shard = {
      run: this.#run,
      sessions: this.sessions,
      range: this.state.descriptor.range,
    };
    switch (payload.kind) {
      case 'commands': {
        const outcomes = payload.commands.map(({ stamp }, i) =>
          applyWrite(shard, calls[i] ?? null, stamp),
        );
        return { outcomes, payload };
      }
      case 'effects':
        return { outcomes: [applyEffects(shard, payload, places, entry.term)], payload };
      case 'expire':
        applyExpire(shard, payload, places);
        return { outcomes: NO_OUTCOMES, payload };
      case 'expireFields':
        applyExpireFields(shard, payload, places);
        return { outcomes: NO_OUTCOMES, payload };
      case 'digest':
        return { outcomes: NO_OUTCOMES, payload, digest: this.state.digest() };
      case 'time':
      case 'config':
        return { outcomes: NO_OUTCOMES, payload };
      case 'meta': {
        const meta = must(this.#meta, 'the runner of the meta group');
        const context = { time: this.#run.time, index: entry.index, state: this.state };
        const replies = payload.commands.map((command) => meta.apply(command, context));
        return { outcomes: NO_OUTCOMES, payload, meta: replies };
      }
      default:
        return unreachable(payload);
    }
  }

  /** Rows stay pinned for entries that were prefetched and wait. */
  #maybeEndRun(): void {
    if (this.#prepared.size === 0) this.state.endRun();
  }
}
