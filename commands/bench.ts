/** `rkv bench`: load from many callers in this one process, and what came of it. */
import { Flags } from '@oclif/core';
import { DISTRIBUTIONS, type Distribution } from '../src/bench/keys.js';
import { benchText } from '../src/bench/report.js';
import { ClientCommand, durationFlag } from '../src/cli/client-command.js';

const READ_MODES = ['linearizable', 'follower', 'lease'] as const;
const SHARE = /^(0(\.\d+)?|1(\.0+)?)$/;

export default class Bench extends ClientCommand<typeof Bench> {
  static override summary = 'measure the cluster, and check what it acknowledged';
  static override examples = [
    '<%= config.bin %> bench --clients 64 --duration 10s',
    '<%= config.bin %> bench --clients 64 --in-flight 16 --reads 0.9',
    '<%= config.bin %> bench --rate 5000 --verify --record history.jsonl',
  ];

  static override flags = {
    clients: Flags.integer({ default: 64, min: 1, max: 100_000, description: 'callers' }),
    'in-flight': Flags.integer({
      default: 1,
      min: 1,
      max: 10_000,
      description: 'requests on the way per caller',
    }),
    rate: Flags.integer({
      min: 1,
      description: 'requests a second whatever the answers do; latency from the intended start',
    }),
    'value-bytes': Flags.integer({ default: 256, min: 1, description: 'size of a value' }),
    reads: Flags.string({ default: '0', description: 'share of reads, 0 to 1' }),
    read: Flags.option({ options: READ_MODES, default: 'linearizable', description: 'of reads' })(),
    duration: durationFlag({ default: 10_000, defaultHelp: async () => '10s' }),
    warmup: durationFlag({ default: 2_000, defaultHelp: async () => '2s' }),
    keys: Flags.integer({ default: 100_000, min: 1, max: 100_000_000, description: 'key space' }),
    distribution: Flags.option({ options: DISTRIBUTIONS, default: 'uniform' as Distribution })(),
    seed: Flags.integer({ default: 1, min: 0, description: 'same seed, same keys' }),
    any: Flags.boolean({
      default: false,
      description: 'also on another configuration than `cluster up -n 3`',
    }),
    verify: Flags.boolean({
      default: false,
      description: 'read back every acknowledged key; a loss exits 8',
    }),
    record: Flags.string({ description: 'write the history of the run', helpValue: 'FILE' }),
    keep: Flags.boolean({ default: false, description: 'leave the keys of the run' }),
  };

  async run(): Promise<void> {
    const { flags } = this;
    if (!SHARE.test(flags.reads)) this.error(`--reads: '${flags.reads}' is no share, 0 to 1`);
    const { runBench } = await import('../src/bench/run.js');
    const options = {
      callers: flags.clients,
      inFlight: flags['in-flight'],
      rate: flags.rate ?? null,
      valueBytes: flags['value-bytes'],
      reads: Number(flags.reads),
      read: { kind: flags.read },
      durationMs: flags.duration,
      warmupMs: flags.warmup,
      keys: flags.keys,
      distribution: flags.distribution,
      seed: flags.seed,
      timeoutMs: this.timeoutMs,
      any: flags.any,
      verify: flags.verify,
      record: flags.record ?? null,
      keep: flags.keep,
    };
    const progress = process.stderr.isTTY ? (line: string) => this.note(line) : () => undefined;
    const report = await this.withClient((client) => runBench(client, options, progress));
    await this.print({ load: options, ...report }, { table: () => benchText(options, report) });
    if (report.losses.length > 0) this.exitWith(8);
    else if (report.result.operations === 0) this.exitWith(5);
  }
}
