/**
 * Turns frames read at start back into the state they made. Records of a unit wait until the unit
 * is whole; a unit that a crash cut in two is dropped when the next frame does not go on with it.
 */
import { unreachable } from '../base/assert.js';
import { MalformedRecord } from './bytes.js';
import { LogCorruption } from './errors.js';
import type { GroupLog } from './group-log.js';
import type { Decoded } from './records.js';
import { decodePayload, resumes } from './records.js';
import type { EntryRef, FrameRef } from './refs.js';
import type { LogState } from './state.js';

interface Waiting {
  readonly decoded: Decoded;
  readonly frame: FrameRef;
}

export class Replayer {
  readonly #state: LogState;
  #unit: Waiting[] = [];

  constructor(state: LogState) {
    this.#state = state;
  }

  /**
   * The next frame; a good frame whose records make no sense is corruption. One that comes `again`
   * (a start repeated it) goes on with nothing: the unit its first records complete was applied the
   * first time, and doing the rest twice changes nothing.
   */
  frame(frame: FrameRef, payload: Buffer, again: boolean): void {
    if (again || !resumes(payload)) this.#unit = [];
    try {
      decodePayload(payload, (decoded, last) => {
        this.#unit.push({ decoded, frame });
        if (last) this.#applyUnit();
      });
    } catch (thrown) {
      if (!(thrown instanceof MalformedRecord)) throw thrown;
      throw new LogCorruption(frame.segment.path, frame.offset, thrown.message);
    }
  }

  #applyUnit(): void {
    for (const { decoded, frame } of this.#unit) applyDecoded(this.#state, decoded, frame);
    this.#unit = [];
  }
}

function applyDecoded(state: LogState, it: Decoded, frame: FrameRef): void {
  switch (it.kind) {
    case 'append':
      state.append(
        it,
        it.entries.map((entry) => ({ ...entry, frame, bytes: null })),
      );
      return;
    case 'copy':
      for (const entry of it.entries) {
        const ref: EntryRef = { ...entry, frame, bytes: null };
        state.copy(it, ref);
      }
      return;
    case 'meta':
      state.meta({ record: it.record, carried: it.carried, frame });
      return;
    case 'seal':
      return;
    default:
      unreachable(it);
  }
}

/** Every group must run from its floor to its end, or something that was written is gone. */
export function mustBeWhole(state: LogState, dir: string): void {
  for (const log of state.groups.values()) {
    const missing = log.gap();
    if (missing !== null) throw new LogCorruption(dir, 0, describeGap(log, missing));
  }
}

export const describeGap = (log: GroupLog, missing: number): string =>
  `group ${log.group} lacks entry ${missing} of ${log.floor.index + 1} to ${log.last}`;
