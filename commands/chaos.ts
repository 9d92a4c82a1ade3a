/** `rkv chaos`: faults on a local cluster under load, and the proof of what came of it. */
import { randomInt } from 'node:crypto';
import { Flags } from '@oclif/core';
import { chaosDocument, chaosText } from '../src/chaos/report.js';
import { VIA_HELP, VIAS, type Via } from '../src/chaos/via.js';
import { runUntilSignal, VERDICT_EXIT_CODES } from '../src/cli/chaos.js';
import { durationFlag } from '../src/cli/client-command.js';
import { ClusterCommand } from '../src/cli/cluster-command.js';

const kind = (what: string) => Flags.boolean({ description: what, helpGroup: 'FAULTS' });
const MAX_SEED = 2 ** 32 - 1;

export default class Chaos extends ClusterCommand<typeof Chaos> {
  static override summary = 'faults on a local cluster under load, and whether it stood them';
  static override description =
    'Without a kind of fault: all that the cluster can do. Partition, delay, slow disk and clock ' +
    'need a cluster that was started with "cluster up --proxied". All faults are over when this ' +
    'ends, however it ends. With --verify: exit 0 linearizable, 8 violation, 5 inconclusive.';
  static override examples = [
    '<%= config.bin %> cluster up -n 3 -d --proxied && <%= config.bin %> chaos --duration 60s --verify',
    '<%= config.bin %> chaos --kill --pause --seed 7 --record history.jsonl',
    '<%= config.bin %> chaos --rate kill=20 --rate partition=10',
    '<%= config.bin %> chaos --via redis --verify',
  ];

  static override flags = {
    kill: kind('kill nodes; they come back'),
    pause: kind('stop nodes for a while (SIGSTOP)'),
    partition: kind('cut or clog links, both ways or one'),
    delay: kind('delay what nodes send to each other'),
    'slow-disk': kind('make writes and syncs slow, or hang'),
    clock: kind('put wall clocks wrong'),
    rate: Flags.string({
      multiple: true,
      description: 'faults of this kind a minute; the kind takes part',
      helpValue: 'kill=10',
      helpGroup: 'FAULTS',
    }),
    via: Flags.option({
      options: VIAS,
      default: 'grpc' as Via,
      description: `the door that callers go through: ${VIAS.map((one) => `${one}, ${VIA_HELP[one]}`).join('; ')}`,
    })(),
    duration: durationFlag({ default: 60_000, defaultHelp: async () => '60s' }),
    seed: Flags.string({ description: 'same seed, same plan of faults [default: random]' }),
    verify: Flags.boolean({ description: 'check the history, and that all replicas are equal' }),
    record: Flags.string({ description: 'write the history of the run', helpValue: 'FILE' }),
    clients: Flags.integer({ default: 48, min: 1, max: 1000, description: 'callers' }),
    ops: Flags.integer({
      default: 800,
      min: 1,
      max: 100_000,
      description: 'operations a second of all callers together',
    }),
    keys: Flags.integer({ default: 64, min: 1, max: 100_000, description: 'keys they share' }),
    timeout: durationFlag({
      description: 'how long a caller waits for an answer',
      default: 5000,
      defaultHelp: async () => '5s',
    }),
    keep: Flags.boolean({ description: 'leave the keys of the run' }),
  };

  async run(): Promise<void> {
    const { flags } = this;
    const [{ runChaos }, { parseRate }, { FAULT_KINDS }] = await Promise.all([
      import('../src/chaos/run.js'),
      import('../src/chaos/rates.js'),
      import('../src/launcher/fault-types.js'),
    ]);
    const request = {
      cluster: this.cluster,
      asked: FAULT_KINDS.filter((one) => flags[one] === true),
      rates: new Map((flags.rate ?? []).map(parseRate)),
      via: flags.via,
      seed: this.seed(),
      durationMs: flags.duration,
      clients: flags.clients,
      opsPerSecond: flags.ops,
      keys: flags.keys,
      timeoutMs: flags.timeout,
      verify: flags.verify,
      record: flags.record ?? null,
      keep: flags.keep,
      say: process.stderr.isTTY ? (line: string) => this.note(line) : () => undefined,
    };
    const { result, code } = await runUntilSignal((signal) => runChaos({ ...request, signal }));
    // lines also for a script: the last one is the verdict
    await this.print(chaosDocument(result), { text: () => chaosText(result) });
    if (code !== null) process.exit(code);
    if (result.verdict !== null) this.exitWith(VERDICT_EXIT_CODES[result.verdict.kind]);
  }

  private seed(): number {
    const { seed } = this.flags;
    if (seed === undefined) return randomInt(1_000_000);
    if (/^\d{1,10}$/.test(seed) && Number(seed) <= MAX_SEED) return Number(seed);
    this.usage(`--seed: '${seed}' is no whole number from 0 to ${MAX_SEED}`);
  }
}
