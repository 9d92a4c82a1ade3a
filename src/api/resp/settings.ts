/**
 * CONFIG: what clients and frameworks ask for at start, as rows. Most say how rkv is and are not
 * changed from here (options of the node are); a value without an effect is accepted only when it
 * asks for what is so anyway.
 */
import { MAX_USER_DATABASE } from '../gate/gate.js';
import type { RespLimits } from './types.js';

interface Setting {
  value: string;
  /** The value to keep, or why not; absent: it cannot be set. */
  readonly accept?: (value: string) => { readonly value: string } | { readonly why: string };
}

export const SLOWLOG_THRESHOLD = 'slowlog-log-slower-than';
export const SLOWLOG_LENGTH = 'slowlog-max-len';
export const LATENCY_THRESHOLD = 'latency-monitor-threshold';
export const IDLE_TIMEOUT = 'timeout';

const fixed = (value: string | number): Setting => ({ value: String(value) });

/** May be "set" to what it is; `known` are all that Redis takes. */
const constant = (value: string, known: readonly string[] = []): Setting => ({
  value,
  accept(asked) {
    const wanted = asked.toLowerCase();
    if (wanted === value) return { value };
    return known.length === 0 || known.includes(wanted)
      ? { why: `only '${value}' is possible here` }
      : { why: `argument(s) must be one of the following: ${known.join(', ')}` };
  },
});

/** There is no limit here, and no other number is taken for one. */
const noMemoryLimit: Setting = {
  value: '0',
  accept: (asked) =>
    /^\d+(b|[kmg]b?)?$/i.test(asked)
      ? Number.parseInt(asked, 10) === 0
        ? { value: '0' }
        : { why: "only '0' is possible here" }
      : { why: 'argument must be a memory value' },
};

const POLICIES = [
  ...['volatile-lru', 'volatile-lfu', 'volatile-random', 'volatile-ttl'],
  ...['allkeys-lru', 'allkeys-lfu', 'allkeys-random', 'noeviction'],
];

const number = (value: number, min: number): Setting => ({
  value: String(value),
  accept(asked) {
    const parsed = Number(asked);
    if (!/^-?\d+$/.test(asked) || !Number.isSafeInteger(parsed)) {
      return { why: "argument couldn't be parsed into an integer" };
    }
    return parsed < min
      ? { why: `argument must be between ${min} and ${Number.MAX_SAFE_INTEGER} inclusive` }
      : { value: String(parsed) };
  },
});

const EVENT_CLASSES = 'Ag$lshzxetdmnKE';

/** Kept and shown; events themselves come with pub/sub. */
const events: Setting = {
  value: '',
  accept: (asked) =>
    [...asked].every((letter) => EVENT_CLASSES.includes(letter))
      ? { value: [...EVENT_CLASSES].filter((letter) => asked.includes(letter)).join('') }
      : { why: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'." },
};

export class Settings {
  readonly #rows: ReadonlyMap<string, Setting>;

  constructor(limits: RespLimits) {
    this.#rows = new Map<string, Setting>([
      ['maxmemory', noMemoryLimit],
      ['maxmemory-policy', constant('noeviction', POLICIES)],
      ['appendonly', constant('yes')],
      ['appendfsync', constant('always')],
      ['save', constant('')],
      ['databases', fixed(MAX_USER_DATABASE + 1)],
      ['maxclients', fixed(limits.connections)],
      ['proto-max-bulk-len', fixed(limits.maxBulkBytes)],
      ['client-query-buffer-limit', fixed(limits.maxRequestBytes)],
      ['cluster-enabled', fixed('no')],
      ['requirepass', constant('')],
      ['notify-keyspace-events', { ...events }],
      [IDLE_TIMEOUT, number(0, 0)],
      ['tcp-keepalive', fixed(60)],
      [SLOWLOG_THRESHOLD, number(10_000, -1)],
      [SLOWLOG_LENGTH, number(128, 0)],
      [LATENCY_THRESHOLD, number(0, 0)],
    ]);
  }

  number(name: string): number {
    return Number(this.#rows.get(name)?.value ?? 0);
  }

  /** Name and value of all that match. */
  find(matches: (name: string) => boolean): [string, string][] {
    const found: [string, string][] = [];
    for (const [name, { value }] of this.#rows) if (matches(name)) found.push([name, value]);
    return found;
  }

  /** All or none; the text of Redis's error, or null. */
  set(pairs: readonly (readonly [string, string])[]): string | null {
    const changes: [Setting, string][] = [];
    const seen = new Set<string>();
    for (const [asked, wanted] of pairs) {
      const name = asked.toLowerCase();
      const row = this.#rows.get(name);
      if (row === undefined) {
        return `ERR Unknown option or number of arguments for CONFIG SET - '${asked}'`;
      }
      const failed = `ERR CONFIG SET failed (possibly related to argument '${asked}')`;
      if (seen.has(name)) return `${failed} - duplicate parameter`;
      seen.add(name);
      if (row.accept === undefined) return `${failed} - can't set immutable config`;
      const verdict = row.accept(wanted);
      if ('why' in verdict) return `${failed} - ${verdict.why}`;
      changes.push([row, verdict.value]);
    }
    for (const [row, value] of changes) row.value = value;
    return null;
  }
}
