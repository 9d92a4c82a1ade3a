/**
 * What a log should hold, told a second time and as simply as possible: a list of writes, replayed
 * from the beginning into plain maps. No frames, no segments, no compaction.
 */

import type { CompleteLog } from '../../../src/log/options.js';
import type { LogRecord, RestoredLog } from '../../../src/replica/ports.js';

interface ModelGroup {
  readonly replica: number;
  hard: string;
  floor: { index: number; term: number };
  snapshot: string;
  snapshotIndex: number;
  readonly entries: Map<number, string>;
}

export class Model {
  readonly groups = new Map<number, ModelGroup>();
  readonly tombstones = new Map<number, number>();

  static of(writes: readonly (readonly LogRecord[])[]): Model {
    const model = new Model();
    for (const records of writes) for (const record of records) model.apply(record);
    return model;
  }

  apply(record: LogRecord): void {
    if (record.kind === 'tombstone') {
      const before = this.tombstones.get(record.group) ?? 0;
      this.tombstones.set(record.group, Math.max(before, record.replica));
      if ((this.groups.get(record.group)?.replica ?? 0) <= record.replica) {
        this.groups.delete(record.group);
      }
      return;
    }
    const group = this.#group(record.group, record.replica);
    if (group !== null) applyTo(group, record);
  }

  #group(id: number, replica: number): ModelGroup | null {
    const group = this.groups.get(id);
    if (group?.replica === replica) return group;
    if (replica <= (this.tombstones.get(id) ?? 0)) return null;
    if (group !== undefined && group.replica > replica) return null;
    const born: ModelGroup = {
      replica,
      hard: '0 null 0',
      floor: { index: 0, term: 0 },
      snapshot: '',
      snapshotIndex: 0,
      entries: new Map(),
    };
    this.groups.set(id, born);
    return born;
  }
}

function applyTo(group: ModelGroup, record: LogRecord): void {
  const { entries } = group;
  const drop = (which: (index: number) => boolean) => {
    for (const index of [...entries.keys()]) if (which(index)) entries.delete(index);
  };
  const raise = (index: number, term: number) => {
    if (index < group.floor.index) return;
    group.floor = { index, term };
    drop((it) => it <= index);
  };
  switch (record.kind) {
    case 'append': {
      const first = record.entries[0]?.index ?? Number.POSITIVE_INFINITY;
      drop((it) => it >= first);
      for (const { index, term, kind, bytes } of record.entries) {
        if (index > group.floor.index) {
          entries.set(index, `${index}/${term}/${kind}/${Buffer.from(bytes)}`);
        }
      }
      return;
    }
    case 'hard-state':
      group.hard = `${record.state.term} ${record.state.vote} ${record.state.commit}`;
      return;
    case 'floor':
      raise(record.index, record.term);
      return;
    case 'snapshot':
      group.snapshot = `${record.index} ${record.term} ${record.space} ${record.keepsAbove}`;
      group.snapshotIndex = record.index;
      if (record.keepsAbove) raise(record.index, record.term);
      else {
        entries.clear();
        group.floor = { index: record.index, term: record.term };
      }
      return;
    case 'installed':
      if (group.snapshotIndex <= record.index) group.snapshot = '';
      return;
  }
}

/** What `restored` and `entries` give, in the model's words. */
export async function observe(log: CompleteLog): Promise<Model> {
  const seen = new Model();
  const restored: RestoredLog = log.restored;
  for (const [group, replica] of restored.tombstones) seen.tombstones.set(group, replica);
  for (const [id, it] of restored.groups) {
    const entries = new Map<number, string>();
    const first = it.entries[0]?.index;
    const last = it.entries.at(-1)?.index;
    if (first !== undefined && last !== undefined) {
      for (const one of (await log.entries(id, first, last, 1e9)) ?? []) {
        const text = `${one.index}/${one.term}/${one.kind}/${Buffer.from(one.bytes)}`;
        entries.set(one.index, text);
      }
    }
    const snap = it.snapshot;
    seen.groups.set(id, {
      replica: it.replica,
      hard: `${it.hardState.term} ${it.hardState.vote} ${it.hardState.commit}`,
      floor: { ...it.floor },
      snapshot: snap ? `${snap.index} ${snap.term} ${snap.space} ${snap.keepsAbove}` : '',
      snapshotIndex: snap?.index ?? 0,
      entries,
    });
  }
  return seen;
}

/**
 * Why `seen` is not what the model says; null when it is. The log may have raised floors over what
 * was released: `released` says how far, by group and replica (`3.1`).
 */
export function difference(
  expected: Model,
  seen: Model,
  released: ReadonlyMap<string, number>,
): string | null {
  const tombs = (model: Model) => JSON.stringify([...model.tombstones].sort());
  if (tombs(expected) !== tombs(seen)) return `tombstones ${tombs(seen)}, not ${tombs(expected)}`;
  const ids = (model: Model) => [...model.groups.keys()].sort().join();
  if (ids(expected) !== ids(seen)) return `groups ${ids(seen)}, not ${ids(expected)}`;
  for (const [id, want] of expected.groups) {
    const got = seen.groups.get(id);
    const why = got
      ? groupDifference(want, got, released.get(`${id}.${got.replica}`) ?? 0)
      : 'missing';
    if (why !== null) return `group ${id}: ${why}`;
  }
  return null;
}

function groupDifference(want: ModelGroup, got: ModelGroup, released: number): string | null {
  if (want.replica !== got.replica) return `replica ${got.replica}, not ${want.replica}`;
  if (want.hard !== got.hard) return `hard state ${got.hard}, not ${want.hard}`;
  if (want.snapshot !== got.snapshot) return `snapshot ${got.snapshot}, not ${want.snapshot}`;
  if (got.floor.index < want.floor.index) return `floor ${got.floor.index} went back`;
  if (got.floor.index > Math.max(want.floor.index, released)) return `floor ${got.floor.index}`;
  const above = [...want.entries].filter(([index]) => index > got.floor.index);
  const texts = above.sort((a, b) => a[0] - b[0]).map(([, text]) => text);
  const seen = [...got.entries.values()];
  if (texts.join() === seen.join()) return null;
  const at = texts.findIndex((text, i) => text !== seen[i]);
  const shown = (list: readonly string[]) => list[at]?.slice(0, 20) ?? 'nothing';
  return `${seen.length} entries, not ${texts.length}; ${shown(seen)}, not ${shown(texts)}`;
}
