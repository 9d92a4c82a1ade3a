/**
 * Callers that append tokens to keys of their own, one at a time. So the value of a key spells
 * every write it has taken, in order: a lost, doubled or reordered one shows, and so does one that
 * was refused and applied all the same.
 */
import { pause } from './cluster.mjs';

/** Then a writer takes a fresh key: values stay small, keys spread over all shards. */
const TOKENS_PER_KEY = 64;
const REST_AFTER_REFUSAL_MS = 20;

/**
 * @typedef {{ name: string, expected: string, maybe: string }} KeyRecord
 *   `expected` is what was acknowledged; `maybe` a last token whose outcome is unknown.
 */

export class Writers {
  /** @param {(key: string, token: string) => Promise<'ok' | 'refused' | 'unknown'>} append */
  constructor(append) {
    this.append = append;
    /** @type {KeyRecord[]} */
    this.records = [];
    this.acknowledged = 0;
    this.refused = 0;
    this.unknown = 0;
    this.stopped = false;
    this.lastGood = performance.now();
    this.longestStallMs = 0;
  }

  /** Resolves when every caller has heard its last answer. */
  run(callers) {
    return Promise.all(Array.from({ length: callers }, (_, caller) => this.write(caller)));
  }

  stop() {
    this.stopped = true;
  }

  async write(caller) {
    let serial = 0;
    while (!this.stopped) {
      const record = { name: `kl:${caller}:${serial}`, expected: '', maybe: '' };
      this.records.push(record);
      for (let count = 0; count < TOKENS_PER_KEY && !this.stopped && !record.maybe; count += 1) {
        serial += 1;
        await this.appendTo(record, `${caller}.${serial};`);
      }
    }
  }

  async appendTo(record, token) {
    const outcome = await this.append(record.name, token);
    if (outcome === 'ok') {
      record.expected += token;
      this.acknowledged += 1;
      const now = performance.now();
      this.longestStallMs = Math.max(this.longestStallMs, now - this.lastGood);
      this.lastGood = now;
    } else if (outcome === 'unknown') {
      record.maybe = token;
      this.unknown += 1;
    } else {
      this.refused += 1;
      await pause(REST_AFTER_REFUSAL_MS);
    }
  }
}

/**
 * Why this value of a key cannot be right, or null.
 * @param {KeyRecord} record @param {string | null} value
 */
export function judge({ name, expected, maybe }, value) {
  const found = value ?? '';
  if (found === expected || found === expected + maybe) return null;
  const tokens = found.split(';');
  const missing = expected.split(';').filter((token) => !tokens.includes(token));
  const what = missing.length > 0 ? `lost ${missing.join(', ')}` : 'doubled, reordered or refused';
  return `${name}: ${what}: expected ${expected || 'nothing'}${maybe && ` (${maybe}?)`}, found ${found || 'nothing'}`;
}
