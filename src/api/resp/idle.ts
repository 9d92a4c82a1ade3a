/**
 * CONFIG SET timeout: connections that asked nothing for so many seconds are closed, as in Redis.
 */
import type { Clock, Timer } from '../../base/clock.js';
import type { Clients } from './clients.js';
import { IDLE_TIMEOUT, type Settings } from './settings.js';

const EVERY_MS = 1000;

export class IdleSweeper {
  readonly #clock: Clock;
  readonly #clients: Clients;
  readonly #settings: Settings;
  #timer: Timer | null = null;

  constructor(clock: Clock, clients: Clients, settings: Settings) {
    this.#clock = clock;
    this.#clients = clients;
    this.#settings = settings;
  }

  /** CONFIG SET was called: nothing runs while no timeout is set. */
  onSettings(): void {
    this.stop();
    if (this.#settings.number(IDLE_TIMEOUT) > 0) {
      this.#timer = this.#clock.after(EVERY_MS, () => this.#sweep());
    }
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = null;
  }

  #sweep(): void {
    const since = this.#clock.monotonic() - this.#settings.number(IDLE_TIMEOUT) * 1000;
    for (const client of this.#clients.all()) {
      // who watches others is not idle
      if (client.lastUsed < since && !client.monitors && client.control.idle) {
        client.control.destroy();
      }
    }
    this.onSettings();
  }
}
