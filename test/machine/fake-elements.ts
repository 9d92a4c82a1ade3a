/** Elements of collections for the fake state: Maps by key and generation, facts counted anew. */
import { assert } from '../../src/base/assert.js';
import type { ByteKey } from '../../src/base/bytes.js';
import { crc32 } from '../../src/base/checksum.js';
import type { EpochMs } from '../../src/base/ids.js';
import type { ElementPage, ElementRange, Facts, Place } from '../../src/machine/types.js';

type Generations = Map<string, Map<ByteKey, Uint8Array>>;

const nameOf = ({ bucket, database, key }: Place, generation: number): string =>
  `${bucket}/${database}/${generation}/${key}`;

export class FakeElements {
  readonly #all: Generations;
  /** Brought into memory by `load`, when the state is cold. */
  readonly #pinned = new Set<string>();
  syncReads = 0;

  constructor(from?: ReadonlyMap<string, ReadonlyMap<ByteKey, Uint8Array>>) {
    this.#all = new Map([...(from ?? [])].map(([name, rows]) => [name, new Map(rows)]));
  }

  copy(): Generations {
    return new FakeElements(this.#all).#all;
  }

  rowsOf(place: Place, generation: number): Map<ByteKey, Uint8Array> {
    const name = nameOf(place, generation);
    const rows = this.#all.get(name) ?? new Map<ByteKey, Uint8Array>();
    this.#all.set(name, rows);
    return rows;
  }

  pin(place: Place, generation: number, name: ByteKey): void {
    this.#pinned.add(`${nameOf(place, generation)}/${name}`);
  }

  pinned(place: Place, generation: number, name: ByteKey): boolean {
    return this.#pinned.has(`${nameOf(place, generation)}/${name}`);
  }

  endRun(): void {
    this.#pinned.clear();
  }

  bury(place: Place, generation: number): void {
    this.#all.delete(nameOf(place, generation));
  }

  facts(place: Place, generation: number, wake: Facts['wake']): Facts {
    let bytes = 0;
    let digest = 0;
    const rows = this.rowsOf(place, generation);
    for (const [name, value] of rows) {
      bytes += name.length + value.length;
      digest += crc32(value, crc32(Buffer.from(name, 'latin1')));
    }
    return { rows: rows.size, bytes, digest, wake };
  }

  whole(place: Place, generation: number): ElementPage['items'] {
    const names = [...this.rowsOf(place, generation)].map(([name, value]) => ({ name, value }));
    return names.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  page(place: Place, generation: number, range: ElementRange, time: EpochMs): ElementPage {
    const { from, to, count } = range;
    const all = this.whole(place, generation).filter(
      ({ name }) => name >= from && (to === null || name < to),
    );
    let bytes = 0;
    const items = all.slice(0, count).filter(({ name, value }, i) => {
      bytes += name.length + value.length;
      return i === 0 || bytes <= range.bytes;
    });
    assert(items.length > 0 || all.length === 0, 'a page has an element');
    return { items, done: items.length === all.length, time };
  }
}
