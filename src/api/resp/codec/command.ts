/**
 * One request as the parser hands it on: an argument is a pair of offsets, and becomes a Buffer or
 * a string only when somebody asks, so that dispatch by name and refusal allocate nothing. The
 * parser fills the same Command again and again: it holds until the parser's next call; `keep`
 * makes one that lasts.
 */
import { asBuffer } from '../../../base/bytes.js';

const NO_BYTES = Buffer.alloc(0);
/** Offsets of so many arguments stay allocated between commands; more is given back. */
const KEPT_ARGUMENTS = 1024;
const FIRST_ARGUMENTS = 8;

export class Command {
  /**
   * What the offsets point into: the chunk, or a buffer of this command's own when it arrived in
   * pieces. Never written to again by the codec.
   */
  bytes: Buffer = NO_BYTES;
  argc = 0;
  /** Where the request's first byte lies in `bytes`; offsets are relative to it. */
  #origin = 0;
  #offsets = new Int32Array(2 * FIRST_ARGUMENTS);

  /** A command of its own, for queues, scripts and tests. Joins the arguments in a new buffer. */
  static of(args: readonly (Uint8Array | string)[]): Command {
    const parts = args.map((arg) => (typeof arg === 'string' ? Buffer.from(arg) : arg));
    const command = new Command();
    let end = 0;
    for (const part of parts) {
      command.add(end, end + part.length);
      end += part.length;
    }
    command.finish(Buffer.concat(parts, end), 0);
    return command;
  }

  /** First byte of argument `i` in `bytes`; 0 <= i < argc. */
  start(i: number): number {
    return this.#origin + this.#offsets[2 * i]!;
  }

  /** The byte behind argument `i` in `bytes`. */
  end(i: number): number {
    return this.#origin + this.#offsets[2 * i + 1]!;
  }

  /** Length of argument `i` in bytes. */
  length(i: number): number {
    return this.#offsets[2 * i + 1]! - this.#offsets[2 * i]!;
  }

  /**
   * A view of argument `i`. It pins all of `bytes`, up to 64 KiB of a socket's slab: what is kept
   * beyond the answer to this request is copied (`ownCopy` of base/bytes).
   */
  arg(i: number): Buffer {
    return this.bytes.subarray(this.start(i), this.end(i));
  }

  /** Argument `i`, one character a byte (as a ByteKey); a copy by nature. */
  latin1(i: number): string {
    return this.bytes.toString('latin1', this.start(i), this.end(i));
  }

  /** Views of all arguments from `from` on. */
  args(from = 0): Buffer[] {
    const views: Buffer[] = [];
    for (let i = from; i < this.argc; i++) views.push(this.arg(i));
    return views;
  }

  /** A copy that outlives the parser's next call and pins nothing but its own bytes. */
  keep(): Command {
    const kept = new Command();
    const origin = this.argc === 0 ? 0 : this.start(0);
    const stop = this.argc === 0 ? 0 : this.end(this.argc - 1);
    for (let i = 0; i < this.argc; i++) kept.add(this.start(i) - origin, this.end(i) - origin);
    kept.finish(Buffer.from(this.bytes.subarray(origin, stop)), 0);
    return kept;
  }

  /** Bytes that the offsets occupy. */
  get offsetBytes(): number {
    return this.#offsets.byteLength;
  }

  /** For the parser: forgets the request before. */
  clear(): void {
    this.bytes = NO_BYTES;
    this.argc = 0;
    this.#origin = 0;
    if (this.#offsets.length > 2 * KEPT_ARGUMENTS) {
      this.#offsets = new Int32Array(2 * FIRST_ARGUMENTS);
    }
  }

  /** For the parser: one more argument, from `start` to `end` relative to the request's begin. */
  add(start: number, end: number): void {
    const at = 2 * this.argc;
    if (at === this.#offsets.length) this.#grow();
    this.#offsets[at] = start;
    this.#offsets[at + 1] = end;
    this.argc++;
  }

  /** For the parser: all arguments are there, and lie in `bytes` from `origin` on. */
  finish(bytes: Uint8Array, origin: number): void {
    this.bytes = asBuffer(bytes);
    this.#origin = origin;
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#offsets.length);
    larger.set(this.#offsets);
    this.#offsets = larger;
  }
}
