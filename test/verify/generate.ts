/**
 * Histories of a store that is right: each operation takes effect at one instant between its call
 * and its return, drawn at random, or, when its outcome is unknown, at any time after its call or
 * never. As a program it times the checker:
 *
 *   npx tsx test/verify/generate.ts [operations] [clients] [keys] [unknown in 1000] [seed]
 */
import { createPrng, type Prng } from '../../src/base/prng.js';
import type { HistoryOp, HistoryOut, HistoryResult } from '../../src/verify/history.js';

export interface GeneratorOptions {
  readonly operations: number;
  readonly clients: number;
  readonly keys: number;
  /** Of 1,000 operations, how many have an unknown outcome; as many are refused. */
  readonly unknownPerMille: number;
  readonly seed: number;
  /** Names of operations, drawn evenly; one that stands there twice comes twice as often. */
  readonly mix?: readonly string[];
  /** Values of set and cas come from so few; 0: each is written once. */
  readonly values?: number;
  readonly maxLatencyUs?: number;
  /** As `rkv chaos` does: registers, counters and lists, and half of it on eight keys. */
  readonly families?: boolean;
}

export const FULL_MIX = ['get', 'get', 'get', 'set', 'set', 'cas', 'cad', 'incr', 'append', 'del'];

/** Names of operations by family, and what they are drawn with, of 100. */
const FAMILIES: readonly (readonly (readonly [op: string, share: number])[])[] = [
  [
    ['get', 45],
    ['set', 25],
    ['cas', 22],
    ['append', 3],
    ['del', 5],
  ],
  [
    ['get', 45],
    ['incr', 52],
    ['del', 3],
  ],
  [
    ['get', 45],
    ['set', 25],
    ['cas', 22],
    ['append', 3],
    ['del', 5],
  ],
  [
    ['get', 45],
    ['append', 52],
    ['del', 3],
  ],
];
const HOT_KEYS = 8;

interface Plan {
  readonly client: number;
  readonly op: string;
  readonly key: string;
  readonly args: readonly string[];
  readonly call: number;
  readonly return: number;
  readonly result: HistoryResult;
  /** When it takes effect; null: never. */
  readonly point: number | null;
}

type Value = string | null;

/** What the operation answers to this value, and the value after it. */
function run(plan: Plan, value: Value): { out: HistoryOut; after: Value; failed?: boolean } {
  const [first = '1', second = ''] = plan.args;
  switch (plan.op) {
    case 'get':
      return { out: { value }, after: value };
    case 'exists':
      return { out: { found: value !== null }, after: value };
    case 'set': {
      if (plan.args.includes('NX') && value !== null)
        return { out: { applied: false }, after: value };
      return { out: { applied: true }, after: first };
    }
    case 'cas':
      return { out: { applied: value === first }, after: value === first ? second : value };
    case 'cad':
      return { out: { applied: value === first }, after: value === first ? null : value };
    case 'del':
      return { out: { applied: value !== null }, after: null };
    case 'incr': {
      if (value !== null && !/^(0|-?[1-9]\d{0,15})$/.test(value)) {
        return { out: { code: 'NOT_INTEGER' }, after: value, failed: true };
      }
      const sum = (BigInt(value ?? '0') + BigInt(first)).toString();
      return { out: { value: sum }, after: sum };
    }
    case 'append': {
      const longer = (value ?? '') + first;
      return { out: { length: longer.length }, after: longer };
    }
    default:
      throw new RangeError(plan.op);
  }
}

class Generator {
  readonly #options: GeneratorOptions;
  readonly #prng: Prng;
  #written = 0;

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#prng = createPrng(options.seed);
  }

  #value(): string {
    const { values = 0 } = this.#options;
    this.#written += 1;
    return String(values === 0 ? this.#written : this.#prng.below(values));
  }

  #argsOf(op: string): string[] {
    if (op === 'set') return this.#prng.below(8) === 0 ? [this.#value(), 'NX'] : [this.#value()];
    if (op === 'cas') {
      const { values = 0 } = this.#options;
      const recent = this.#written - this.#prng.below(Math.min(6, this.#written + 1));
      return [String(values === 0 ? recent : this.#prng.below(values)), this.#value()];
    }
    if (op === 'cad') return [String(this.#prng.below(this.#written + 1))];
    if (op === 'incr' && this.#options.families) return [String(1 + this.#prng.below(1000))];
    if (op === 'incr') return [String(this.#prng.below(3) - 1 || 2)];
    if (op === 'append') return [`.${this.#value()}`];
    return [];
  }

  #draw(): { op: string; key: number } {
    const prng = this.#prng;
    const { keys, mix = FULL_MIX, families = false } = this.#options;
    if (!families) return { op: mix[prng.below(mix.length)] as string, key: prng.below(keys) };
    const key = prng.below(prng.below(2) === 0 ? HOT_KEYS : keys);
    let dice = prng.below(100);
    for (const [op, share] of FAMILIES[key % FAMILIES.length] as (typeof FAMILIES)[number]) {
      if (dice < share) return { op, key };
      dice -= share;
    }
    throw new RangeError('shares are 100 in all');
  }

  #plan(client: number, call: number): Plan {
    const prng = this.#prng;
    const { unknownPerMille, maxLatencyUs = 2000 } = this.#options;
    const draw = this.#draw();
    const { op } = draw;
    const latency = 10 + prng.below(maxLatencyUs);
    const drawn = prng.below(1000);
    const key = `k${draw.key}`;
    const plan = { client, op, key, args: this.#argsOf(op), call, return: call + latency };
    if (drawn < unknownPerMille) {
      const point = prng.below(2) === 0 ? null : call + prng.below(10 * maxLatencyUs);
      return { ...plan, result: 'unknown', point };
    }
    if (drawn < 2 * unknownPerMille) return { ...plan, result: 'refused', point: null };
    return { ...plan, result: 'ok', point: call + prng.below(latency + 1) };
  }

  #plans(): Plan[] {
    const { clients, operations } = this.#options;
    const free = Array.from({ length: clients }, () => this.#prng.below(1000));
    const plans: Plan[] = [];
    while (plans.length < operations) {
      const client = plans.length % clients;
      const plan = this.#plan(client, free[client] as number);
      free[client] = plan.return + 1 + this.#prng.below(500);
      plans.push(plan);
    }
    return plans;
  }

  history(): HistoryOp[] {
    const plans = this.#plans();
    const outs = new Map<Plan, HistoryOut>();
    const failed = new Set<Plan>();
    const values = new Map<string, Value>();
    const effective = plans.filter(({ point }) => point !== null);
    effective.sort((a, b) => (a.point as number) - (b.point as number));
    for (const plan of effective) {
      const { out, after, failed: refused } = run(plan, values.get(plan.key) ?? null);
      values.set(plan.key, after);
      if (refused === true && plan.result === 'ok') failed.add(plan);
      if (plan.result === 'ok') outs.set(plan, out);
    }
    return plans.map((plan) => {
      const { point: _, ...line } = plan;
      const result = failed.has(plan) ? 'refused' : plan.result;
      return { ...line, result, out: outs.get(plan) ?? {} };
    });
  }
}

export const generateHistory = (options: GeneratorOptions): HistoryOp[] =>
  new Generator(options).history();

const KEY_BUDGET_MS = 10_000;

async function main(words: readonly string[]): Promise<void> {
  const { checkHistory } = await import('../../src/verify/linearizability.js');
  const [operations = 100_000, clients = 64, keys = 200, unknownPerMille = 10, seed = 1] =
    words.map(Number);
  for (const [name, options] of [
    ['all operations', {}],
    ['get and set', { mix: ['get', 'set'] }],
    ['get and incr', { mix: ['get', 'incr'] }],
    ['as chaos does', { families: true }],
  ] as const) {
    const history = generateHistory({
      ...{ operations, clients, keys, unknownPerMille, seed, ...options },
    });
    const begin = performance.now();
    let since = begin;
    const verdict = checkHistory(history, {
      shouldStop: (_, steps) => {
        if (steps === 0) since = performance.now();
        return performance.now() - since > KEY_BUDGET_MS;
      },
    });
    const seconds = ((performance.now() - begin) / 1000).toFixed(2);
    process.stdout.write(`${name}: ${operations} operations, ${verdict.kind} in ${seconds} s\n`);
  }
}

if (process.argv[1]?.endsWith('generate.ts')) await main(process.argv.slice(2));
