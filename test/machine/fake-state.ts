/**
 * A ShardState small enough to be believed: rows in Maps, a store of sealed rows behind them, and a
 * digest computed over everything each time. `reopen` gives what a restart would find after the
 * last flush. With `cold` it forgets rows that nobody pinned, so that a missing prefetch shows.
 */
import { assert } from '../../src/base/assert.js';
import { asBuffer, type ByteKey, fromByteKey } from '../../src/base/bytes.js';
import { crc32 } from '../../src/base/checksum.js';
import type {
  Epoch,
  EpochMs,
  LogIndex,
  NodeId,
  ReplicaId,
  Revision,
  ShardId,
  SpaceId,
  Term,
} from '../../src/base/ids.js';
import { FACTS_BYTES } from '../../src/machine/store/row-codec.js';
import type {
  DueRow,
  ElementPage,
  ElementRange,
  Head,
  Header,
  NewHead,
  Place,
  ScanPage,
  ScanRange,
  ShardState,
  Table,
  Want,
} from '../../src/machine/types.js';
import type { Descriptor } from '../../src/shard/descriptor.js';
import { FakeElements } from './fake-elements.js';

export function emptyDescriptor(change: Partial<Descriptor> = {}): Descriptor {
  return {
    formatVersion: 1,
    shard: 1 as ShardId,
    replica: 1 as ReplicaId,
    nextReplica: 2 as ReplicaId,
    range: { first: 0, last: 255 },
    pieces: [{ range: { first: 0, last: 255 }, space: 1 as SpaceId }],
    rangeEpoch: 1 as Epoch,
    membersEpoch: 1 as Epoch,
    members: [
      {
        replica: 1 as ReplicaId,
        node: 1 as NodeId,
        role: 'voter',
        outgoing: null,
        demoted: false,
      },
    ],
    autoLeave: false,
    applied: { index: 0 as LogIndex, term: 0 as Term },
    revision: 0 as Revision,
    clusterTime: 0 as EpochMs,
    sessionHorizon: 0 as EpochMs,
    state: 'live',
    ...change,
  };
}

const name = (place: Place): string => `${place.bucket}/${place.database}/${place.key}`;

function crcOf(place: Place, head: NewHead): number {
  const { value, ...rest } = head;
  return crc32(value, crc32(Buffer.from(name(place) + JSON.stringify(rest), 'latin1')));
}

interface Stored {
  readonly place: Place;
  readonly head: Head;
}

interface Row {
  readonly table: Table;
  readonly bucket: number;
  readonly key: ByteKey;
  readonly value: Uint8Array;
}

interface Durable {
  readonly descriptor: Descriptor;
  readonly heads: ReadonlyMap<string, Stored>;
  readonly removed: ReadonlyMap<string, number>;
  readonly rows: ReadonlyMap<string, Row>;
  readonly elements: ReadonlyMap<string, ReadonlyMap<ByteKey, Uint8Array>>;
}

const dueOf = ({ deadline, facts }: Head): EpochMs | null => {
  const wake = facts?.wake ?? null;
  if (wake === null || deadline === null) return wake ?? deadline;
  return wake < deadline ? wake : deadline;
};

export class FakeState implements ShardState {
  #descriptor: Descriptor;
  readonly #heads: Map<string, Stored>;
  readonly #removed: Map<string, number>;
  readonly #rows: Map<string, Row>;
  readonly #elements: FakeElements;
  readonly #cold: boolean;
  readonly #pinned = new Map<string, Want['need']>();
  #collect: () => void = () => {};
  #durable: Durable;
  /** Rows other than heads that were ever put. */
  rowPuts = 0;
  /** Loads answer with a promise. */
  slow = false;
  /** The next scan stops after looking at so many keys. */
  scanStops: number | null = null;

  constructor(descriptor: Descriptor, cold = false, from?: Durable) {
    this.#descriptor = descriptor;
    this.#cold = cold;
    this.#heads = new Map(from?.heads);
    this.#removed = new Map(from?.removed);
    this.#rows = new Map(from?.rows);
    this.#elements = new FakeElements(from?.elements);
    this.#durable = from ?? {
      descriptor,
      heads: new Map(),
      removed: new Map(),
      rows: new Map(),
      elements: new Map(),
    };
  }

  flush(): void {
    this.#collect();
    this.#durable = {
      descriptor: this.#descriptor,
      heads: new Map(this.#heads),
      removed: new Map(this.#removed),
      rows: new Map(this.#rows),
      elements: this.#elements.copy(),
    };
  }

  /** What a restart finds: the last flush. */
  reopen(change: Partial<Descriptor> = {}): FakeState {
    const { descriptor } = this.#durable;
    const state = new FakeState({ ...descriptor, ...change }, this.#cold, this.#durable);
    state.slow = this.slow;
    return state;
  }

  get descriptor(): Descriptor {
    return this.#descriptor;
  }

  update(change: Partial<Descriptor>): void {
    this.#descriptor = { ...this.#descriptor, ...change };
  }

  header(place: Place): Header | null | undefined {
    if (this.#cold && !this.#pinned.has(name(place))) return undefined;
    const stored = this.#heads.get(name(place));
    if (stored === undefined) return null;
    const { value: _, ...header } = stored.head;
    return header;
  }

  head(place: Place): Head | null | undefined {
    if (this.#cold && this.#pinned.get(name(place)) !== 'head') return undefined;
    return this.#heads.get(name(place))?.head ?? null;
  }

  readHead(place: Place): Head | null | undefined {
    return this.slow ? this.head(place) : (this.#heads.get(name(place))?.head ?? null);
  }

  load(wants: readonly Want[]): Promise<void> | undefined {
    const pin = (): void => {
      for (const want of wants) {
        if (this.#pinned.get(name(want)) !== 'head') this.#pinned.set(name(want), want.need);
        const generation = this.#heads.get(name(want))?.head.generation ?? 0;
        for (const element of want.elements ?? []) this.#elements.pin(want, generation, element);
      }
    };
    if (this.slow) return Promise.resolve().then(pin);
    pin();
    return undefined;
  }

  get pins(): number {
    return this.#pinned.size;
  }

  endRun(): void {
    this.#pinned.clear();
    this.#elements.endRun();
  }

  element(place: Place, generation: number, element: ByteKey): Uint8Array | null | undefined {
    if (this.#cold && !this.#elements.pinned(place, generation, element)) return undefined;
    return this.#elements.rowsOf(place, generation).get(element) ?? null;
  }

  readElement(place: Place, generation: number, element: ByteKey): Uint8Array | null {
    this.#elements.pin(place, generation, element);
    return this.#elements.rowsOf(place, generation).get(element) ?? null;
  }

  knowElement(place: Place, generation: number, element: ByteKey, payload: Uint8Array | null) {
    const known = this.#elements.rowsOf(place, generation).get(element) ?? null;
    const same =
      known === null || payload === null ? known === payload : asBuffer(known).equals(payload);
    assert(same, 'what is said of an element is so');
  }

  putElement(place: Place, generation: number, element: ByteKey, payload: Uint8Array): void {
    this.#elements.rowsOf(place, generation).set(element, Buffer.from(payload));
  }

  deleteElement(place: Place, generation: number, element: ByteKey): void {
    this.#elements.rowsOf(place, generation).delete(element);
  }

  wholeElements(place: Place, generation: number): ElementPage['items'] | null {
    return this.#elements.whole(place, generation);
  }

  async elements(
    place: Place,
    generation: number,
    range: ElementRange,
  ): Promise<ElementPage | null> {
    return this.#elements.page(place, generation, range, this.#descriptor.clusterTime);
  }

  beforeSeal(collect: () => void): void {
    this.#collect = collect;
  }

  putHead(place: Place, head: NewHead): Header {
    assert(this.header(place) !== undefined, 'the old header is in memory');
    const { wake, ...plain } = head;
    const old = this.#heads.get(name(place))?.head ?? null;
    const same = old !== null && old.generation === head.generation;
    if (old !== null && !same) this.#elements.bury(place, old.generation);
    const before = same ? (old.facts?.wake ?? null) : null;
    const facts =
      head.generation === 0
        ? null
        : this.#elements.facts(place, head.generation, wake === undefined ? before : wake);
    const whole: Head = {
      ...plain,
      value: Buffer.from(head.value),
      size: head.value.length + (facts === null ? 0 : FACTS_BYTES),
      crc: crcOf(place, { ...head, ...facts }),
      facts,
    };
    const { bucket, database, key } = place;
    this.#heads.set(name(place), { place: { bucket, database, key }, head: whole });
    return whole;
  }

  wipe(database: number | null, revision: Revision): void {
    for (const [name, { place }] of [...this.#heads]) {
      const isWanted = database === null ? place.database !== 255 : place.database === database;
      if (!isWanted) continue;
      this.#pinned.set(name, 'head');
      this.deleteHead(place, revision);
    }
  }

  removedAt({ bucket, database }: Pick<Place, 'bucket' | 'database'>): number {
    return this.#removed.get(`${bucket}/${database}`) ?? 0;
  }

  deleteHead(place: Place, revision: Revision): void {
    this.#removed.set(`${place.bucket}/${place.database}`, revision);
    assert(this.header(place) !== undefined, 'the old header is in memory');
    this.#elements.bury(place, this.#heads.get(name(place))?.head.generation ?? 0);
    assert(this.#heads.delete(name(place)), 'only what is there is deleted');
  }

  putRow(table: Table, bucket: number, key: ByteKey, value: Uint8Array): void {
    this.rowPuts++;
    this.#rows.set(`${table}${bucket}/${key}`, { table, bucket, key, value: Buffer.from(value) });
  }

  deleteRow(table: Table, bucket: number, key: ByteKey): void {
    this.#rows.delete(`${table}${bucket}/${key}`);
  }

  async *rows(table: Table): AsyncGenerator<Row> {
    const rows = [...this.#rows.values()].filter((row) => row.table === table);
    yield* rows.sort((a, b) => a.bucket - b.bucket || (a.key < b.key ? -1 : 1));
  }

  async scan(range: ScanRange): Promise<ScanPage> {
    const matches = [...this.#heads.values()]
      .map(({ place, head }) => ({ place, key: fromByteKey(place.key), head }))
      .filter(({ place }) => place.database === range.database)
      .filter(({ place }) => range.bucket === undefined || place.bucket === range.bucket)
      .filter(({ key }) => key.compare(asBuffer(range.from)) >= 0)
      .filter(({ key }) => range.to === null || key.compare(asBuffer(range.to)) < 0)
      .sort((a, b) => (range.reverse ? -1 : 1) * a.key.compare(b.key));
    const stop = this.scanStops ?? matches.length;
    this.scanStops = null;
    const seen = matches.slice(0, Math.min(range.count, stop));
    const items = seen.map(({ key, head }) => ({
      key,
      header: head as Header,
      value: range.keysOnly ? null : head.value,
    }));
    return { items, done: seen.length === matches.length };
  }

  async due(until: EpochMs, count: number) {
    return [...this.#heads.values()]
      .map(({ place, head }) => ({ place, deadline: dueOf(head) }))
      .filter((one): one is DueRow => one.deadline !== null)
      .filter(({ deadline }) => deadline <= until)
      .sort((a, b) => a.deadline - b.deadline)
      .slice(0, count);
  }

  nextDeadline(): EpochMs | null {
    let next: EpochMs | null = null;
    for (const { head } of this.#heads.values()) {
      const due = dueOf(head);
      if (due !== null && (next === null || due < next)) next = due;
    }
    return next;
  }

  keysIn(bucket: number, database: number): number {
    const heads = [...this.#heads.values()];
    return heads.filter(({ place }) => place.bucket === bucket && place.database === database)
      .length;
  }

  expiring(database: number): number {
    const heads = [...this.#heads.values()].filter(({ place }) => place.database === database);
    return heads.filter(({ head }) => head.deadline !== null).length;
  }

  counts(database?: number): { keys: number; bytes: number } {
    const heads = [...this.#heads.values()].filter(({ place }) =>
      database === undefined ? place.database !== 255 : place.database === database,
    );
    return { keys: heads.length, bytes: heads.reduce((sum, { head }) => sum + head.size, 0) };
  }

  digest(): string {
    let sum = 0;
    for (const { head } of this.#heads.values()) sum = (sum + head.crc) % 2 ** 52;
    return sum.toString(16);
  }

  /** Session rows with their bytes, as text, for comparing replicas. */
  sessionRows(): readonly string[] {
    return [...this.#rows.values()]
      .filter((row) => row.table === 's')
      .map((row) => `${row.bucket} ${row.key} ${Buffer.from(row.value).toString('hex')}`)
      .sort();
  }
}
