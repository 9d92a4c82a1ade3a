/**
 * The first step of a Redis request: bytes of a socket become commands. RESP arrays of bulk strings
 * and inline lines, pipelined at will.
 *
 * The way of the bytes. `push` takes a chunk as the socket gave it; `next` moves `command` to the
 * next complete request, and the caller stops taking whenever it has enough for this turn: what is
 * left stays where it is. A request that lies in one chunk is not copied, its arguments are offsets
 * into the chunk. A request that spans chunks is gathered in a buffer of its own (each of its bytes
 * copied once, and a bounded number of times more while the buffer grows); its offsets do not
 * change by that, because they count from the request's first byte. Nothing is scanned twice but
 * the length line of an argument that is cut, so the work is linear in the bytes however they come.
 *
 * Promises. Memory follows what has arrived, never a declared length. The same bytes give the same
 * commands and the same error for every cut. After an error the parser is dead: the connection
 * answers `-ERR ` and `error`, and closes. Errors are worded as Redis words them
 * (networking.c, processInlineBuffer and processMultibulkBuffer). Stricter than Redis: a length or
 * an argument must really be followed by CR LF (Redis skips two bytes unseen), and a byte that can
 * not continue a number is an error at once, not when its line ends.
 */
import { assert } from '../../../base/assert.js';
import { asBuffer } from '../../../base/bytes.js';
import { CR, DOLLAR, LF, STAR, ZERO } from './ascii.js';
import { Command } from './command.js';
import { Gathered } from './gathered.js';
import { splitInline } from './inline.js';
import { INVALID, MORE, NumberLine } from './number-line.js';

/** Read anew for each length, so that their owner may change them (CONFIG SET). */
export interface RequestLimits {
  /** An inline line without its line feed. */
  readonly maxInlineBytes: number;
  /** Arguments of one request, its name included. */
  readonly maxArguments: number;
  /** One argument; Redis's proto-max-bulk-len. */
  readonly maxBulkBytes: number;
  /** One request with all its framing; Redis's client-query-buffer-limit. Below 1 GiB. */
  readonly maxRequestBytes: number;
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = {
  maxInlineBytes: 64 * 1024,
  maxArguments: 1024 * 1024,
  maxBulkBytes: 64 * 1024 * 1024,
  maxRequestBytes: 128 * 1024 * 1024,
};

/** What comes next; the numbers are compared in the hottest loop of the server. */
const START = 0;
const COUNT = 1;
const ARGUMENT = 2;
const LENGTH = 3;
const BODY = 4;
const BODY_END = 5;
const INLINE = 6;
const DEAD = 7;

/** A length line of at most 9 digits: `$`, digits, CR LF. */
const SHORT_LENGTH_DIGITS = 9;
const SHORT_LENGTH_LINE = SHORT_LENGTH_DIGITS + 3;
const NO_BYTES = Buffer.alloc(0);

export class RequestParser {
  /** The request that `next` found; holds until the next call of `next`. */
  readonly command = new Command();
  readonly #limits: RequestLimits;
  #error: string | null = null;
  #phase = START;
  #chunk: Buffer = NO_BYTES;
  /** The next byte to read in the chunk. */
  #at = 0;
  #waiting: Buffer[] = [];
  #waitingHead = 0;
  #waitingBytes = 0;
  /** What was added to a position in the chunk gives the distance from the request's begin. */
  #bias = 0;
  readonly #gathered = new Gathered();
  /** Arguments that are still to come. */
  #left = 0;
  #argumentStart = 0;
  /** Bytes of the argument, then of its CR LF, that are still to come. */
  #missing = 0;
  readonly #number = new NumberLine();

  constructor(limits: RequestLimits = DEFAULT_REQUEST_LIMITS) {
    assert(limits.maxRequestBytes < 2 ** 30, 'offsets of a request are small integers');
    this.#limits = limits;
  }

  /** Why the parser is dead, as Redis words it (`Protocol error: …`), or null. */
  get error(): string | null {
    return this.#error;
  }

  /** Bytes that were pushed and do not belong to a request handed out: whole chunks and a part. */
  get unreadBytes(): number {
    return this.#chunk.length - this.#at + this.#waitingBytes + this.#gathered.length;
  }

  /** Bytes this parser has allocated; chunks are not its own. */
  get ownBytes(): number {
    return this.#gathered.capacity + this.command.offsetBytes;
  }

  /** Bytes copied since the begin; for tests of linear time. */
  get copiedBytes(): number {
    return this.#gathered.copied;
  }

  /**
   * Takes the next bytes. They must not change until `next` has said false, nor as long as a view
   * of them is used. A dead parser drops them.
   */
  push(chunk: Uint8Array): void {
    if (this.#phase === DEAD || chunk.length === 0) return;
    this.#waiting.push(asBuffer(chunk));
    this.#waitingBytes += chunk.length;
  }

  /**
   * True: `command` is the next request (never without arguments). False: more bytes are needed, or
   * `error` says why there will be none. Empty lines and empty arrays are passed over.
   */
  next(): boolean {
    if (this.#phase === START) this.command.clear();
    while (this.#at < this.#chunk.length || this.#takeChunk()) {
      if (this.#step()) return true;
    }
    return false;
  }

  /** Goes on to the next chunk; what this one holds of an unfinished request is gathered. */
  #takeChunk(): boolean {
    if (this.#phase !== START && this.#phase !== DEAD && this.#chunk.length > 0) {
      const from = this.#gathered.length === 0 ? -this.#bias : 0;
      const known = this.#left === 1 && (this.#phase === BODY || this.#phase === BODY_END);
      const missing = this.#phase === BODY ? this.#missing + 2 : this.#missing;
      this.#gathered.append(this.#chunk, from, this.#chunk.length, known ? missing : -1);
      this.#bias = this.#gathered.length;
    }
    this.#at = 0;
    this.#chunk = this.#waiting[this.#waitingHead++] ?? NO_BYTES;
    this.#waitingBytes -= this.#chunk.length;
    if (this.#waitingHead >= this.#waiting.length) {
      this.#waiting.length = 0;
      this.#waitingHead = 0;
    }
    return this.#chunk.length > 0;
  }

  /** Reads on in the chunk, which is not at its end; true: a request is complete. */
  #step(): boolean {
    switch (this.#phase) {
      case START:
        return this.#onStart();
      case COUNT:
        return this.#onCount();
      case ARGUMENT:
        return this.#onArguments();
      case LENGTH:
        return this.#onLength();
      case BODY:
        return this.#onBody();
      case BODY_END:
        return this.#onBodyEnd();
      default:
        return this.#onInline();
    }
  }

  #onStart(): boolean {
    this.#bias = -this.#at;
    if (this.#chunk[this.#at] !== STAR) {
      this.#phase = INLINE;
      return this.#onInline();
    }
    this.#at++;
    this.#phase = COUNT;
    this.#number.begin();
    return this.#at < this.#chunk.length && this.#onCount();
  }

  #onCount(): boolean {
    const problem = 'Protocol error: invalid multibulk length';
    if (!this.#readNumber(problem)) return false;
    const count = this.#number.value;
    if (count > this.#limits.maxArguments) return this.#die(problem);
    if (count <= 0) {
      this.#forget();
      return false;
    }
    this.#left = count;
    this.#phase = ARGUMENT;
    return this.#at < this.#chunk.length && this.#onArguments();
  }

  /** Arguments that lie whole in this chunk; another one goes through the single steps. */
  #onArguments(): boolean {
    const { maxBulkBytes, maxRequestBytes } = this.#limits;
    const chunk = this.#chunk;
    const bias = this.#bias;
    const last = chunk.length - SHORT_LENGTH_LINE;
    let p = this.#at;
    while (this.#left > 0 && p <= last && chunk[p] === DOLLAR) {
      let digit = chunk[p + 1]! - ZERO;
      if (digit < 0 || digit > 9) break;
      let length = digit;
      let q = p + 2;
      const limit = digit === 0 ? q : q + SHORT_LENGTH_DIGITS - 1;
      for (; q < limit; q++) {
        digit = chunk[q]! - ZERO;
        if (digit < 0 || digit > 9) break;
        length = 10 * length + digit;
      }
      const end = q + 2 + length;
      if (chunk[q] !== CR || chunk[q + 1] !== LF || end + 2 > chunk.length) break;
      if (length > maxBulkBytes || end + 2 + bias > maxRequestBytes) break;
      if (chunk[end] !== CR || chunk[end + 1] !== LF) break;
      this.command.add(q + 2 + bias, end + bias);
      this.#left--;
      p = end + 2;
    }
    this.#at = p;
    if (this.#left === 0) return this.#complete();
    return p < chunk.length && this.#onArgument();
  }

  #onArgument(): boolean {
    const first = this.#chunk[this.#at]!;
    if (first !== DOLLAR) {
      return this.#die(`Protocol error: expected '$', got '${printable(first)}'`);
    }
    this.#at++;
    this.#phase = LENGTH;
    this.#number.begin();
    return false;
  }

  #onLength(): boolean {
    const problem = 'Protocol error: invalid bulk length';
    if (!this.#readNumber(problem)) return false;
    const length = this.#number.value;
    if (length < 0 || length > this.#limits.maxBulkBytes) return this.#die(problem);
    this.#argumentStart = this.#at + this.#bias;
    if (this.#argumentStart + length + 2 > this.#limits.maxRequestBytes) {
      return this.#die('Protocol error: too big request');
    }
    this.#missing = length;
    this.#phase = BODY;
    return false;
  }

  #onBody(): boolean {
    const taken = Math.min(this.#missing, this.#chunk.length - this.#at);
    this.#at += taken;
    this.#missing -= taken;
    if (this.#missing > 0) return false;
    this.command.add(this.#argumentStart, this.#at + this.#bias);
    this.#missing = 2;
    this.#phase = BODY_END;
    return false;
  }

  #onBodyEnd(): boolean {
    const wanted = this.#missing === 2 ? CR : LF;
    if (this.#chunk[this.#at] !== wanted) return this.#die('Protocol error: invalid bulk length');
    this.#at++;
    this.#missing--;
    if (this.#missing > 0) return false;
    this.#left--;
    if (this.#left === 0) return this.#complete();
    this.#phase = ARGUMENT;
    return false;
  }

  #onInline(): boolean {
    const newline = this.#chunk.indexOf(LF, this.#at);
    const end = newline < 0 ? this.#chunk.length : newline;
    if (end + this.#bias > this.#limits.maxInlineBytes) {
      return this.#die('Protocol error: too big inline request');
    }
    if (newline < 0) {
      this.#at = end;
      return false;
    }
    this.#at = end + 1;
    const gathered = this.#gatheredToHere();
    const line = gathered ?? this.#chunk;
    const from = gathered === null ? -this.#bias : 0;
    let to = gathered === null ? end : gathered.length - 1;
    if (to > from && line[to - 1] === CR) to--;
    this.#forget();
    if (!splitInline(line, from, to, this.command)) {
      return this.#die('Protocol error: unbalanced quotes in request');
    }
    return this.command.argc > 0;
  }

  #complete(): boolean {
    const gathered = this.#gatheredToHere();
    if (gathered === null) this.command.finish(this.#chunk, -this.#bias);
    else this.command.finish(gathered, 0);
    this.#forget();
    return true;
  }

  /** The whole request in its own buffer, when it began in an earlier chunk. */
  #gatheredToHere(): Buffer | null {
    if (this.#gathered.length === 0) return null;
    this.#gathered.append(this.#chunk, 0, this.#at, 0);
    return this.#gathered.take();
  }

  /** True: the line is complete, and its number stands in `#number`. */
  #readNumber(problem: string): boolean {
    const behind = this.#number.read(this.#chunk, this.#at);
    if (behind === INVALID) return this.#die(problem);
    this.#at = behind === MORE ? this.#chunk.length : behind;
    return behind !== MORE;
  }

  /** The next byte begins a request. */
  #forget(): void {
    this.#phase = START;
    if (this.#gathered.length > 0) this.#gathered.take();
  }

  #die(problem: string): false {
    this.#error = problem;
    this.#phase = DEAD;
    this.#chunk = NO_BYTES;
    this.#at = 0;
    this.#waiting = [];
    this.#waitingHead = 0;
    this.#waitingBytes = 0;
    this.#gathered.take();
    this.command.clear();
    return false;
  }
}

/** A byte inside an error's text: nothing in it may end the reply or steer a terminal. */
function printable(c: number): string {
  return c < 0x20 || c === 0x7f ? ' ' : String.fromCharCode(c);
}
