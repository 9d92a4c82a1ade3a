/**
 * `rkv wal dump`: every record of a stopped node's log in the order it was written, one line's
 * worth each. Users' values appear as sizes only. Reads segment by segment; writes nothing.
 */
import path from 'node:path';
import { unreachable } from '../base/assert.js';
import { MalformedRecord } from '../log/bytes.js';
import { LogCorruption } from '../log/errors.js';
import type { FoundFrame } from '../log/frame.js';
import type { LogFs } from '../log/fs.js';
import { nodeLogFs } from '../log/fs.js';
import { type Decoded, decodePayload } from '../log/records.js';
import type { MetaRecord, SegmentRef } from '../log/refs.js';
import { listSegments, scanLog } from '../log/scan.js';
import { segmentName } from '../log/segment.js';

export interface WalLine {
  readonly segment: string;
  /** Of the frame in the segment. */
  readonly offset: number;
  readonly sequence: number;
  readonly kind: MetaRecord['kind'] | 'append' | 'copy' | 'seal';
  readonly group: number | null;
  readonly replica: number | null;
  /** The rest in words: `entries 5..7 of term 2, 310 bytes`. */
  readonly text: string;
}

/**
 * The records of the log in `dir`. What lies behind a torn tail is not there; throws LogCorruption
 * where a start would refuse, after the records before it.
 */
export async function* dumpWal(dir: string, files: LogFs = nodeLogFs): AsyncGenerator<WalLine> {
  const pathOf = (number: number) => path.join(dir, segmentName(number));
  for (const number of await listSegments(files, dir)) {
    const lines: WalLine[] = [];
    let failure: unknown = null;
    try {
      await scanLog(files, [number], pathOf, null, (segment, frame) => {
        lines.push(...frameLines(segment, frame));
      });
    } catch (thrown) {
      failure = thrown;
    }
    yield* lines;
    if (failure !== null) throw failure;
  }
}

function frameLines(ref: SegmentRef, frame: FoundFrame): WalLine[] {
  const { offset, sequence } = frame;
  const segment = segmentName(ref.number);
  const lines: WalLine[] = [];
  try {
    decodePayload(frame.payload, (it) => {
      lines.push({ segment, offset, sequence, ...describe(it) });
    });
  } catch (thrown) {
    if (!(thrown instanceof MalformedRecord)) throw thrown;
    throw new LogCorruption(ref.path, offset, thrown.message);
  }
  return lines;
}

type Described = Pick<WalLine, 'kind' | 'group' | 'replica' | 'text'>;

function describe(it: Decoded): Described {
  switch (it.kind) {
    case 'append':
    case 'copy': {
      const { kind, group, replica, entries } = it;
      return { kind, group, replica, text: describeEntries(entries) };
    }
    case 'meta': {
      const { kind, group, replica } = it.record;
      return { kind, group, replica, text: describeMeta(it.record) };
    }
    case 'seal':
      return { kind: 'seal', group: null, replica: null, text: '' };
    default:
      return unreachable(it);
  }
}

function describeEntries(
  entries: Extract<Decoded, { kind: 'append' | 'copy' }>['entries'],
): string {
  const first = entries[0];
  const last = entries.at(-1);
  if (first === undefined || last === undefined) return 'no entries';
  const bytes = entries.reduce((sum, entry) => sum + entry.size, 0);
  const range = first === last ? `entry ${first.index}` : `entries ${first.index}..${last.index}`;
  const terms = first.term === last.term ? `${first.term}` : `${first.term}..${last.term}`;
  const kinds = [...new Set(entries.map((entry) => entry.kind))].join('+');
  return `${range} of term ${terms}, ${kinds}, ${bytes} bytes`;
}

function describeMeta(record: MetaRecord): string {
  switch (record.kind) {
    case 'hard-state': {
      const { term, vote, commit } = record.state;
      return `term ${term}, vote ${vote ?? 'none'}, commit ${commit}`;
    }
    case 'floor':
      return `index ${record.index}, term ${record.term}`;
    case 'snapshot': {
      const above = record.keepsAbove ? 'keeps what is above' : 'keeps nothing';
      const { index, term, space, descriptor } = record;
      return `index ${index}, term ${term}, space ${space}, ${above}, ${descriptor.length} bytes`;
    }
    case 'installed':
      return `up to index ${record.index}`;
    case 'tombstone':
      return `no replica up to ${record.replica} comes back`;
    default:
      return unreachable(record);
  }
}
