/** What the door counts: for INFO, and for tests that ask what really happened. */
export class DoorStats {
  commands = 0;
  inputBytes = 0;
  outputBytes = 0;
  /** Error replies, by their first word. */
  readonly errors = new Map<string, number>();
  errorReplies = 0;
  unexpected = 0;
  /** Connections closed because their answers piled up. */
  outputLimit = 0;
  since: number;
  #sampledAt: number;
  #sampled = 0;
  #rate = 0;

  constructor(since: number) {
    this.since = since;
    this.#sampledAt = since;
  }

  /** Commands a second between the last two questions that were a second apart. */
  perSecond(now: number): number {
    const seconds = (now - this.#sampledAt) / 1000;
    if (seconds < 1) return this.#rate;
    this.#rate = Math.round((this.commands - this.#sampled) / seconds);
    this.#sampledAt = now;
    this.#sampled = this.commands;
    return this.#rate;
  }

  onError(text: string): void {
    this.errorReplies++;
    const space = text.indexOf(' ');
    const prefix = space < 0 ? text : text.slice(0, space);
    this.errors.set(prefix, (this.errors.get(prefix) ?? 0) + 1);
  }

  /** CONFIG RESETSTAT. */
  reset(now: number): void {
    this.commands = 0;
    this.inputBytes = 0;
    this.outputBytes = 0;
    this.errors.clear();
    this.errorReplies = 0;
    this.since = now;
    this.#sampledAt = now;
    this.#sampled = 0;
  }
}
