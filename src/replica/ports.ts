/**
 * What a replica (and the host of many) needs from outside: the shared log and the peers. Types
 * only; adapters live in log/ and transport/ and pass the suites in test/conformance.
 */
import type { GroupId, LogIndex, NodeId, ReplicaId, SpaceId, Term } from '../base/ids.js';
import type { EntryKind, HardState, Message } from '../raft/types.js';

/** An entry with its payload. The bytes are owned by nobody in particular and never changed. */
export interface LogEntry {
  readonly index: LogIndex;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly bytes: Uint8Array;
}

/** What the log can hold. Records of one `write` are one unit: all durable or none. */
export type LogRecord =
  /** Drops whatever the group had from the first entry's index on, then adds. */
  | {
      readonly kind: 'append';
      readonly group: GroupId;
      readonly replica: ReplicaId;
      readonly entries: readonly LogEntry[];
    }
  | {
      readonly kind: 'hard-state';
      readonly group: GroupId;
      readonly replica: ReplicaId;
      readonly state: HardState;
    }
  /** The group's log begins after this point (birth of a group: 10, term 5). */
  | {
      readonly kind: 'floor';
      readonly group: GroupId;
      readonly replica: ReplicaId;
      readonly index: LogIndex;
      readonly term: Term;
    }
  /** A snapshot was received whole into `space`: the commit point of its installation. */
  | {
      readonly kind: 'snapshot';
      readonly group: GroupId;
      readonly replica: ReplicaId;
      readonly index: LogIndex;
      readonly term: Term;
      readonly space: SpaceId;
      /** Whether the entries above `index` stay in the log. */
      readonly keepsAbove: boolean;
      readonly descriptor: Uint8Array;
    }
  /** The snapshot record up to this index was finished: its descriptor is durable in the store. */
  | {
      readonly kind: 'installed';
      readonly group: GroupId;
      readonly replica: ReplicaId;
      readonly index: LogIndex;
    }
  /** No replica of this group with this or a smaller ReplicaId may ever be made here again. */
  | { readonly kind: 'tombstone'; readonly group: GroupId; readonly replica: ReplicaId };

/** What the log held of a group when the node started. */
export interface RestoredGroup {
  readonly group: GroupId;
  /** The newest replica of the group that wrote here. */
  readonly replica: ReplicaId;
  readonly hardState: HardState;
  readonly floor: { readonly index: LogIndex; readonly term: Term };
  /** Metadata of the entries above the floor; their bytes are read by `entries`. */
  readonly entries: readonly {
    readonly index: LogIndex;
    readonly term: Term;
    readonly kind: EntryKind;
    readonly size: number;
  }[];
  /** A snapshot record without its `installed`. */
  readonly snapshot: Extract<LogRecord, { kind: 'snapshot' }> | null;
}

export interface RestoredLog {
  readonly groups: ReadonlyMap<GroupId, RestoredGroup>;
  readonly tombstones: ReadonlyMap<GroupId, ReplicaId>;
  /** A torn tail was cut at the last start; shown by status. */
  readonly tornTail: { readonly segment: string; readonly offset: number } | null;
}

/**
 * The node's write-ahead log. Writes called while one syncs gather into the next frame; completions
 * come in order. A failed write or sync is final: `onFatal` of the adapter's options is called
 * once, nothing after it completes.
 */
export interface Log {
  readonly restored: RestoredLog;
  /**
   * `onDurable` runs when these records, and all before them, are on disk. Records that need no
   * sync of their own (`sync` false) ride with the next frame or go within 100 ms.
   */
  write(records: readonly LogRecord[], sync: boolean, onDurable: () => void): void;
  /** True while a frame is being written: new proposals had better gather. */
  readonly busy: boolean;
  /** Milliseconds the frame under way has taken so far, 0 when none is. */
  frameAgeMs(): number;
  /** Entries `from` … `to` cut at `maxBytes` (at least one); null when a part was released. */
  entries(
    group: GroupId,
    from: LogIndex,
    to: LogIndex,
    maxBytes: number,
  ): Promise<readonly LogEntry[] | null>;
  /**
   * As `entries`, without a disk: null when a part was released or is no longer in memory. For the
   * hot path; `entries` is the fallback.
   */
  recent(
    group: GroupId,
    from: LogIndex,
    to: LogIndex,
    maxBytes: number,
  ): readonly LogEntry[] | null;
  /**
   * The state machine holds everything up to `index` durably: the log up to there may go. It stays
   * for slow followers until it is over its bound or in the way; ask `floor` afterwards.
   */
  release(group: GroupId, index: LogIndex, term: Term): void;
  /** Keeps what is above `index` although released (a snapshot is on its way); null ends it. */
  hold(group: GroupId, index: LogIndex | null): void;
  /** Where the group's log begins now; null for a group the log does not know. */
  floor(group: GroupId): { readonly index: LogIndex; readonly term: Term } | null;
  /** Bytes of live entries above the floor. */
  liveBytes(group: GroupId): number;
  stats(): LogStats;
  /** Seals the tail and closes. */
  close(): Promise<void>;
}

export interface LogStats {
  readonly segments: number;
  readonly bytes: number;
  readonly frames: number;
  readonly syncs: number;
}

/** A Raft message on its way between nodes; an append carries the bytes of its entries. */
export interface PeerMessage {
  readonly group: GroupId;
  readonly message: Message;
  /** As many as the message has entries; empty on other kinds. */
  readonly payloads: readonly Uint8Array[];
}

/** What rides on every control envelope: proof of life, clock, and who leads what. */
export interface NodeBeat {
  readonly node: NodeId;
  /** The sender's wall clock, for the cluster clock. */
  readonly wallMs: number;
  /** The sender's cluster clock. */
  readonly clusterMs: number;
  /** Groups led by the sender with their terms; sent whole when it changed, else null. */
  /** Its disk hangs or is nearly full: it must not be given leadership. */
  readonly unfit?: true;
  readonly leads:
    | readonly { readonly group: GroupId; readonly term: Term; readonly replica: ReplicaId }[]
    | null;
}

/** What transport tells the node it serves. Calls come in order per peer. */
export interface TransportHandler {
  /** `from` has been checked by the handshake. */
  onMessages(from: NodeId, messages: readonly PeerMessage[]): void;
  onBeat(from: NodeId, beat: NodeBeat): void;
  /** The peer is there (again); a new boot of it has `boot` different from before. */
  onPeerUp(peer: NodeId, boot: string): void;
  onPeerDown(peer: NodeId): void;
  /** The peer will not talk to this node, and says why (a reason of its handshake). */
  onRefused?(peer: NodeId, reason: string): void;
  /**
   * The queue to `peer` was full and dropped appends of `group`, the newest first: its progress
   * goes back to probing. Called at the end of the turn, once per group.
   */
  onDropped?(peer: NodeId, group: GroupId): void;
  /** A request of another node; `answer` is called once, its bytes are sent back. */
  onCall(from: NodeId, method: number, body: Uint8Array, answer: (body: Uint8Array) => void): void;
  /** A snapshot is coming in; returns the sink its chunks go to. */
  onSnapshot(from: NodeId, header: SnapshotHeader): SnapshotSink;
}

export interface SnapshotHeader {
  readonly group: GroupId;
  readonly from: ReplicaId;
  readonly to: ReplicaId;
  readonly term: Term;
  readonly index: LogIndex;
  readonly indexTerm: Term;
  readonly formatVersion: number;
  readonly descriptor: Uint8Array;
}

export interface SnapshotSummary {
  readonly chunks: number;
  readonly rows: number;
  readonly digest: number;
  /** For the receiving store; opaque here. */
  readonly removals: Uint8Array;
}

export interface SnapshotSink {
  /** Resolves when the chunk is durable and the next may come. Rejects: the stream is refused. */
  chunk(bytes: Uint8Array): Promise<void>;
  /** All chunks came; `digest` covers them. Resolves when installed (or refused by rejection). */
  finish(summary: SnapshotSummary): Promise<void>;
  abort(reason: string): void;
}

/** What became of a request without an answer: `not-sent` surely never arrived. */
export interface CallFailure {
  readonly outcome: 'not-sent' | 'unknown';
}

export interface Transport {
  /** Queues for the next `flush`; drops by the rules of DESIGN section 2 when queues are full. */
  send(to: NodeId, message: PeerMessage): void;
  beat(to: NodeId, beat: NodeBeat): void;
  /** Ends the turn: one envelope per peer and stream goes out. */
  flush(): void;
  /**
   * Asks another node; rejects with `UNREACHABLE` when surely not delivered, else
   * `OUTCOME_UNKNOWN`.
   */
  call(to: NodeId, method: number, body: Uint8Array, timeoutMs: number): Promise<Uint8Array>;
  /**
   * `call` without a promise, for the hot path: `done` runs once, perhaps at once when the request
   * cannot be sent. The body of an answer is a view of a received message.
   */
  request(
    to: NodeId,
    method: number,
    body: Uint8Array,
    timeoutMs: number,
    done: (failure: CallFailure | null, body: Uint8Array) => void,
  ): void;
  /** Streams a snapshot, rate-limited, one chunk waiting for the one before. */
  sendSnapshot(
    to: NodeId,
    header: SnapshotHeader,
    chunks: AsyncIterable<Uint8Array>,
    summary: () => SnapshotSummary,
  ): Promise<void>;
  /** The peers to keep streams to, by address; replaces the list. */
  setPeers(peers: ReadonlyMap<NodeId, string>): void;
  connected(peer: NodeId): boolean;
  close(): Promise<void>;
}
