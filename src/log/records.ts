/**
 * Records inside a frame's payload. The payload begins with a flag byte (does it go on with a unit
 * the frame before began?), then records follow; the last record of a unit has the high bit of its
 * kind set. A unit counts only when all of it is there. Layout in docs/formats.md.
 */
import { must, unreachable } from '../base/assert.js';
import type { LogIndex, ReplicaId, SpaceId, Term } from '../base/ids.js';
import { groupId, logIndex, replicaId, spaceId, term } from '../base/ids.js';
import type { EntryKind } from '../raft/types.js';
import { ByteReader, type ByteWriter, MalformedRecord } from './bytes.js';
import type { EntryRef, MetaRecord, MetaRef, Owner } from './refs.js';

/** Bits of the payload's first byte. */
export const RESUMES = 1;
/** Set on the kind of a unit's last record. */
export const LAST = 0x80;

const KIND = {
  append: 1,
  'hard-state': 2,
  floor: 3,
  snapshot: 4,
  installed: 5,
  tombstone: 6,
  copy: 7,
  seal: 8,
} as const;
const ENTRY_KINDS: readonly EntryKind[] = ['noop', 'normal', 'config'];
const KEEPS_ABOVE = 1;
const CARRIED = 2;

/** More than the head of any record takes, without its entries and descriptor. */
export const HEAD_BOUND = 64;
/** More than an entry takes beside its bytes. */
export const ENTRY_BOUND = 24;

/** More than the record takes. */
export const metaBound = (record: MetaRecord): number =>
  HEAD_BOUND + (record.kind === 'snapshot' ? record.descriptor.length : 0);

export interface DecodedEntry {
  readonly index: LogIndex;
  readonly term: Term;
  readonly kind: EntryKind;
  readonly size: number;
  /** Of the entry's bytes in the payload. */
  readonly position: number;
}

export type Decoded =
  | (Owner & { readonly kind: 'append' | 'copy'; readonly entries: readonly DecodedEntry[] })
  | { readonly kind: 'meta'; readonly record: MetaRecord; readonly carried: boolean }
  | { readonly kind: 'seal' };

/**
 * Writes `refs[from … to - 1]` and turns their bytes into places; returns nothing they still need.
 */
export function encodeEntries(
  out: ByteWriter,
  kind: 'append' | 'copy',
  owner: Owner,
  refs: readonly EntryRef[],
  bytesOf: (ref: EntryRef) => Uint8Array,
  range: { readonly from: number; readonly to: number; readonly flags: number },
  placed: (ref: EntryRef, at: number) => void,
): void {
  out.u8(KIND[kind] | range.flags);
  out.varint(owner.group);
  out.varint(owner.replica);
  out.varint(must(refs[range.from], 'first entry').index);
  out.varint(range.to - range.from);
  for (let i = range.from; i < range.to; i++) {
    const ref = must(refs[i], 'entry');
    out.varint(ref.term);
    out.u8(ENTRY_KINDS.indexOf(ref.kind));
    out.varint(ref.size);
    const at = out.at;
    out.bytes(bytesOf(ref));
    placed(ref, at);
  }
}

export function encodeSeal(out: ByteWriter): void {
  out.u8(KIND.seal | LAST);
}

export function encodeMeta(out: ByteWriter, ref: MetaRef, flags: number): void {
  const { record } = ref;
  out.u8(KIND[record.kind] | flags);
  out.varint(record.group);
  out.varint(record.replica);
  switch (record.kind) {
    case 'hard-state':
      out.varint(record.state.term);
      out.varint(record.state.vote ?? 0);
      out.varint(record.state.commit);
      return;
    case 'floor':
      out.varint(record.index);
      out.varint(record.term);
      return;
    case 'snapshot':
      out.varint(record.index);
      out.varint(record.term);
      out.varint(record.space);
      out.u8((record.keepsAbove ? KEEPS_ABOVE : 0) | (ref.carried ? CARRIED : 0));
      out.varint(record.descriptor.length);
      out.bytes(record.descriptor);
      return;
    case 'installed':
      out.varint(record.index);
      return;
    case 'tombstone':
      return;
    default:
      unreachable(record);
  }
}

/** Whether the payload goes on with a unit of the frame before. */
export const resumes = (payload: Buffer): boolean => ((payload[0] ?? 0) & RESUMES) !== 0;

/** All records in order; `last` says that a unit ends. Throws MalformedRecord. */
export function decodePayload(payload: Buffer, visit: (it: Decoded, last: boolean) => void): void {
  const input = new ByteReader(payload, 0);
  if ((input.u8() & ~RESUMES) !== 0) throw new MalformedRecord('unknown flags');
  try {
    while (!input.done) {
      const byte = input.u8();
      visit(decodeRecord(input, byte & ~LAST), (byte & LAST) !== 0);
    }
  } catch (thrown) {
    if (thrown instanceof RangeError) throw new MalformedRecord(thrown.message);
    throw thrown;
  }
}

function decodeRecord(input: ByteReader, kind: number): Decoded {
  if (kind === KIND.seal) return { kind: 'seal' };
  const owner: Owner = { group: groupId(input.varint()), replica: replicaId(input.varint()) };
  if (kind === KIND.append || kind === KIND.copy) {
    const entries = decodeEntries(input);
    return { kind: kind === KIND.append ? 'append' : 'copy', ...owner, entries };
  }
  if (kind === KIND.snapshot) return decodeSnapshot(input, owner);
  return { kind: 'meta', record: decodeSmall(input, kind, owner), carried: false };
}

function decodeEntries(input: ByteReader): DecodedEntry[] {
  const first = input.varint();
  const count = input.varint();
  const entries: DecodedEntry[] = [];
  for (let i = 0; i < count; i++) {
    const entryTerm = term(input.varint());
    const kind = ENTRY_KINDS[input.u8()];
    if (kind === undefined) throw new MalformedRecord('unknown kind of entry');
    const size = input.varint();
    const position = input.skip(size);
    entries.push({ index: logIndex(first + i), term: entryTerm, kind, size, position });
  }
  return entries;
}

function decodeSnapshot(input: ByteReader, owner: Owner): Decoded {
  const index = logIndex(input.varint());
  const snapshotTerm = term(input.varint());
  const space: SpaceId = spaceId(input.varint());
  const flags = input.u8();
  const length = input.varint();
  const at = input.skip(length);
  const record: MetaRecord = {
    kind: 'snapshot',
    ...owner,
    index,
    term: snapshotTerm,
    space,
    keepsAbove: (flags & KEEPS_ABOVE) !== 0,
    descriptor: Buffer.from(input.buffer.subarray(at, at + length)),
  };
  return { kind: 'meta', record, carried: (flags & CARRIED) !== 0 };
}

function decodeSmall(input: ByteReader, kind: number, owner: Owner): MetaRecord {
  switch (kind) {
    case KIND['hard-state']: {
      const current = term(input.varint());
      const voted = input.varint();
      const vote: ReplicaId | null = voted === 0 ? null : replicaId(voted);
      const state = { term: current, vote, commit: logIndex(input.varint()) };
      return { kind: 'hard-state', ...owner, state };
    }
    case KIND.floor: {
      const index = logIndex(input.varint());
      return { kind: 'floor', ...owner, index, term: term(input.varint()) };
    }
    case KIND.installed:
      return { kind: 'installed', ...owner, index: logIndex(input.varint()) };
    case KIND.tombstone:
      return { kind: 'tombstone', ...owner };
    default:
      throw new MalformedRecord(`unknown kind of record ${kind}`);
  }
}
