/**
 * The catalogue of one replica of the meta group: applied to by its log, kept as one row, watched
 * by the node (routing, peers, leader wishes).
 */
import type { ShardState } from '../machine/types.js';
import type { Catalogue } from './catalogue.js';
import { decodeCatalogue, decodeMetaCommand, encodeCatalogue, encodeMetaReply } from './codec.js';
import { applyMeta } from './commands.js';

const ROW_KEY = 'catalogue';

export class MetaState {
  #catalogue: Catalogue;
  readonly #watchers = new Set<(catalogue: Catalogue) => void>();

  constructor(initial: Catalogue) {
    this.#catalogue = initial;
  }

  get catalogue(): Catalogue {
    return this.#catalogue;
  }

  /** Called now and after every change. */
  watch(watcher: (catalogue: Catalogue) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#catalogue);
    return () => this.#watchers.delete(watcher);
  }

  /** The rows at birth of the group: what the first snapshot of it must carry. */
  writeInitial(state: ShardState): void {
    state.putRow('m', 0, ROW_KEY, encodeCatalogue(this.#catalogue), true);
  }

  /** Takes the stored catalogue (at start, or after a snapshot was installed). */
  async restore(state: ShardState): Promise<void> {
    for await (const row of state.rows('m')) {
      if (row.key === ROW_KEY) this.#become(decodeCatalogue(row.value));
    }
  }

  apply(command: Uint8Array, state: ShardState): Uint8Array {
    const { catalogue, reply } = applyMeta(this.#catalogue, decodeMetaCommand(command));
    if (catalogue !== this.#catalogue) {
      state.putRow('m', 0, ROW_KEY, encodeCatalogue(catalogue), false);
      this.#become(catalogue);
    }
    return encodeMetaReply(reply);
  }

  #become(catalogue: Catalogue): void {
    this.#catalogue = catalogue;
    for (const watcher of this.#watchers) watcher(catalogue);
  }
}
