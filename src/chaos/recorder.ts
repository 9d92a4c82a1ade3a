/**
 * Writes the history of a run: a line per operation (CLI contract), and one per fault between them.
 */
import { createWriteStream, type WriteStream } from 'node:fs';
import { RkvError } from '../kv/errors.js';
import { formatHistoryLine, type HistoryOp } from '../verify/history.js';
import type { DoneFault, Witness } from './types.js';

/** A fault has no key and no answer, so its line has `fault` where an operation has `op`. */
export function faultLine({ fault, what, nodes, callUs, returnUs, hits }: DoneFault): string {
  return JSON.stringify({
    fault: fault.kind,
    what,
    nodes,
    call: Math.floor(callUs),
    return: Math.ceil(returnUs),
    result: 'ok',
    hits,
  });
}

export class Recorder implements Witness {
  readonly #file: WriteStream;
  #failure: Error | null = null;

  private constructor(file: WriteStream) {
    this.#file = file;
    file.on('error', (error) => {
      this.#failure = error;
    });
  }

  /** Rejects with USAGE when the file cannot be written. */
  static async open(path: string): Promise<Recorder> {
    const file = createWriteStream(path);
    await new Promise<void>((resolve, reject) => {
      file.once('open', () => resolve());
      file.once('error', (error) => reject(new RkvError('USAGE', `--record: ${error.message}`)));
    });
    return new Recorder(file);
  }

  operation(op: HistoryOp): void {
    this.#file.write(`${formatHistoryLine(op)}\n`);
  }

  fault(done: DoneFault): void {
    this.#file.write(`${faultLine(done)}\n`);
  }

  async close(): Promise<void> {
    await new Promise<void>((done) => this.#file.end(() => done()));
    if (this.#failure !== null) throw new RkvError('USAGE', `--record: ${this.#failure.message}`);
  }
}
