/** History lines of a run, in the shape of the CLI contract, for `rkv verify`. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { RkvError } from '../kv/errors.js';
import { formatHistoryLine, type HistoryOut, type HistoryResult } from '../verify/history.js';
import { keyName } from './keys.js';
import type { Operation } from './types.js';
import { idOf } from './value.js';

/** A value goes into the history as the number of its write: short, and unique. */
function outOf({ kind, answer }: Operation): HistoryOut {
  if (answer instanceof RkvError || answer.kind === 'failed') return { code: answer.code };
  if (kind === 'get') {
    if (answer.kind !== 'item') return { value: null };
    const id = idOf(answer.value);
    return { value: id === null ? Buffer.from(answer.value).toString('latin1') : String(id) };
  }
  return answer.kind === 'written' ? { applied: answer.applied } : {};
}

/** What is not known to be refused may have been applied: a replica that stopped says neither. */
function resultOf({ kind, answer }: Operation): HistoryResult {
  if (!(answer instanceof RkvError)) return answer.kind === 'failed' ? 'refused' : 'ok';
  return kind === 'get' || answer.kind === 'refused' || answer.kind === 'usage'
    ? 'refused'
    : 'unknown';
}

export function historyLine(operation: Operation): string {
  const { caller, kind, key, id, callUs, returnUs } = operation;
  return formatHistoryLine({
    client: caller,
    op: kind,
    key: keyName(key),
    args: kind === 'set' ? [String(id)] : [],
    call: Math.floor(callUs),
    return: Math.ceil(returnUs),
    result: resultOf(operation),
    out: outOf(operation),
  });
}

/** Writes the lines of a run to a file. */
export class Recorder {
  readonly #file: WriteStream;
  #failure: Error | null = null;

  constructor(path: string) {
    this.#file = createWriteStream(path);
    this.#file.on('error', (error) => {
      this.#failure = error;
    });
  }

  note(operation: Operation): void {
    this.#file.write(`${historyLine(operation)}\n`);
  }

  async close(): Promise<void> {
    await new Promise<void>((done) => this.#file.end(() => done()));
    if (this.#failure !== null) throw new RkvError('USAGE', `--record: ${this.#failure.message}`);
  }
}
