/**
 * The slowest commands of this node's Redis clients, from arrival to answer: here that includes the
 * way to a majority of disks. Beside it the worst times by second, for LATENCY.
 */
import { asBuffer } from '../../base/bytes.js';
import type { Clock } from '../../base/clock.js';
import type { Client } from './client.js';
import type { Entry } from './registry.js';
import { LATENCY_THRESHOLD, type Settings, SLOWLOG_LENGTH, SLOWLOG_THRESHOLD } from './settings.js';

export interface SlowCommand {
  readonly id: number;
  /** Unix time in seconds. */
  readonly at: number;
  readonly microseconds: number;
  /** Name and arguments, cut as Redis cuts them. */
  readonly words: readonly string[];
  readonly address: string;
  readonly name: string;
}

export interface LatencySample {
  /** Unix time in seconds. */
  readonly at: number;
  readonly ms: number;
}

const MAX_WORDS = 32;
const MAX_WORD_CHARACTERS = 128;
const MAX_SAMPLES = 160;
/** The only event that is measured here. */
export const COMMAND_EVENT = 'command';

function cut(entry: Entry, args: readonly Uint8Array[]): string[] {
  const words = entry.fullName.includes('|') ? entry.fullName.split('|') : [entry.fullName];
  const room = MAX_WORDS - words.length;
  const shown = args.length > room ? room - 1 : args.length;
  for (let i = 0; i < shown; i++) {
    const arg = args[i] as Uint8Array;
    const text = asBuffer(arg).toString('latin1', 0, MAX_WORD_CHARACTERS);
    const rest = arg.length - MAX_WORD_CHARACTERS;
    words.push(rest > 0 ? `${text}... (${rest} more bytes)` : text);
  }
  if (shown < args.length) words.push(`... (${args.length - shown} more arguments)`);
  return words;
}

export class Slowlog {
  readonly #clock: Clock;
  readonly #settings: Settings;
  /** Oldest first; up to as many again as are shown, so that cutting costs little each. */
  #entries: SlowCommand[] = [];
  #nextId = 0;
  #samples: LatencySample[] = [];
  /** The worst that was ever seen, since RESET. */
  worstMs = 0;
  /** A command of at least so many microseconds is told to `onSlow`. */
  fromMicroseconds = 0;
  /** The settings, as numbers: under load every command may be slow. */
  #threshold = 0;
  #latency = 0;
  #length = 0;

  constructor(clock: Clock, settings: Settings) {
    this.#clock = clock;
    this.#settings = settings;
    this.onSettings();
  }

  /** CONFIG SET was called. */
  onSettings(): void {
    const slow = this.#settings.number(SLOWLOG_THRESHOLD);
    const latency = this.#settings.number(LATENCY_THRESHOLD);
    this.#threshold = slow;
    this.#latency = latency;
    this.#length = this.#settings.number(SLOWLOG_LENGTH);
    const floors = [slow < 0 ? null : slow, latency === 0 ? null : latency * 1000];
    this.fromMicroseconds = Math.min(...floors.map((floor) => floor ?? Number.POSITIVE_INFINITY));
    this.#trim(this.#length);
  }

  /** Newest first. */
  get entries(): readonly SlowCommand[] {
    this.#trim(this.#length);
    return [...this.#entries].reverse();
  }

  get samples(): readonly LatencySample[] {
    return this.#samples;
  }

  onSlow(client: Client, entry: Entry, args: readonly Uint8Array[], microseconds: number): void {
    const at = Math.floor(this.#clock.wall() / 1000);
    const latency = this.#latency;
    if (latency > 0 && microseconds >= latency * 1000) this.#sample(at, microseconds / 1000);
    const threshold = this.#threshold;
    if (threshold < 0 || microseconds < threshold || this.#length === 0) return;
    if (entry.row.flags.includes('skip_slowlog')) return;
    const { address, name } = client;
    const words = cut(entry, args);
    const id = this.#nextId++;
    this.#entries.push({ id, at, microseconds: Math.round(microseconds), words, address, name });
    if (this.#entries.length >= 2 * this.#length) this.#trim(this.#length);
  }

  #sample(at: number, ms: number): void {
    this.worstMs = Math.max(this.worstMs, ms);
    const last = this.#samples.at(-1);
    if (last?.at === at) {
      if (ms > last.ms) this.#samples[this.#samples.length - 1] = { at, ms };
      return;
    }
    this.#samples.push({ at, ms });
    if (this.#samples.length > MAX_SAMPLES) this.#samples.shift();
  }

  #trim(length: number): void {
    if (this.#entries.length > length) this.#entries.splice(0, this.#entries.length - length);
  }

  reset(): void {
    this.#entries = [];
  }

  resetLatency(): number {
    const events = this.#samples.length > 0 ? 1 : 0;
    this.#samples = [];
    this.worstMs = 0;
    return events;
  }
}
