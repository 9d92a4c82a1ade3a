/**
 * One bench run from beginning to end: read the configuration back, fill the keys that will be
 * read, load, read back what was acknowledged, delete what was written.
 */
import type { Client } from '../client/client.js';
import { codeOf } from '../kv/catalog/catalog.js';
import { RkvError } from '../kv/errors.js';
import type { Reply } from '../kv/reply.js';
import type { Command, ReadMode } from '../kv/request.js';
import { type Configuration, configurationOf, deviations } from './configuration.js';
import { keyName } from './keys.js';
import { Ledger, type Loss } from './ledger.js';
import { LoadRun, microClock } from './load.js';
import { Recorder } from './record.js';
import type { LoadOptions, LoadResult, Observer, Operation, Target } from './types.js';
import { MIN_NAMED_BYTES, valueMaker } from './value.js';

/** Requests on the way while keys are filled and read back, and keys of one deletion. */
const BULK_IN_FLIGHT = 512;
const DELETED_AT_ONCE = 256;

export interface BenchOptions extends Omit<LoadOptions, 'lastId'> {
  readonly read: ReadMode;
  readonly timeoutMs: number;
  /** Runs on any configuration, not only on the default one. */
  readonly any: boolean;
  readonly verify: boolean;
  /** A file for the history of the run, or null. */
  readonly record: string | null;
  /** Leaves the keys where they are. */
  readonly keep: boolean;
}

export interface BenchReport {
  readonly configuration: Configuration;
  readonly deviations: readonly string[];
  readonly result: LoadResult;
  readonly verified: { readonly acknowledged: number; readonly keys: number } | null;
  readonly losses: readonly Loss[];
}

function mustBeSensible(options: BenchOptions): void {
  const named = options.verify || options.record !== null;
  if (named && options.valueBytes < MIN_NAMED_BYTES) {
    throw new RkvError('USAGE', `--verify and --record need --value-bytes ${MIN_NAMED_BYTES}`);
  }
}

async function readConfiguration(client: Client, any: boolean): Promise<Configuration> {
  const [status, options] = await Promise.all([client.admin.status(), client.admin.options()]);
  const configuration = configurationOf(status, options);
  const differs = deviations(configuration);
  if (differs.length === 0 || any) return configuration;
  throw new RkvError('CONFLICT', `not the default configuration: ${differs.join(', ')}`, {
    hint: '--any measures it all the same',
  });
}

/** Runs the commands of `next` (undefined: no more), so many on the way at once. */
function bulk(
  target: Target,
  next: () => Command | undefined,
  take: (command: Command, answer: Reply) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let onTheWay = 0;
    const send = (): void => {
      const command = next();
      if (command === undefined) {
        if (onTheWay === 0) resolve();
        return;
      }
      onTheWay += 1;
      target.submit(command, (answer) => {
        onTheWay -= 1;
        if (answer instanceof RkvError) reject(answer);
        else {
          take(command, answer);
          send();
        }
      });
    };
    for (let slot = 0; slot < BULK_IN_FLIGHT; slot += 1) send();
  });
}

class Bench {
  readonly #target: Target;
  readonly #options: BenchOptions;
  readonly #ledger: Ledger | null;
  readonly #recorder: Recorder | null;
  readonly #touched: Uint8Array;
  readonly #nowUs = microClock();

  constructor(client: Client, options: BenchOptions) {
    const { read, timeoutMs } = options;
    this.#options = options;
    this.#target = {
      submit: (command, done) => client.submit(command, done, { read, timeoutMs }),
    };
    this.#ledger = options.verify ? new Ledger() : null;
    this.#recorder = options.record === null ? null : new Recorder(options.record);
    this.#touched = new Uint8Array(options.keys);
  }

  /** Writes every key once, so that reads find what they ask for. Gives the last write's number. */
  async fill(): Promise<number> {
    const { keys, valueBytes, seed } = this.#options;
    const values = valueMaker(valueBytes, seed);
    const set = codeOf('set');
    const starts = new Map<Command, { readonly key: number; readonly callUs: number }>();
    let next = 0;
    await bulk(
      this.#target,
      () => {
        if (next === keys) return undefined;
        const key = next;
        next += 1;
        const args = [Buffer.from(keyName(key), 'latin1'), values(next)];
        const command = { code: set, database: 0, args };
        starts.set(command, { key, callUs: this.#nowUs() });
        return command;
      },
      (command, answer) => {
        const start = starts.get(command);
        starts.delete(command);
        if (start === undefined) return;
        const returnUs = this.#nowUs();
        this.#note({ caller: 0, kind: 'set', id: start.key + 1, ...start, returnUs, answer });
      },
    );
    return keys;
  }

  #note(operation: Operation): void {
    if (operation.kind === 'set') this.#touched[operation.key] = 1;
    this.#ledger?.note(operation);
    this.#recorder?.note(operation);
  }

  async load(lastId: number): Promise<LoadResult> {
    const observe: Observer = (operation) => this.#note(operation);
    const options = { ...this.#options, lastId };
    const result = await new LoadRun(this.#target, options, observe, this.#nowUs).run();
    await this.#recorder?.close();
    return result;
  }

  async verify(): Promise<{ acknowledged: number; keys: number; losses: Loss[] } | null> {
    const ledger = this.#ledger;
    if (ledger === null) return null;
    const keys = ledger.keys();
    const losses: Loss[] = [];
    const numbers = new Map<Command, number>();
    const get = codeOf('get');
    let next = 0;
    await bulk(
      this.#target,
      () => {
        const key = keys[next];
        if (key === undefined) return undefined;
        next += 1;
        const command = { code: get, database: 0, args: [Buffer.from(keyName(key), 'latin1')] };
        numbers.set(command, key);
        return command;
      },
      (command, answer) => {
        const key = numbers.get(command) as number;
        numbers.delete(command);
        const loss = ledger.check(key, answer.kind === 'item' ? answer.value : null);
        if (loss !== null) losses.push(loss);
      },
    );
    return { acknowledged: ledger.acknowledged, keys: keys.length, losses };
  }

  async cleanUp(): Promise<void> {
    const mdel = codeOf('mdel');
    let key = 0;
    const next = (): Command | undefined => {
      const args: Buffer[] = [];
      for (; key < this.#touched.length && args.length < DELETED_AT_ONCE; key += 1) {
        if (this.#touched[key] === 1) args.push(Buffer.from(keyName(key), 'latin1'));
      }
      return args.length === 0 ? undefined : { code: mdel, database: 0, args };
    };
    await bulk(this.#target, next, () => undefined);
  }
}

/** `progress` hears what is going on, for people. Rejects CONFLICT on another configuration. */
export async function runBench(
  client: Client,
  options: BenchOptions,
  progress: (sentence: string) => void,
): Promise<BenchReport> {
  mustBeSensible(options);
  const configuration = await readConfiguration(client, options.any);
  const bench = new Bench(client, options);
  if (options.reads > 0) progress(`writing ${options.keys} keys to be read`);
  const lastId = options.reads > 0 ? await bench.fill() : 0;
  progress(`running ${(options.warmupMs + options.durationMs) / 1000} s`);
  const result = await bench.load(lastId);
  if (options.verify) progress('reading back every acknowledged key');
  const verified = await bench.verify();
  if (!options.keep) {
    progress('deleting the keys of the run');
    await bench.cleanUp();
  }
  return {
    configuration,
    deviations: deviations(configuration),
    result,
    verified: verified && { acknowledged: verified.acknowledged, keys: verified.keys },
    losses: verified?.losses ?? [],
  };
}
