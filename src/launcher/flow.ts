/**
 * One direction of one proxied connection: bytes go from one socket to the other as the mode of the
 * link says. Promise kept here: what arrives arrives in order, and a direction that has lost a byte
 * says so, because such a connection must not live on after the fault.
 */
import type { Socket } from 'node:net';

/**
 * pass: at once · cut: lost without a trace, ends of connections too · clog: not read any more, so
 * that the sender's own buffers fill · delay: so many milliseconds later, order kept.
 */
export type LinkMode =
  | { readonly kind: 'pass' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'clog' }
  | { readonly kind: 'delay'; readonly ms: number };

export const PASS: LinkMode = { kind: 'pass' };

/** Bytes that wait for their time before the sender is made to wait too. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

type Parcel =
  | { readonly kind: 'bytes'; readonly at: number; readonly bytes: Buffer }
  | { readonly kind: 'end'; readonly at: number }
  /** Both halves have ended in order. */
  | { readonly kind: 'over'; readonly at: number }
  | { readonly kind: 'broken'; readonly at: number };

export interface FlowSettings {
  readonly source: Socket;
  readonly sink: Socket;
  readonly mode: LinkMode;
  /** Something was lost, held or delayed. */
  readonly onHit: () => void;
}

export class Flow {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #onHit: () => void;
  #mode: LinkMode;
  #parcels: Parcel[] = [];
  #waitingBytes = 0;
  #timer: NodeJS.Timeout | null = null;
  #sinkFull = false;
  /** Bytes were lost: the connection has a hole. */
  lossy = false;

  constructor({ source, sink, mode, onHit }: FlowSettings) {
    this.#source = source;
    this.#sink = sink;
    this.#mode = mode;
    this.#onHit = onHit;
    source.on('data', (bytes: Buffer) => this.#take({ kind: 'bytes', at: 0, bytes }));
    source.on('end', () => this.#take({ kind: 'end', at: 0 }));
    source.on('close', () => this.#take({ kind: source.readableEnded ? 'over' : 'broken', at: 0 }));
    sink.on('drain', () => {
      this.#sinkFull = false;
      this.#read();
    });
    this.#read();
  }

  setMode(mode: LinkMode): void {
    this.#mode = mode;
    if (mode.kind === 'cut') this.#lose();
    this.#read();
    this.#deliver();
  }

  /** No more deliveries. */
  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#parcels = [];
  }

  #take(parcel: Parcel): void {
    const now = performance.now();
    const last = this.#parcels.at(-1)?.at ?? now;
    switch (this.#mode.kind) {
      case 'cut':
        this.#onHit();
        this.lossy = true;
        return;
      case 'clog':
      case 'pass':
        this.#wait(parcel, Math.max(now, last));
        break;
      case 'delay':
        this.#onHit();
        this.#wait(parcel, Math.max(now + this.#mode.ms, last));
        break;
    }
    this.#deliver();
    this.#read();
  }

  #wait(parcel: Parcel, at: number): void {
    this.#parcels.push({ ...parcel, at });
    if (parcel.kind === 'bytes') this.#waitingBytes += parcel.bytes.length;
  }

  #lose(): void {
    if (this.#parcels.length > 0) this.lossy = true;
    this.stop();
    this.#waitingBytes = 0;
  }

  /** Reads the source, or lets it wait. */
  #read(): void {
    const clogged = this.#mode.kind === 'clog';
    if (clogged) this.#onHit();
    const wait = clogged || this.#sinkFull || this.#waitingBytes > MAX_WAITING_BYTES;
    if (wait && this.#mode.kind !== 'cut') this.#source.pause();
    else this.#source.resume();
  }

  #deliver(): void {
    if (this.#mode.kind === 'clog') return;
    const now = performance.now();
    for (let next = this.#parcels[0]; next !== undefined; next = this.#parcels[0]) {
      if (next.at > now) break;
      this.#parcels.shift();
      this.#hand(next);
    }
    const next = this.#parcels[0];
    if (next === undefined || this.#timer !== null) return;
    this.#timer = setTimeout(
      () => {
        this.#timer = null;
        this.#deliver();
        this.#read();
      },
      Math.max(1, next.at - now),
    );
  }

  #hand(parcel: Parcel): void {
    const sink = this.#sink;
    switch (parcel.kind) {
      case 'bytes':
        this.#waitingBytes -= parcel.bytes.length;
        if (!sink.destroyed && sink.writable) this.#sinkFull = !sink.write(parcel.bytes);
        break;
      case 'end':
        if (!sink.destroyed) sink.end();
        break;
      case 'over':
        sink.destroySoon();
        break;
      case 'broken':
        sink.destroy();
        break;
    }
  }
}
