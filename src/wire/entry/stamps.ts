/**
 * Session stamps inside one entry. A session's 16 bytes stand there once; later commands of the
 * same session name it by number, and a decoded entry shares one string for all of them.
 */
import { assert } from '../../base/assert.js';
import { epochMs } from '../../base/ids.js';
import type { SessionStamp } from '../../kv/request.js';
import type { ByteReader } from './reader.js';
import { malformed } from './reader.js';
import type { ByteWriter } from './writer.js';

export const SESSION_BYTES = 16;

function writeNumbers(out: ByteWriter, { sequence, mark, firstAttempt }: SessionStamp): void {
  out.varint(sequence);
  out.varint(mark);
  out.varint(firstAttempt);
}

function writeSession(out: ByteWriter, session: string): void {
  assert(session.length === SESSION_BYTES, 'a session has 16 bytes');
  out.byte(0);
  out.latin1(session);
}

/** A stamp alone, as a `SessionWriter` writes its first. */
export function writeStamp(out: ByteWriter, stamp: SessionStamp): void {
  writeSession(out, stamp.session);
  writeNumbers(out, stamp);
}

export class SessionWriter {
  readonly #out: ByteWriter;
  readonly #numbers = new Map<string, number>();

  constructor(out: ByteWriter) {
    this.#out = out;
  }

  write(stamp: SessionStamp): void {
    const out = this.#out;
    const number = this.#numbers.get(stamp.session);
    if (number === undefined) {
      this.#numbers.set(stamp.session, this.#numbers.size + 1);
      writeSession(out, stamp.session);
    } else {
      out.varint(number);
    }
    writeNumbers(out, stamp);
  }
}

export class SessionReader {
  readonly #from: ByteReader;
  readonly #sessions: string[] = [];

  constructor(from: ByteReader) {
    this.#from = from;
  }

  read(): SessionStamp {
    const from = this.#from;
    const session = this.#session(from.varint());
    const sequence = from.varint();
    const mark = from.varint();
    return { session, sequence, mark, firstAttempt: epochMs(from.varint()) };
  }

  #session(number: number): string {
    if (number === 0) {
      const session = this.#from.latin1(SESSION_BYTES);
      this.#sessions.push(session);
      return session;
    }
    const session = this.#sessions[number - 1];
    if (session === undefined) throw malformed(`session ${number} of ${this.#sessions.length}`);
    return session;
  }
}
