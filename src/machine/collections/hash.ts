/**
 * A hash as one command sees it: fields by name, the head put once at the end. A field whose
 * deadline is not after applied cluster time is absent, though its row is still there; it counts
 * until it is deleted or overwritten, or an `expireFields` entry names it.
 *
 * Beside a field with a deadline lies a row in the order of deadlines, without payload; the head's
 * `wake` is a lower bound of them all, so the leader finds what is due by a short read.
 */
import { EMPTY_BYTES, toByteKey } from '../../base/bytes.js';
import type { EpochMs, Revision } from '../../base/ids.js';
import type { Run } from '../apply/run.js';
import type { Head, Header, Place } from '../types.js';
import { HASH } from '../value-type.js';
import {
  decodeField,
  decodeHashHead,
  encodeField,
  encodeHashHead,
  type Field,
} from './field-codec.js';
import { dueName, memberName } from './names.js';

/** Of what lay there before. */
interface Kept {
  readonly created: Revision | null;
  readonly deadline: EpochMs | null;
}

export class Hash {
  /** Null: the key is not there. */
  readonly head: Head | null;
  readonly #run: Run;
  readonly #place: Place;
  readonly #generation: number;
  readonly #created: Revision;
  readonly #deadline: EpochMs | null;
  #count: number;
  #wake: EpochMs | null;
  #dueRevision: Revision;
  #changed = false;

  private constructor(run: Run, place: Place, head: Head | null, kept: Kept) {
    this.head = head;
    this.#run = run;
    this.#place = place;
    const next = (run.revision + 1) as Revision;
    this.#created = kept.created ?? next;
    this.#deadline = kept.deadline;
    const own = head === null ? { count: 0, dueRevision: next } : decodeHashHead(head.value);
    this.#generation = head === null ? next : head.generation;
    this.#count = own.count;
    this.#dueRevision = own.dueRevision;
    this.#wake = head?.facts?.wake ?? null;
  }

  /** Null: the key holds something else. */
  static open(run: Run, place: Place): Hash | null {
    const head = run.head(place);
    if (head !== null && head.type !== HASH) return null;
    const { created = null, deadline = null } = head ?? {};
    return new Hash(run, place, head, { created, deadline });
  }

  /** An empty one that, once it is put, replaces whatever is there (`old`). */
  static begin(run: Run, place: Place, old: Header | null, deadline: EpochMs | null): Hash {
    const hash = new Hash(run, place, null, { created: old?.created ?? null, deadline });
    hash.#changed = old !== null;
    return hash;
  }

  /** Fields, those included that are due and not yet gone. */
  get count(): number {
    return this.#count;
  }

  get generation(): number {
    return this.#generation;
  }

  get dueRevision(): Revision {
    return this.#dueRevision;
  }

  get(field: Uint8Array): Field | null {
    const found = this.#row(memberName(field));
    return found === null || this.isDue(found) ? null : found;
  }

  isDue({ deadline }: Field): boolean {
    return deadline !== null && deadline <= this.#run.time;
  }

  set(field: Uint8Array, value: Uint8Array, deadline: EpochMs | null): void {
    const name = memberName(field);
    const old = this.#row(name);
    const elements = this.#run.elements;
    if (old === null) this.#count++;
    if (old !== null && old.deadline !== null && old.deadline !== deadline) {
      this.#deleteDue(old.deadline, field);
    }
    if (deadline !== null && old?.deadline !== deadline) this.#putDue(deadline, field);
    elements.putElement(this.#place, this.#generation, name, encodeField({ value, deadline }));
    this.#changed = true;
  }

  /** False: it was not there. A field that is due goes too, and was not there. */
  delete(field: Uint8Array): boolean {
    const name = memberName(field);
    const old = this.#row(name);
    if (old === null) return false;
    if (old.deadline !== null) this.#deleteDue(old.deadline, field);
    this.#run.elements.deleteElement(this.#place, this.#generation, name);
    this.#count--;
    this.#changed = true;
    return !this.isDue(old);
  }

  /** What a search has found: no field is due before. */
  setWake(wake: EpochMs | null): void {
    if (wake === this.#wake) return;
    this.#wake = wake;
    this.#changed = true;
  }

  /** The row as it is, due or not. */
  row(field: Uint8Array): Field | null {
    return this.#row(memberName(field));
  }

  /** Puts the head; the last field gone takes the key with it. */
  commit(): void {
    if (!this.#changed) return;
    if (this.#count === 0) {
      this.#run.remove(this.#place);
      return;
    }
    this.#run.putCollection(this.#place, {
      type: HASH,
      created: this.#created,
      deadline: this.#deadline,
      generation: this.#generation,
      value: encodeHashHead({ count: this.#count, dueRevision: this.#dueRevision }),
      wake: this.#wake,
    });
  }

  #row(name: string): Field | null {
    const payload = this.#run.element(this.#place, this.#generation, name);
    return payload === null ? null : decodeField(payload);
  }

  #putDue(deadline: EpochMs, field: Uint8Array): void {
    const name = dueName(deadline, toByteKey(field));
    this.#run.elements.knowElement(this.#place, this.#generation, name, null);
    this.#run.elements.putElement(this.#place, this.#generation, name, EMPTY_BYTES);
    if (this.#wake === null || deadline < this.#wake) this.#wake = deadline;
    this.#dueRevision = (this.#run.revision + 1) as Revision;
  }

  #deleteDue(deadline: EpochMs, field: Uint8Array): void {
    const name = dueName(deadline, toByteKey(field));
    this.#run.elements.knowElement(this.#place, this.#generation, name, EMPTY_BYTES);
    this.#run.elements.deleteElement(this.#place, this.#generation, name);
  }
}
