/**
 * If two logs contain an entry with the same index and term, then the logs are identical in all
 * entries up through that index. Checked as its two halves: such entries hold the same bytes, and
 * are preceded by entries of the same term.
 * Source: Ongaro and Ousterhout 2014, figure 3, Log Matching; section 5.3.
 */
import { crc32 } from '../../../src/base/checksum.js';
import type { NodeId } from '../../../src/base/ids.js';
import type { LogRecord } from '../../../src/replica/ports.js';
import type { LogMirror } from '../node/log-mirror.js';
import { type Invariant, mustHold } from './invariant.js';

interface Known {
  readonly crc: number;
  before: number | null;
}

export class LogMatching implements Invariant {
  readonly name = 'log matching';
  checks = 0;
  readonly #mirror: LogMirror;
  readonly #known = new Map<string, Known>();

  /** The mirror sees every record before this does. */
  constructor(mirror: LogMirror) {
    this.#mirror = mirror;
  }

  onWrite(node: NodeId, records: readonly LogRecord[]): void {
    for (const record of records) {
      if (record.kind !== 'append') continue;
      const mirror = this.#mirror.of(node, record.group);
      for (const { index, term, bytes } of record.entries) {
        const place = `${record.group}/${index}/${term}`;
        this.#check(node, place, crc32(bytes), mirror.termAt(index - 1));
      }
    }
  }

  #check(node: NodeId, place: string, crc: number, before: number | null): void {
    this.checks++;
    const known = this.#known.get(place);
    if (known === undefined) {
      this.#known.set(place, { crc, before });
      return;
    }
    mustHold(this.name, known.crc === crc, () => {
      return `node ${node} holds other bytes at group/index/term ${place} than another`;
    });
    const agrees = before === null || known.before === null || known.before === before;
    mustHold(this.name, agrees, () => {
      return `before ${place} node ${node} has term ${before}, another has ${known.before}`;
    });
    known.before ??= before;
  }
}
