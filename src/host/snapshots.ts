/**
 * Snapshots on their way out and in. Out: one unchanging view of the store, streamed; the log above
 * it is kept meanwhile. In: received whole into a space of its own before the core hears of it.
 */
import type { GroupId, NodeId, ReplicaId } from '../base/ids.js';
import type { IncomingSnapshot, Machine, NodeState } from '../machine/types.js';
import type { MessageOf } from '../raft/types.js';
import type { Received } from '../replica/installation.js';
import type { Log, SnapshotHeader, SnapshotSink, Transport } from '../replica/ports.js';
import type { Replica } from '../replica/replica.js';
import type { Descriptor } from '../shard/descriptor.js';
import { membersOf } from '../shard/members.js';

export interface SnapshotParts {
  readonly state: NodeState;
  readonly log: Log;
  readonly transport: Transport;
  readonly replica: (group: GroupId) => Replica | undefined;
  readonly openMachine: (group: GroupId, descriptor: Descriptor) => Promise<Machine>;
  readonly say: (line: string, fields?: Record<string, unknown>) => void;
  readonly wake: (group: GroupId) => void;
}

export class Snapshots {
  readonly #parts: SnapshotParts;
  readonly #sending = new Set<string>();

  constructor(parts: SnapshotParts) {
    this.#parts = parts;
  }

  /** Streams this replica's state to a member; the outcome goes back into its progress. */
  send(group: GroupId, to: ReplicaId): void {
    const key = `${group}:${to}`;
    if (this.#sending.has(key)) return;
    this.#sending.add(key);
    const report = (outcome: 'installed' | 'failed'): void => {
      this.#sending.delete(key);
      const replica = this.#parts.replica(group);
      if (replica === undefined || replica.stopped) return;
      replica.core.reportSnapshot(to, outcome);
      this.#parts.wake(group);
    };
    this.#stream(group, to).then(
      () => report('installed'),
      (error: unknown) => {
        this.#parts.say('snapshot not delivered', { group, to, error: String(error) });
        report('failed');
      },
    );
  }

  async #stream(group: GroupId, to: ReplicaId): Promise<void> {
    const { state, log, transport } = this.#parts;
    const replica = this.#parts.replica(group);
    const node = replica?.nodeOf(to) ?? null;
    if (replica === undefined || node === null) throw new Error('not a member');
    const outgoing = await state.snapshot(group);
    const { descriptor } = outgoing;
    log.hold?.(group, descriptor.applied.index);
    try {
      const header: SnapshotHeader = {
        group,
        from: replica.self,
        to,
        term: replica.view().term,
        index: descriptor.applied.index,
        indexTerm: descriptor.applied.term,
        formatVersion: descriptor.formatVersion,
        descriptor: state.encodeDescriptor(descriptor),
      };
      await transport.sendSnapshot(node, header, outgoing.chunks, () => outgoing.summary());
    } finally {
      log.hold?.(group, null);
      await outgoing.close();
    }
  }

  receive(from: NodeId, header: SnapshotHeader): SnapshotSink {
    const { group } = header;
    const replica = this.#parts.replica(group);
    if (replica === undefined || replica.self !== header.to || replica.stopped) {
      throw new Error(`no replica ${header.to} of group ${group} here`);
    }
    this.#parts.say('receiving a snapshot', { group, from, index: header.index });
    const incoming = this.#parts.state.receive(group, header.to, header.descriptor);
    // From its end on the snapshot is the core's: its record may be durable when the stream breaks.
    let ending = false;
    let broken: string | null = null;
    return {
      chunk: (bytes) => incoming.chunk(bytes),
      finish: async (summary) => {
        ending = true;
        const descriptor = await finished(incoming, summary);
        if (broken !== null) {
          await incoming.abort();
          throw new Error(broken);
        }
        await this.#offer(replica, header, descriptor, incoming);
        this.#parts.say('snapshot installed', { group, index: header.index });
      },
      abort(reason) {
        broken = reason;
        if (!ending) incoming.abort().catch(() => undefined);
      },
    };
  }

  #offer(
    replica: Replica,
    header: SnapshotHeader,
    descriptor: Descriptor,
    incoming: IncomingSnapshot,
  ): Promise<void> {
    const { group, index, indexTerm } = header;
    const encoded = this.#parts.state.encodeDescriptor(descriptor);
    return new Promise((resolve, reject) => {
      const received: Received = {
        record: {
          kind: 'snapshot',
          group,
          replica: replica.self,
          index,
          term: indexTerm,
          space: incoming.space,
          keepsAbove: false,
          descriptor: encoded,
        },
        install: () => this.#parts.openMachine(group, descriptor),
        refused(reason) {
          incoming.abort().then(() => reject(new Error(reason)), reject);
        },
        installed: resolve,
        failed: reject,
      };
      const message: MessageOf<'snapshot'> = {
        kind: 'snapshot',
        from: header.from,
        to: header.to,
        term: header.term,
        floor: { index, term: indexTerm },
        members: membersOf(descriptor),
      };
      replica.offer(received, message);
    });
  }
}

/** What its sums refuse is nobody's: its rows go before the sender hears of it and tries again. */
async function finished(
  incoming: IncomingSnapshot,
  summary: Parameters<IncomingSnapshot['finish']>[0],
): Promise<Descriptor> {
  try {
    return await incoming.finish(summary);
  } catch (error) {
    await incoming.abort();
    throw error;
  }
}
